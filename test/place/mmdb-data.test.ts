/**
 * Goal: every type, size and pointer of the format's data section is read, and damage is told.
 * Method: values by the format's own control octets, those of its specification among them.
 */

import { describe, expect, it } from 'vitest'

import { createDataReader } from '../../src/place/mmdb-data.ts'

import { Double, encode, head, Pointer, type Written } from './mmdb-writer.ts'

const WANTED = new Set(['key', 'inner'])

describe('a value', () => {
  it.each([
    ['text', 'grüße', 'grüße'],
    ['empty text', '', ''],
    ['text of 28', 'x'.repeat(28), 'x'.repeat(28)],
    ['text of 29', 'x'.repeat(29), 'x'.repeat(29)],
    ['text of 285', 'x'.repeat(285), 'x'.repeat(285)],
    ['text of 65,821', 'x'.repeat(65_821), 'x'.repeat(65_821)],
    ['nought', 0, 0],
    ['a number', 4_294_967_295, 4_294_967_295],
    ['a wide number', 2n ** 47n, 2 ** 47],
    ['too wide a number', 2n ** 60n, null],
    ['a fraction', new Double(-33.45), -33.45],
    ['true', true, true],
    ['false', false, false],
    ['a list', ['a', 'b'], null],
  ] satisfies [string, Written, unknown][])('%s', (_, written, value) => {
    expect(read(encode(written))).toBe(value)
  })

  it('of a map, as far as it is wanted', () => {
    const written = { other: { inner: 1 }, key: { inner: 'x', more: [1, { a: 2 }] }, last: 'y' }
    expect(read(encode(written))).toEqual(new Map([['key', new Map([['inner', 'x']])]]))
  })

  it('of 32 bits with a sign, and of float', () => {
    expect(read([...head(8, 4), 0xff, 0xff, 0xff, 0xfe])).toBe(-2)
    expect(read([...head(15, 4), 0x3f, 0xc0, 0, 0])).toBe(1.5)
  })

  it.each([1, 2, 3, 4])('that a pointer of %i octets leads to', (octets) => {
    const target = [0, 7, 2_048 + 9, 526_336 + 11, 5][octets]!
    const data = new Uint8Array(target + 600_000)
    data.set(encode('there'), target)
    const from = target + 20
    data.set(encode({ key: new Pointer(target, octets) }), from)
    expect(createDataReader(data, WANTED).read(from)).toEqual(new Map([['key', 'there']]))
  })

  it('whose keys are pointers, again and again', () => {
    const key = encode('key')
    const map = [...head(7, 2), ...encode(new Pointer(0)), ...encode(1), ...encode('z'), ...key]
    const reader = createDataReader(Uint8Array.from([...key, ...map]), WANTED)
    for (let time = 0; time < 2; time++)
      expect(reader.read(key.length)).toEqual(new Map([['key', 1]]))
  })
})

describe('damage', () => {
  it.each([
    ['nothing at all', []],
    ['text that is cut off', [...head(2, 5), 0x61]],
    ['a number that is cut off', [...head(6, 4), 1, 2]],
    ['a fraction of five octets', [...head(3, 5), 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a fraction that is cut off', [...head(3, 8), 0]],
    ['octets that are cut off', [...head(4, 9), 0]],
    ['a map that is cut off', head(7, 3)],
    ['a key that is a number', [...head(7, 1), ...encode(1), ...encode(2)]],
    ['a pointer out of the data', encode(new Pointer(900))],
    ['a pointer to itself', encode(new Pointer(0))],
    ['a map of itself', [...head(7, 1), ...encode('key'), ...encode(new Pointer(0))]],
    ['a list of sixteen million', [...head(11, 16_000_000), ...new Array<number>(99).fill(0xe0)]],
    ['maps in maps in maps', new Array<number>(99).fill(0xe1).flatMap((octet) => [octet, 0x40])],
  ])('is %s', (_, octets) => {
    expect(read(octets)).toBeUndefined()
  })

  it('is what is read a thousandfold through pointers', () => {
    // Each map holds the one before it twice.
    const offsets = [0]
    let data = encode({ key: 'x' })
    for (let doubled = 0; doubled < 14; doubled++) {
      const before = new Pointer(offsets.at(-1)!)
      offsets.push(data.length)
      data = [...data, ...encode({ key: before, inner: before })]
    }
    const reader = createDataReader(Uint8Array.from(data), WANTED)
    expect(reader.read(offsets[9]!)).toBeDefined()
    expect(reader.read(offsets[14]!)).toBeUndefined()
    expect(reader.read(offsets[9]!)).toBeDefined()
  })
})

function read(octets: readonly number[]) {
  return createDataReader(Uint8Array.from(octets), WANTED).read(0)
}
