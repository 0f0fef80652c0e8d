/**
 * Goal: whatever records a zone may hold, writing them down and reading them back gives the same
 * records, and no octets at all make the reader throw or hang.
 * Method: random records, printed in random liberties of the format; then random text and octets.
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are $GENERATE's own.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { printName } from '../../src/wire/name.ts'
import { printRdata } from '../../src/wire/rdata/print.ts'
import { TYPE, typeName } from '../../src/wire/registry.ts'
import { readZone } from './reading.ts'

const label = fc.oneof(
  fc.stringMatching(/^[a-z0-9-]{1,12}$/).map((text) => new TextEncoder().encode(text)),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map(lowerCase),
)

/** Octets of a name within example.test. */
const owner = fc
  .array(label, { maxLength: 4 })
  .map((labels) =>
    Uint8Array.from([...labels.flatMap(counted), ...counted('example'), ...counted('test'), 0]),
  )

const data = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((octets) => ({ type: TYPE.A, octets })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((octets) => ({ type: TYPE.AAAA, octets })),
  owner.map((octets) => ({ type: TYPE.CNAME, octets })),
  fc
    .array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 })
    .map((texts) => ({ type: TYPE.TXT, octets: Uint8Array.from(texts.flatMap(counted)) })),
  fc.uint8Array({ maxLength: 60 }).map((octets) => ({ type: 65280, octets })),
)

/** A record, and how it is to be written: what is left out, what stands between, how it ends. */
const record = fc.record({
  owner,
  data,
  ttl: fc.integer({ min: 0, max: 0x7fffffff }),
  blank: fc.constantFrom(' ', '\t', '  \t ', ' (\n', ' ( ; comment\n\n  '),
  head: fc.constantFrom('TTL IN', 'IN TTL', 'TTL', 'ttl CLASS1'),
  lineEnd: fc.constantFrom('\n', '\r\n', ' ; comment\n', '\n\n   ; comment\n', '\r'),
})

describe('records', () => {
  it('that are printed are read back as they were', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), (records) => {
        let before = ''
        let text = ''
        const expected: string[] = []
        for (const { owner, data, ttl, blank, head, lineEnd } of records) {
          const name = printName(owner)
          const { type, octets } = data
          const words = head.replace(/ttl/i, String(ttl))
          const rdata = printRdata(type, octets, 0, octets.length)
          const close = blank.includes('(') ? ')' : ''
          text += `${name === before ? '' : name}${blank}${words} ${typeName(type)} ${rdata}`
          text += `${close}${lineEnd}`
          expected.push(`${name} ${ttl} ${typeName(type)} ${rdata}`)
          before = name
        }
        const { records: found, faults } = readZone(text)
        expect(faults).toEqual([])
        expect(found).toEqual(expected)
      }),
    )
  })

  it('are the same whatever the origin is that completes their names', () => {
    fc.assert(
      fc.property(owner, owner, (name, origin) => {
        const text = `$ORIGIN ${printName(origin)}\n${printName(name)} 60 A 192.0.2.1\n@ 60 A 192.0.2.2`
        expect(readZone(text).records).toEqual([
          `${printName(name)} 60 A 192.0.2.1`,
          `${printName(origin)} 60 A 192.0.2.2`,
        ])
      }),
    )
  })
})

describe('anything else', () => {
  const word = fc.constantFrom(
    ...['$ORIGIN', '$TTL', '$INCLUDE', '$GENERATE', '1-3', '${0,2,x}', '$', '@', 'a', 'a.b.', '..'],
    ...['60', '1h', 'IN', 'CH', 'A', 'TXT', 'SOA', 'MX', 'SVCB', 'TYPE1', '\\#', '4', 'c0000201'],
    ...['192.0.2.1', '"', '"a"', '(', ')', ';', '\\', '\\0', '\n', ' ', '\r', 'main', 'other'],
  )
  const soup = fc.oneof(
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    fc.uint8Array({ maxLength: 300 }),
  )

  it('is read to its end, and what is told lies within it', () => {
    fc.assert(
      fc.property(soup, soup, (text, included) => {
        const other = typeof included === 'string' ? included : ''
        const { diagnostics } = readZone(text, { files: { main: other, other } })
        for (const { file, line, column, length } of diagnostics) {
          const source = file === 'main' ? text : other
          const lines = (typeof source === 'string' ? source : latin1(source)).split('\n')
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThanOrEqual(1)
          if (typeof source === 'string') {
            expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1)
          }
          expect(length ?? 1).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function counted(part: string | Uint8Array): number[] {
  const octets = typeof part === 'string' ? new TextEncoder().encode(part) : part
  return [octets.length, ...octets]
}

function lowerCase(octets: Uint8Array): Uint8Array {
  return octets.map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet))
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1')
}
