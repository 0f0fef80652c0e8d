/**
 * Goal: text is an address where RFC 791 and RFC 4291 say so, and means the octets that they say.
 * Method: the examples of the RFCs, and random text of an address's own characters, which Node's
 * judgement must share; addresses printed and read again.
 */

import { isIPv4, isIPv6 } from 'node:net'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  parseAddress,
  parseEndpoint,
  parseV4,
  parseV6,
  printAddress,
  printEndpoint,
} from '../../src/base/address.ts'
import { readV4, readV6 } from '../../src/base/address-octets.ts'

describe('parseV4', () => {
  it('reads four numbers of 0–255', () => {
    expect(parseV4('192.0.2.1')).toEqual(Uint8Array.of(192, 0, 2, 1))
    expect(parseV4('255.255.255.255')).toEqual(Uint8Array.of(255, 255, 255, 255))
  })

  it.each([
    ...['', '1', '192.0.2', '192.0.2.1.5', '192.0.2.', '.192.0.2', '192..0.2', '256.0.0.1'],
    ...['0300.0.0.1', '\u{131}92.0.2.1'],
    ...['0192.0.2.1', '0xc0.0.2.1', '192.0.2.1 ', ' 192.0.2.1', '-192.0.2.1', '192.0.2.1/24'],
  ])('takes %j for none', (text) => {
    expect(parseV4(text)).toBeUndefined()
  })

  it('agrees with Node on any text of digits and dots', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0129.'), maxLength: 16 })
    const number = fc.oneof(fc.nat(300), fc.constantFrom('', '00', '01')).map(String)
    const dotted = fc.array(number, { minLength: 3, maxLength: 5 }).map((all) => all.join('.'))
    fc.assert(
      fc.property(fc.oneof(text, dotted), (one) => {
        expect(parseV4(one) !== undefined).toBe(isIPv4(one))
      }),
    )
  })
})

describe('parseV6', () => {
  it.each([
    ['2001:db8:0:0:8:800:200c:417a', '20010db80000000000080800200c417a'],
    ['2001:DB8::8:800:200C:417A', '20010db80000000000080800200c417a'],
    ['ff01::101', 'ff010000000000000000000000000101'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::', '20010db8000000000000000000000000'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    // RFC 4291 §2.5.5: compatible and mapped are two things.
    ['::192.0.2.1', '000000000000000000000000c0000201'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['1:2:3:4:5:6:192.0.2.1', '000100020003000400050006c0000201'],
  ])('reads %s as its octets', (text, hex) => {
    expect(Buffer.from(parseV6(text)!).toString('hex')).toBe(hex)
  })

  it.each([
    ...['', ':', ':::', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::'],
    ...['1:2:3:4:5:6:7:8::', '::1:2:3:4:5:6:7:8', '1::2:3:4:5:6:7:8', ':1::', '::1:', '::1.2.3'],
    ...['fe80::1%eth0', '::192.0.2.256', '1:2:3:4:5:6:7:192.0.2.1', '192.0.2.1', '::1 ', '[::1]'],
    ...['::1:2:3:4:5:6:7:192.0.2.1', '::0192.0.2.1', '0'.repeat(1000)],
  ])('takes %j for none', (text) => {
    expect(parseV6(text)).toBeUndefined()
  })

  it('agrees with Node on any text of digits, colons and dots', () => {
    const piece = fc.constantFrom(...['::', ':', '0', '1', 'ab', 'FFFF', '12345', '192.0.2.1', '.'])
    const text = fc.array(piece, { maxLength: 18 }).map((all) => all.join(''))
    const group = fc.nat(0xffff).map((value) => value.toString(16))
    const groups = fc
      .tuple(fc.array(group, { maxLength: 8 }), fc.array(group, { maxLength: 8 }))
      .map(([before, after]) => `${before.join(':')}::${after.join(':')}`)
    fc.assert(
      fc.property(fc.oneof(text, groups), (one) => {
        expect(parseV6(one) !== undefined).toBe(isIPv6(one))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('readV4 and readV6', () => {
  it.each([
    ['192.0.2.1.5', readV4, 4],
    ['::1:2:3:4:5:6:7:192.0.2.1', readV6, 16],
    ['1:2:3:4:5:6:7:8:9', readV6, 16],
  ] as const)('write nothing past an address, whatever they are given: %s', (text, read, size) => {
    const out = new Uint8Array(size + 8).fill(0xee)
    expect(read(new TextEncoder().encode(text), 0, text.length, out, 4)).toBe(false)
    expect(out.subarray(0, 4)).toEqual(new Uint8Array(4).fill(0xee))
    expect(out.subarray(size + 4)).toEqual(new Uint8Array(4).fill(0xee))
  })
})

describe('printAddress', () => {
  it.each([4, 16])('prints any %i octets so that they are read again', (size) => {
    const octets = fc.uint8Array({ minLength: size, maxLength: size })
    const sparse = fc
      .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: size, maxLength: size })
      .map((all) => Uint8Array.from(all))
    fc.assert(
      fc.property(fc.oneof(octets, sparse), (one) => {
        expect(parseAddress(printAddress(one))).toEqual(one)
      }),
    )
  })

  it('prints the canonical form of RFC 5952', () => {
    const canonical = (text: string) => printAddress(parseAddress(text)!)
    expect(canonical('2001:0DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1')
    expect(canonical('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1')
  })
})

describe('endpoints', () => {
  it.each(['192.0.2.1:53', '[2001:db8::1]:5300', '0.0.0.0:0', '[::]:65535'])(
    'are printed as they were written: %s',
    (text) => {
      expect(printEndpoint(parseEndpoint(text)!)).toBe(text)
    },
  )

  it.each(['192.0.2.1', '2001:db8::1:53', '[192.0.2.1]:53', '192.0.2.1:65536', ':53', '[::1]'])(
    'are not %j',
    (text) => {
      expect(parseEndpoint(text)).toBeUndefined()
    },
  )
})
