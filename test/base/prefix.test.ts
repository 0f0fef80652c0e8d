/**
 * Goal: text is a prefix where RFC 4632 and RFC 4291 say so.
 * Method: examples at the edges; random prefixes printed and read again.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import {
  hasHostBits,
  isWithinPrefix,
  masked,
  parsePrefix,
  printPrefix,
} from '../../src/base/prefix.ts'

describe('parsePrefix', () => {
  it('reads an address and a length', () => {
    expect(parsePrefix('192.0.2.0/24')).toEqual({ octets: Uint8Array.of(192, 0, 2, 0), bits: 24 })
    expect(parsePrefix('2001:db8::/32')?.bits).toBe(32)
    expect(parsePrefix('0.0.0.0/0')).toEqual({ octets: new Uint8Array(4), bits: 0 })
  })

  it('takes a bare address for one host', () => {
    expect(parsePrefix('192.0.2.1')?.bits).toBe(32)
    expect(parsePrefix('2001:db8::1')?.bits).toBe(128)
  })

  it('cuts off what is past the prefix, and can tell that it was there', () => {
    expect(printPrefix(parsePrefix('192.0.2.77/26')!)).toBe('192.0.2.64/26')
    expect(hasHostBits('192.0.2.77/26')).toBe(true)
    expect(hasHostBits('192.0.2.64/26')).toBe(false)
    expect(hasHostBits('192.0.2.77')).toBe(false)
  })

  it.each([
    '',
    '/24',
    '192.0.2.0/',
    '192.0.2.0/33',
    '2001:db8::/129',
    '192.0.2/24',
    '192.0.2.0/2x',
  ])('refuses %j', (text) => {
    expect(parsePrefix(text)).toBeUndefined()
  })

  it('reads what it prints', () => {
    const octets = fc.oneof(
      ...[4, 16].map((size) => fc.uint8Array({ minLength: size, maxLength: size })),
    )
    fc.assert(
      fc.property(octets, fc.nat(128), (address, length) => {
        const bits = length % (address.length * 8 + 1)
        const prefix = { octets: masked(address, bits), bits }
        expect(parsePrefix(printPrefix(prefix))).toEqual(prefix)
      }),
    )
  })
})

describe('isWithinPrefix', () => {
  it.each([
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['203.0.113.1', '0.0.0.0/0', true],
    ['::1', '0.0.0.0/0', false],
    ['2001:db8:7fff::', '2001:db8::/33', true],
    ['2001:db8:8000::', '2001:db8::/33', false],
  ])('%s in %s: %s', (address, prefix, within) => {
    expect(isWithinPrefix(parseAddress(address)!, parsePrefix(prefix)!)).toBe(within)
  })
})
