/**
 * Goal: the JSON Schema that editors complete by says the same as the reader does.
 * Method: a validator of the few keywords that are in it, run over files that the reader takes and
 * files that it refuses; and a walk over all of it, for what editors show.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

import { configSchema } from '../../../src/config/schema/schema.ts'
import { messagesOf } from '../support.ts'

const SAMPLE = readFileSync(resolve(import.meta.dirname, '../../../zones/rota.yaml'), 'utf8')

const REFUSED: readonly string[] = [
  'workers: 2',
  'zones: { example.test: z }\nworkers: 65',
  'zones: { example.test: z }\nworkers: atuo',
  'zones: { example.test: z }\nworker: 2',
  'zones: { example.test: 5 }',
  'zones: { example.test: z }\ndefaults: { ttl: soon }',
  'zones: { example.test: z }\ndefaults: { ttl: 30/5/1 }',
  'zones: { example.test: z }\ndefaults: { min_healthy: half }',
  'zones: { example.test: z }\ndefaults: { min_healthy: 0% }',
  'zones: { example.test: z }\ndefaults: { when_all_down: [none] }',
  'zones: { example.test: z }\npools: { p: { policy: best, members: [192.0.2.1] } }',
  'zones: { example.test: z }\npools: { p: { policy: rotate } }',
  'zones: { example.test: z }\nchecks: { c: { http: , interval: 5 } }',
  'zones: { example.test: z }\nchecks: { c: { http: , tcp: { port: 1 } } }',
  'zones: { example.test: z }\nchecks: { c: { tcp: { port: 0 } } }',
  'zones: { example.test: z }\nnames: { a.example.test: { answers: 33 } }',
  'zones: { example.test: z }\ndefaults: { when_all_down: [last_good for ever, all] }',
  'zones: { example.test: z }\ndefaults: { ttl_mode: steps }',
  'zones: { example.test: z }\nmaps: { m: { file: a, mmdb: b } }',
  'zones: { example.test: z }\nwebhooks: [{ url: "https://example.org/", events: [flop] }]',
  'zones: { example.test: z }\nwebhooks: { url: "https://example.org/" }',
  'zones: { example.test: z }\nprober: { suspect_when: 60 }',
  'zones: { example.test: z }\nnames: { a.example.test: { failover_within: 20 } }',
  'zones: { example.test: z }\nnames: { a.example.test: { clients: [{ pool: p }] } }',
]

const TAKEN: readonly string[] = [
  `zones: { example.test: z }
maps: { offices: { file: offices.map } }
explain: { allow: 127.0.0.0/8 }
webhooks: [{ url: "https://example.org/rota", events: [flip, stop], secret_file: s }]
pools:
  top:
    policy: nearest
    map: offices
    slow_start: 1m
    ttl_mode: health
    when_all_down: [last_good for 10m, pool: sorry for 5m, { pool: sorry, for: 5m }, all]
    register: { networks: 192.0.2.0/24 }
    members:
      a: { pool: sorry, near: [berlin, oslo], shed: 20% }
      b: { cname: cdn.example.org, near: oslo }
  sorry: { policy: sticky, sticky: { v4: 24 }, load_bound: 1.25, members: [192.0.2.1] }
names:
  a.example.test: { pool: top, clients: [{ subnet: 192.0.2.0/24, policy: random }] }`,
  SAMPLE,
  'zones: { example.test: z }',
  'zones: { example.test: z }\nlisten:\nnames: { a.example.test: }',
  'zones: { example.test: z }\ndefaults: { ttl: 1m30s/5s }',
  'zones: { example.test: z }\ndefaults: { ttl: 1.5m / 5 }',
  'zones: { example.test: z }\nworkers: auto\ndefaults: { ttl: 1m/5s, min_healthy: 50% }',
  'zones: { example.test: z }\ndefaults: { ttl: 30, min_healthy: 1, when_all_down: nodata }',
  'zones: { example.test: z }\nnames: { a.example.test: { check: { http: { expect: [200, 300-399] } } } }',
]

describe('configSchema', () => {
  it.each(TAKEN)('accepts what the reader takes (%#)', (yaml) => {
    expect(messagesOf(yaml)).toEqual([])
    expect(violations(configSchema(), parse(yaml))).toEqual([])
  })

  it.each(REFUSED)('refuses what the reader refuses: %j', (yaml) => {
    expect(messagesOf(yaml)).not.toEqual([])
    expect(violations(configSchema(), parse(yaml))).not.toEqual([])
  })

  it('has words for every key, with unit, range or default, that an editor shows', () => {
    const silent = keysOf(configSchema()).filter(
      ({ path, schema }) => !schema.description && !UNTOLD.has(path.split('.').at(-1)!),
    )
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  it('offers words and examples to complete by', () => {
    const found = keysOf(configSchema())
    const at = (path: string) => found.find((key) => key.path === path)?.schema
    expect(at('pools.*.policy')?.enum).toContain('weighted')
    expect(at('pools.*.policy')?.default).toBe('rotate')
    expect(at('defaults.ttl')?.examples).toContain('30/5')
    expect(at('checks.*.interval')?.pattern).toBeDefined()
    expect(at('checks.*.interval')?.default).toBe('5s')
  })

  it('is made anew each time, so that nobody can spoil it', () => {
    const first = configSchema()
    first['type'] = 'array'
    expect(configSchema()['type']).toBe('object')
  })
})

/** Sections of the file, which the examples of every guide explain. */
const UNTOLD = new Set(['listen'])

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

