/**
 * Goal: a name keeps its octets from text to wire and back, whatever they are, and nothing longer
 * than RFC 1035 §3.1 allows gets through.
 * Method: examples for each rule of the text, then round trips of arbitrary labels.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  foldName,
  isSameName,
  isWithin,
  NAME_FAULT,
  nameLength,
  parseName,
  printName,
  readName,
} from '../../src/wire/name.ts'

const ORIGIN = nameOf('example.test.')

/** Labels of any octets, few and short enough for one name. */
const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 63 }), { maxLength: 3 })

describe('a name', () => {
  it.each([
    ['.', '00'],
    ['test.', '047465737400'],
    ['www.test.', '03777777047465737400'],
    ['WWW.test.', '03575757047465737400'],
    ['a\\.b.test.', '03612e62047465737400'],
    ['a\\046b.test.', '03612e62047465737400'],
    ['\\000\\255.test.', '0200ff047465737400'],
    ['\\a.test.', '0161047465737400'],
    ['*.test.', '012a047465737400'],
  ])('reads %s', (text, hex) => {
    expect(Buffer.from(nameOf(text)).toString('hex')).toBe(hex)
  })

  it.each([
    ['www', 'www.example.test.'],
    ['@', 'example.test.'],
    ['\\@', '\\@.example.test.'],
    ['a.b', 'a.b.example.test.'],
  ])('completes %s by the origin to %s', (text, absolute) => {
    expect(printName(nameOf(text, ORIGIN))).toBe(absolute)
  })

  it.each([
    ['', NAME_FAULT.EMPTY_LABEL],
    ['..', NAME_FAULT.EMPTY_LABEL],
    ['.test.', NAME_FAULT.EMPTY_LABEL],
    ['a..test.', NAME_FAULT.EMPTY_LABEL],
    ['a.test..', NAME_FAULT.EMPTY_LABEL],
    [`${'a'.repeat(64)}.`, NAME_FAULT.LABEL_TOO_LONG],
    ['\\256.', NAME_FAULT.BAD_ESCAPE],
    ['\\25.', NAME_FAULT.BAD_ESCAPE],
    ['a\\', NAME_FAULT.BAD_ESCAPE],
    ['www', NAME_FAULT.NO_ORIGIN],
    ['@', NAME_FAULT.NO_ORIGIN],
  ])('refuses %j', (text, fault) => {
    expect(parseName(text)).toBe(fault)
  })

  it('may be 255 octets long and no longer, absolute or completed', () => {
    const longest = `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(61)}`
    expect(nameOf(`${longest}.`)).toHaveLength(255)
    expect(parseName(`${longest}b.`)).toBe(NAME_FAULT.NAME_TOO_LONG)
    const shorter = longest.slice(0, -ORIGIN.length + 1)
    expect(nameOf(shorter, ORIGIN)).toHaveLength(255)
    expect(parseName(`${shorter}b`, ORIGIN)).toBe(NAME_FAULT.NAME_TOO_LONG)
  })

  it('is written where it is told to, and nowhere else', () => {
    const out = new Uint8Array(32).fill(0xee)
    const text = new TextEncoder().encode('--www--')
    expect(readName(text, 2, 5, ORIGIN, out, 4)).toBe(18)
    expect(printName(out, 4)).toBe('www.example.test.')
    expect([...out.subarray(0, 4), ...out.subarray(22)]).toEqual(new Array(14).fill(0xee))
  })

  it('survives the way to text and back with any octets in its labels', () => {
    fc.assert(
      fc.property(labels, (parts) => {
        const name = joinLabels(parts)
        expect(nameOf(printName(name))).toEqual(name)
        expect(nameLength(name)).toBe(name.length)
      }),
    )
  })

  it('is never too long, and never goes wrong, whatever the text is', () => {
    // Mostly what may stand in names, so that many texts are one.
    const octet = fc.oneof(fc.constantFrom(...Buffer.from('ab.\\0129')), fc.nat(255))
    const out = new Uint8Array(256)
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 300 }), (octets) => {
        const text = Uint8Array.from(octets)
        const length = readName(text, 0, text.length, ORIGIN, out, 0)
        if (length < 0) return
        expect(length).toBeLessThanOrEqual(255)
        expect(nameLength(out)).toBe(length)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('two names', () => {
  it('are the same without regard to case of ASCII letters, and only those (RFC 4343)', () => {
    expect(isSameName(nameOf('WwW.Test.'), 0, nameOf('wWw.tEST.'), 0)).toBe(true)
    expect(isSameName(nameOf('[.test.'), 0, nameOf('{.test.'), 0)).toBe(false)
    expect(foldName(nameOf('WwW.Test.'))).toEqual(nameOf('www.test.'))
  })

  it.each([
    ['www.example.test.', 'example.test.', true],
    ['example.test.', 'EXAMPLE.test.', true],
    ['www.example.test.', '.', true],
    ['anexample.test.', 'example.test.', false],
    ['test.', 'example.test.', false],
    ['\\007example.test.', 'example.test.', false],
  ])('%s is within %s: %s', (name, apex, expected) => {
    expect(isWithin(nameOf(name), nameOf(apex))).toBe(expected)
  })
})

function nameOf(text: string, origin?: Uint8Array): Uint8Array {
  const name = parseName(text, origin)
  if (typeof name === 'number') throw new Error(`${text} is no name: ${name}`)
  return name
}

function joinLabels(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from([...parts.flatMap((part) => [part.length, ...part]), 0])
}
