/**
 * Goal: numbers have the names that IANA gives them, and names lead back to their numbers.
 * Method: every row both ways, and the tables of the RFCs where they have no gaps.
 */

import { describe, expect, it } from 'vitest'

import { EXTENDED_ERROR, rcodeName, TYPE, typeName, typeNumber } from '../../src/wire/registry.ts'

describe('types', () => {
  it.each(Object.entries(TYPE))('%s is %i both ways, in any case', (name, type) => {
    expect(typeName(type)).toBe(name)
    expect(typeNumber(name.toLowerCase())).toBe(type)
    expect(typeNumber(`type${type}`)).toBe(type)
  })

  it('without a name are TYPEnnn (RFC 3597 §5)', () => {
    expect(typeName(65_280)).toBe('TYPE65280')
    expect(typeNumber('TYPE65535')).toBe(65_535)
    expect(['TYPE65536', 'TYPE', 'TYPE-1', 'NOPE', ''].map(typeNumber)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    )
  })
})

describe('response codes', () => {
  it('have their names of RFC 1035 §4.1.1 and RFC 2136 §2.2, or their numbers', () => {
    expect(Array.from({ length: 12 }, (_, code) => rcodeName(code))).toEqual([
      ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN'],
      ...['YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE', 'RCODE11'],
    ])
    expect(rcodeName(16)).toBe('BADVERS')
  })
})

describe('extended errors', () => {
  it('are all of RFC 8914 §4, which numbers them 0–24', () => {
    expect(Object.values(EXTENDED_ERROR)).toEqual(Array.from({ length: 25 }, (_, code) => code))
  })
})
