/**
 * Goal: a master file falls into the entries and words that RFC 1035 §5.1 means, and whatever else
 * is in a file is a fault with a place, never an exception and never the end of reading.
 * Method: texts and the words expected of them; then laws that hold for random octets.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createLexer, nextEntry, placeOf, WORDS_MAX } from '../../src/zone/lexer.ts'

describe('entries', () => {
  it('end with their line, and lines without words are none', () => {
    expect(entriesOf('a b\n\n  \n; only a comment\nc\n')).toEqual([['a', 'b'], ['c']])
  })

  it('end with the text where the last line has no end', () => {
    expect(entriesOf('a b\nc d')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('end at CR LF and at a lone CR as at LF', () => {
    expect(entriesOf('a b\r\nc d\re\n')).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  })

  it('go on over lines within parentheses, nested or not, and among comments', () => {
    const text = 'a ( b ; one\n\n  (c) ; two )\n ) d\ne'
    expect(entriesOf(text)).toEqual([['a', 'b', 'c', 'd'], ['e']])
  })

  it('begin with a blank where the owner is left out, and only then', () => {
    const lexer = createLexer(octets('a\n b\n\tc\n\n( d )\n ( \ne )\n'))
    const starts: boolean[] = []
    while (nextEntry(lexer)) starts.push(lexer.startsBlank)
    expect(starts).toEqual([false, true, true, false, true])
  })

  it('stand where their first word stands', () => {
    const lexer = createLexer(octets('a\n\n  b\n(\n "c" )\r\n'))
    const places: string[] = []
    while (nextEntry(lexer)) places.push(`${lexer.line}:${lexer.column}`)
    expect(places).toEqual(['1:1', '3:3', '5:2'])
  })
})

describe('words', () => {
  it('end at blanks, tabs, parentheses, comments and quotes', () => {
    expect(entriesOf('a\tb(c)d;e\nf"g"h')).toEqual([
      ['a', 'b', 'c', 'd'],
      ['f', '"g"', 'h'],
    ])
  })

  it('keep what a backslash escapes, and the backslash', () => {
    expect(entriesOf('a\\ b c\\;d \\(e \\"f \\\\ g\\032')).toEqual([
      ['a\\ b', 'c\\;d', '\\(e', '\\"f', '\\\\', 'g\\032'],
    ])
  })

  it('in quotes hold blanks, tabs, parentheses, semicolons, and quotes after a backslash', () => {
    expect(entriesOf('"a (b) ;\tc" "" "d\\"e" "f\\\\"')).toEqual([
      ['"a (b) ;\tc"', '""', '"d\\"e"', '"f\\\\"'],
    ])
  })

  it('hold octets above 127 as they are', () => {
    expect(entriesOf('größe "über"')).toEqual([['größe', '"über"']])
  })

  it('begin after the mark that some editors put first', () => {
    expect(entriesOf('\ufeffa b')).toEqual([['a', 'b']])
  })

  it('are as many as an entry needs', () => {
    const words = Array.from({ length: 1000 }, (_, index) => `w${index}`)
    expect(entriesOf(words.join(' '))).toEqual([words])
  })
})

describe('faults of the text', () => {
  it.each([
    ['a )\nb', '1:3 this parenthesis closes none'],
    ['a b\n c ( d\ne (\n f )', '2:4 this parenthesis is never closed'],
    ['a "b\nc', '1:3 this quote is not closed on its line'],
    ['a "b\\', '1:3 this quote is not closed on its line'],
    ['a "b\\\nc', '1:3 this quote is not closed on its line'],
    ['a b\\\nc', '1:4 this backslash escapes nothing: a character must follow it'],
    ['a \\', '1:3 this backslash escapes nothing: a character must follow it'],
    ['a\0b', '1:2 a control character cannot stand here: write it as \\000'],
    ['"a\x7f"', '1:3 a control character cannot stand here: write it as \\127'],
    ['a (\n\x01)', '2:1 a control character cannot stand here: write it as \\001'],
    ['é "ö" 𝄞 )', '1:10 this parenthesis closes none'],
  ])('%j is told as %s', (text, expected) => {
    expect(faultsOf(text)).toEqual([expected])
  })

  it('cost no entry but their own', () => {
    const text = 'a "b\nc\n) d\ne\n\0\nf'
    expect(entriesOf(text).map(String)).toEqual(['a', 'c', 'd', 'e', '', 'f'])
    expect(faultsOf(text)).toHaveLength(3)
  })

  it('are told of an entry that never ends, instead of keeping all its words', () => {
    const lexer = createLexer(octets(`(${'w '.repeat(WORDS_MAX + 10)})`))
    expect(nextEntry(lexer)).toBe(true)
    expect(lexer.tokens.count).toBe(WORDS_MAX)
    expect(lexer.fault?.message).toBe('an entry has at most 131072 words')
  })

  it('do not count control characters in comments', () => {
    expect(entriesOf('a ; \0\x01 ( "\nb')).toEqual([['a'], ['b']])
    expect(faultsOf('a ; \0\x01 ( "\nb')).toEqual([])
  })
})

describe('any octets', () => {
  const soup = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(fc.constantFrom('a', ' ', '\n', '\r', '(', ')', '"', '\\', ';', '\t', '\0', '1'))
      .map((pieces) => octets(pieces.join(''))),
  )

  it('are read to their end, in words that lie in order within the text', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const lexer = createLexer(text)
        let reached = 0
        while (nextEntry(lexer)) {
          expect(lexer.at).toBeGreaterThan(reached)
          const { start, end, count } = lexer.tokens
          for (let i = 0; i < count; i++) {
            expect(start[i]).toBeGreaterThanOrEqual(reached)
            expect(end[i]).toBeGreaterThanOrEqual(start[i])
            reached = end[i]
          }
          expect(reached).toBeLessThanOrEqual(lexer.at)
          reached = lexer.at
        }
        expect(lexer.at).toBe(text.length)
      }),
    )
  })

  it('give the same entries with LF as with CR LF', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c "();\n]{0,60}$/), (text) => {
        expect(entriesOf(text.replaceAll('\n', '\r\n'))).toEqual(entriesOf(text))
      }),
    )
  })
})

function octets(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The words of each entry, in quotes where they were quoted. */
function entriesOf(text: string): string[][] {
  const lexer = createLexer(octets(text))
  const entries: string[][] = []
  while (nextEntry(lexer)) {
    const { text: from, count, start, end, quoted } = lexer.tokens
    entries.push(
      Array.from({ length: count }, (_, i) => {
        const word = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          from.subarray(start[i], end[i]),
        )
        return quoted[i] === 1 ? `"${word}"` : word
      }),
    )
  }
  return entries
}

function faultsOf(text: string): string[] {
  const lexer = createLexer(octets(text))
  const faults: string[] = []
  while (nextEntry(lexer)) {
    if (!lexer.fault) continue
    const { line, column } = placeOf(lexer, lexer.fault.at)
    faults.push(`${line}:${column} ${lexer.fault.message}`)
  }
  return faults
}
