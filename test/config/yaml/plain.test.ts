/**
 * Goal: what the plain reader takes, the yaml library reads as the same tree with the same places;
 * and it takes what long configurations are made of.
 * Method: both readers side by side, over texts built of YAML's own pieces and over a configuration
 * with pieces torn out and thrown in; then a table of what is plain, and one of what is not.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Origin, Path } from '../../../src/config/origin.ts'
import { readYaml } from '../../../src/config/yaml/library.ts'
import { readPlain } from '../../../src/config/yaml/plain.ts'
import { originOf, type Spot } from '../../../src/config/yaml/spot.ts'

const FILE = '/etc/rota/rota.yaml'
const QUICK_START = readFileSync(resolve(import.meta.dirname, '../../../zones/rota.yaml'), 'utf8')
const SAMPLE = `# Ten of these, or ten thousand.
zones: { example.test: example.test.zone }
checks:
  web: { http: { port: 8080, path: /healthz, expect: 200-299 }, interval: 2s }
pools:

  web:   # the site
    check: web
    policy: weighted
    members:
      a: { v4: 192.0.2.1, v6: "2001:db8::1", weight: 5 }
      10: 192.0.2.2
  mail:
    when_all_down: [all]
    members:
    - 192.0.2.3
    - '2001:db8::3'
names:
  "*.app.example.test": { pool: web, answers: 1 }
  www.example.test: {
    pool: web,  # and no other

    ttl: 30/5 }
  mail.example.test:
`

/** What stands next to each other in YAML, and then some. */
const PIECES = [
  ...['a', 'b', 'web', 'c-d', '10', '010', '1.5', '.5', '1e3', '0x1F', '50%', '2001:db8::1', '::'],
  ...['true', 'null', '~', 'False', '.inf', '*.a', '&x', '!t', '|', '>', '?', '-', '- ', '--- '],
  ...[
    ': ',
    ':',
    ',',
    ', ',
    '{',
    '}',
    '[',
    ']',
    '{ ',
    ' }',
    '#',
    ' # b',
    '"',
    "'",
    '"q: #"',
    "'it''s'",
  ],
  ...['"\\n"', ' ', '  ', '\n', '\n  ', '\n    ', '\n\n', '\t', '\r\n', '@', '%', '__proto__', 'é'],
  ...['a: b', 'a: b\n', 'c: { d: e }', 'f: [1, g]', 'h:\n  i: j\n', '- k\n', '\n# l\n', '<<'],
]
const pieces = fc.constantFrom(...PIECES)

describe('readPlain', () => {
  it('reads what it takes as the library does, of texts from the pieces of YAML', () => {
    const line = fc.tuple(fc.constantFrom('', '', '  ', '    '), fc.array(pieces, { maxLength: 3 }))
    const text = fc
      .array(line, { maxLength: 6 })
      .map((lines) =>
        lines.map(([indent, all], at) => `${indent}k${at}: ${all.join('')}\n`).join(''),
      )
    fc.assert(fc.property(text, agrees), { numRuns: 10_000 })
  })

  it.each([
    ['the quick start', QUICK_START],
    ['a sample of every layout', SAMPLE],
  ])('reads what it takes as the library does, of %s with other pieces in it', (_, text) => {
    const edits = fc.array(
      fc.tuple(fc.nat(text.length), fc.nat(8), pieces),
      { minLength: 1, maxLength: 2 }, // More, and hardly any text would stay sound.
    )
    const edited = edits.map((all) =>
      all.reduce((old, [at, cut, piece]) => old.slice(0, at) + piece + old.slice(at + cut), text),
    )
    fc.assert(fc.property(edited, agrees), { numRuns: 1_000 })
  })

  it.each([
    ['the quick start', QUICK_START],
    ['a sample of every layout', SAMPLE],
    ['a text without a last newline', 'a: 1\nb: {}'],
    ['words with colons, dashes and stars inside', 'a: 127.0.0.1:53\nb: x--y*z\nc: a:b:c'],
    ['lists and maps inside each other', 'a: [[1, b], { c: [d] }, []]\ne:\n  f:\n    g: {}\n'],
    ['quotes of both kinds, empty or not', `a: "b: # [c"\n'd': 'e'\n"": ''\n`],
    ['comments in every place', '# a\nb: # c\n  # d\n  e: 1 # f\n# g\n  # h\ni: [ # j\n # k\n 1 ]'],
    ['nothing after a key', 'a:\nb: { c: , d: }\ne:   \n'],
  ])('takes %s', (_, text) => {
    expect(readPlain(text)).toBeDefined()
    agrees(text)
  })

  it.each([
    ['anchors and aliases', 'a: &b c\nd: *b'],
    ['tags', 'a: !!str 1'],
    ['block scalars', 'a: |\n  b'],
    ['words of several lines', 'a: b\n  c'],
    ['words with spaces', 'a: b c'],
    ['escapes', 'a: "\\t"'],
    ['a quote in quotes', "a: 'it''s'"],
    ['quotes over lines', 'a: "b\n  c"'],
    ['keys of two words', 'a b: c'],
    ['a key said twice', 'a: 1\na: 2'],
    ['a key too long to be one', `${'a'.repeat(1_100)}: 1`],
    ['a key that every object has', 'constructor: 1'],
    ['a number as it is not printed', '010: a'],
    ['fractions', 'a: 1.5'],
    ['several documents', 'a: 1\n---\nb: 2'],
    ['tabs', 'a:\tb'],
    ['carriage returns', 'a: 1\r\nb: 2'],
    ['what is indented as nothing else', 'a:\n    b: 1\n  c: 2'],
    ['what goes on too far to the left', 'a:\n  b: [1,\n  2]'],
    ['a comment too far to the left', 'a: [\n# b\n  1]'],
    ['what never ends', 'a: [1, 2'],
    ['something after a value', 'a: [1] 2'],
    ['a list at the root', '- a'],
    ['no map at all', ''],
    ['depth beyond any configuration', `a: ${'['.repeat(10_000)}`],
  ])('leaves %s to the library', (_, text) => {
    expect(readPlain(text)).toBeUndefined()
  })
})

/** Fails if the plain reader takes a text that the library refuses, or reads otherwise. */
function agrees(text: string): void {
  const plain = readPlain(text)
  if (!plain) return
  const reading = readYaml(text, FILE)
  if ('diagnostics' in reading) throw new Error(`the library refuses ${JSON.stringify(text)}`)
  // As text, so that the order of keys counts.
  expect(JSON.stringify(plain.value)).toBe(JSON.stringify(reading.root.value))
  const [places, wanted] = [plain, reading.root].map((root) => placesOf(text, root))
  expect(places).toEqual(wanted)
}

/** The places of every key and every value, by their paths. */
function placesOf(text: string, root: Spot) {
  const origin = originOf(text, FILE, root)
  return Object.fromEntries(
    pathsOf(root).map((path) => [JSON.stringify(path), shownAt(origin, path)]),
  )
}

function shownAt(origin: Origin, path: Path): string[] {
  return [origin.keyAt(path), origin.valueAt(path)].map(
    ({ line, column, length }) => `${line}:${column}+${length}`,
  )
}

function pathsOf({ inside }: Spot, path: Path = []): Path[] {
  const below = [...(inside ?? [])].flatMap(([key, spot]) => pathsOf(spot, [...path, key]))
  return [path, ...below]
}