const { $defs: DEFINITIONS = {} }: Schema = configSchema()

/** What a reference stands for; what is said beside it goes before. */
function resolved({ $ref, ...schema }: Schema): Schema {
  if ($ref === undefined) return schema
  return { ...resolved(DEFINITIONS[$ref.split('/').at(-1)!]!), ...schema }
}

/** What `value` breaks, by the keywords that this schema uses; empty if nothing. */
function violations(referring: Schema, value: unknown, path = '$'): string[] {
  const schema = resolved(referring)
  const found: string[] = []
  const claim = (isTrue: boolean, keyword: string) => isTrue || found.push(`${path}: ${keyword}`)
  const passes = (one: Schema) => violations(one, value, path).length === 0

  const types = [schema.type ?? []].flat()
  if (types.length > 0)
    claim(
      types.some((type) => isOfType(type, value)),
      `type ${types}`,
    )
  if (schema.enum) claim(schema.enum.includes(value), 'enum')
  if (schema.const !== undefined) claim(schema.const === value, 'const')
  if (schema.anyOf) claim(schema.anyOf.some(passes), 'anyOf')
  if (schema.oneOf) claim(schema.oneOf.filter(passes).length === 1, 'oneOf')
  if (schema.pattern && typeof value === 'string') {
    claim(new RegExp(schema.pattern, 'u').test(value), 'pattern')
  }
  if (typeof value === 'number') {
    claim(value >= (schema.minimum ?? -Infinity), 'minimum')
    claim(value <= (schema.maximum ?? Infinity), 'maximum')
  }
  if (Array.isArray(value)) {
    claim(value.length >= (schema.minItems ?? 0), 'minItems')
    const { items } = schema
    if (items) found.push(...value.flatMap((one, i) => violations(items, one, `${path}[${i}]`)))
  } else if (typeof value === 'object' && value !== null) {
    for (const key of schema.required ?? []) claim(key in value, `required ${key}`)
    for (const [key, one] of Object.entries(value)) {
      const below = schema.properties?.[key] ?? schema.additionalProperties ?? true
      if (below === false) found.push(`${path}: unknown ${key}`)
      else if (below !== true) found.push(...violations(below, one, `${path}.${key}`))
    }
  }
  return found
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

/** Every key of every map in the schema, with `*` for keys that the operator chooses. */
function keysOf(
  referring: Schema,
  path = '',
  around: readonly string[] = [],
): { path: string; schema: Schema }[] {
  const { $ref = '' } = referring
  if (around.includes($ref)) return [] // A combination holds combinations.
  const schema = resolved(referring)
  const within = $ref === '' ? around : [...around, $ref]
  const branches = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])]
  const { additionalProperties } = schema
  const isMap = typeof additionalProperties === 'object'
  return [
    ...branches.flatMap((branch) => keysOf(branch, path, within)),
    ...(isMap ? keysOf(additionalProperties, `${path}*.`, within) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => [
      { path: `${path}${key}`, schema: resolved(below) },
      ...keysOf(below, `${path}${key}.`, within),
    ]),
  ]
}
