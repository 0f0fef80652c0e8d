/**
 * Goal: no file makes the reader throw, and no fault is without a place in it.
 * Method: values of every shape under the keys of a configuration, as YAML; the file of the quick
 * start with pieces torn out and thrown in; and text that is no YAML at all.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'

import { configFromFlags } from '../../src/config/command-line.ts'
import type { Reading } from '../../src/config/config.ts'
import { FLAGS } from '../../src/config/flags.ts'
import { readConfig } from '../../src/config/read.ts'
import { FILE } from './support.ts'

const SAMPLE = readFileSync(resolve(import.meta.dirname, '../../zones/rota.yaml'), 'utf8')

const WORDS = [
  ...[
    'listen',
    'dns',
    'http',
    'https',
    'tls',
    'certificate',
    'key',
    'tcp',
    'zones',
    'defaults',
    'ttl',
    'answers',
    'checks',
  ],
  ...['web', 'port', 'expect', 'interval', 'timeout', 'pools', 'members', 'v4', 'weight', 'names'],
  ...['pool', 'check', 'policy', 'when_all_down', 'example.test', 'www.example.test', '*', ''],
  ...['cname', 'tier', 'near', 'at', 'clients', 'subnet', 'register', 'networks', 'maps', 'file'],
  ...['slow_start', 'min_serving', 'fail_back', 'map', 'ttl_mode', 'failover_within', 'last_good'],
  ...['for', 'prober', 'anchors', 'addresses', 'explain', 'allow', 'sticky', 'load_bound'],
  ...['webhooks', 'url', 'events', 'secret_file'],
  ...['__proto__', 'constructor', 'toString', '10', 'min_healthy', 'workers', 'state'],
]
const SCALARS = [
  ...['192.0.2.0/24', 'nearest', 'last_good for 10m', 'web for 5m', '20%', '52.5,13.4', '20s'],
  ...['https://example.org/', 'flip'],
  ...['192.0.2.1', '::1', '127.0.0.1:53', '30/5', '5s', '50%', 'all', 'rotate', 'web'],
]

const leaf = fc.oneof(
  fc.constantFrom(...SCALARS),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
)

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...WORDS), fc.string()), tie('tree'), { maxKeys: 5 }),
  ),
}))

/** Pools that lead to each other, more often than not in circles, and names that draw from them. */
const nested = fc
  .array(
    fc.record({
      members: fc.array(fc.nat(5), { maxLength: 3 }),
      ladder: fc.option(fc.nat(5)),
      policy: fc.constantFrom('rotate', 'failover', 'sticky', 'nearest'),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((pools) => ({
    zones: { 'example.test': 'z' },
    checks: { web: { http: {} } },
    pools: Object.fromEntries(
      pools.map(({ members, ladder, policy }, index) => [
        `p${index}`,
        {
          policy,
          check: 'web',
          ...(ladder === null ? {} : { when_all_down: [{ pool: `p${ladder}` }, 'all'] }),
          members: Object.fromEntries([
            ['own', { v4: `192.0.2.${index + 1}` }],
            ...members.map((to) => [`m${to}`, { pool: `p${to}` }]),
          ]),
        },
      ]),
    ),
    names: Object.fromEntries(
      pools.map((_, at) => [`n${at}.example.test`, { pool: `p${at}`, failover_within: '20s' }]),
    ),
  }))

/** Trees that come further than the first key. */
const config = fc.record(
  {
    listen: tree,
    zones: fc.oneof(fc.constant({ 'example.test': 'z' }), tree),
    defaults: tree,
    checks: fc.dictionary(fc.constantFrom(...WORDS), tree),
    pools: fc.dictionary(fc.constantFrom(...WORDS), fc.record({ members: tree, check: tree })),
    names: fc.dictionary(fc.constantFrom(...WORDS), tree),
  },
  { requiredKeys: [] },
)

describe('readConfig', () => {
  it('takes any tree without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(config, tree), (value) => {
        const text = stringify(value)
        expectSound(readConfig(text, FILE), text)
      }),
      { numRuns: 300 },
    )
  })

  it('takes pools in pools of any kind without throwing', () => {
    fc.assert(
      fc.property(nested, (value) => {
        const text = stringify(value)
        expectSound(readConfig(text, FILE), text)
      }),
    )
  })

  it('takes any text without throwing', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'a:-[]{}&*!|>\'"#\n\t ,') }),
    )
    const isSound = fc.property(text, (yaml) => expectSound(readConfig(yaml, FILE), yaml))
    fc.assert(isSound, { examples: [['[{}"\n']] }) // A quote that takes the line's end with it.
  })

  it('takes the file of the quick start with any piece torn out and another thrown in', () => {
    const cut = fc.nat(SAMPLE.length)
    fc.assert(
      fc.property(
        cut,
        fc.nat(40),
        fc.constantFrom('', ...WORDS, ...SCALARS),
        (at, length, piece) => {
          const text = SAMPLE.slice(0, at) + piece + SAMPLE.slice(at + length)
          expectSound(readConfig(text, FILE), text)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('configFromFlags', () => {
  it('takes any flags without throwing', () => {
    const value = fc.oneof(fc.constantFrom(...WORDS, ...SCALARS, ':8080/healthz'), fc.string())
    const flags = fc.dictionary(fc.constantFrom(...Object.keys(FLAGS)), fc.array(value))
    fc.assert(
      fc.property(flags, value, value, (some, name, member) => {
        const reading = configFromFlags({ name, member, ...some })
        if (reading.config) expect(reading.config.names.length).toBeGreaterThan(0)
        else expect(reading.diagnostics.length).toBeGreaterThan(0)
      }),
    )
  })
})

/** A reading is a configuration, or faults that stand in the text. */
function expectSound(reading: Reading, text: string): void {
  const lines = text.split('\n')
  const diagnostics = reading.config ? reading.warnings : reading.diagnostics
  if (!reading.config) expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
  for (const { line, column, length = 1, message } of diagnostics) {
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column - 1 + length).toBeLessThanOrEqual(Math.max(lines[line - 1]!.length + 1, 1))
    // What a person wrote is quoted, and may be any word.
    const said = message.replace(/"[^"]*"/g, '')
    expect(said).not.toMatch(/undefined|\[object|Invalid input|NaN/)
  }
}
