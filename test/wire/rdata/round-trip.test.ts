/**
 * Goal: what is printed can be read again, octet for octet, whatever the octets are; and addresses
 * are read as the rest of the world reads them.
 * Method: properties over random octets, most of them made to fit their type, and over random text.
 */

import { isIPv4, isIPv6 } from 'node:net'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { printAddress } from '../../../src/base/address.ts'
import { printRdata, validateRdata } from '../../../src/wire/rdata/print.ts'
import { rowOf } from '../../../src/wire/rdata/schema.ts'
import { TYPE, typeName } from '../../../src/wire/registry.ts'
import { reprint, wireOf } from '../../support/rdata.ts'
import { RDATA_VECTORS } from '../../vectors/rdata.ts'
import { SVCB_VECTORS } from '../../vectors/svcb.ts'

const TYPES = Object.values(TYPE).filter((type) => rowOf(type))
const VECTORS = [...RDATA_VECTORS, ...SVCB_VECTORS]

/** Octets that often fit: a good record with a few octets changed, or none at all. */
const nearlyGood = fc
  .tuple(
    fc.constantFrom(...VECTORS),
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
  )
  .map(([[, entry, hex], changes]) => {
    const octets = Uint8Array.from(Buffer.from(hex, 'hex'))
    for (const [at, octet] of changes) if (octets.length > 0) octets[at % octets.length] = octet
    return { type: entry.split(' ')[0]!, octets }
  })

const anything = fc.record({
  type: fc.constantFrom(...TYPES, 65_280).map(typeName),
  octets: fc.uint8Array({ maxLength: 40 }),
})

describe('RDATA', () => {
  it('printed is RDATA read again', () => {
    let fitting = 0
    fc.assert(
      fc.property(fc.oneof(nearlyGood, anything), ({ type, octets }) => {
        const number = TYPE[type as keyof typeof TYPE] ?? Number(type.slice(4))
        const hex = Buffer.from(octets).toString('hex')
        const text = printRdata(number, octets)
        if (validateRdata(number, octets, 0, octets.length)) {
          fitting++
          expect(wireOf(`${type} ${text}`)).toBe(hex)
        } else {
          expect(text).toBe(octets.length === 0 ? '\\# 0' : `\\# ${octets.length} ${hex}`)
        }
      }),
      { numRuns: 5_000 },
    )
    expect(fitting).toBeGreaterThan(500)
  })
})

describe('an address', () => {
  const hextet = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16))
  const pieces = fc.array(fc.oneof(hextet, fc.constantFrom('', '0', '::', ':', '192.0.2.1', 'g')), {
    maxLength: 10,
  })

  it('of IPv4 is one exactly where Node sees one', () => {
    const part = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '01', '00', 'a', '-1'))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.join('.')
        if (/[^0-9.]/.test(text) || text === '') return
        const refusal = `token 0: "${text}" is not an IPv4 address (four numbers of 0–255)`
        expect(reprint(`A ${text}`)).toBe(isIPv4(text) ? text : refusal)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of IPv6 is one exactly where Node sees one, and the same one that a URL has', () => {
    const text = fc.oneof(
      fc.ipV6(),
      pieces.map((all) => all.join(':')),
    )
    fc.assert(
      fc.property(text, (address) => {
        if (address === '') return
        const result = reprint(`AAAA ${address}`)
        if (isIPv6(address)) expect(`[${result}]`).toBe(new URL(`http://[${address}]/`).hostname)
        else expect(result).toMatch(/^token 0: .* is not an IPv6 address$/)
      }),
      { numRuns: 5_000 },
    )
  })

  it('survives the way to text and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const hex = Buffer.from(octets).toString('hex')
        expect(wireOf(`AAAA ${printAddress(octets)}`)).toBe(hex)
        expect(wireOf(`A ${printAddress(octets.subarray(0, 4))}`)).toBe(hex.slice(0, 8))
      }),
    )
  })
})
