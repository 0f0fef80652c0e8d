/**
 * As much of JSON Schema (2020-12) as the document of the API uses: what is wrong with a value, and
 * values that are right. An object that names its properties has no others, which is stricter than
 * the standard: a test is to hear of what is told and not documented.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import fc from 'fast-check'

export interface Schema {
  readonly [keyword: string]: unknown
}

/** Where `$ref` leads: the whole document. */
export type Document = Readonly<Record<string, unknown>>

const ANNOTATIONS = new Set(['description', 'examples', 'example', 'default', 'discriminator'])
const KNOWN = new Set([
  ...ANNOTATIONS,
  ...['$ref', 'type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const'],
  ...[
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'pattern',
    'format',
    'oneOf',
    'anyOf',
    'allOf',
  ],
])

/** What is wrong with the value, each with its place; empty where nothing is. */
export function faultsOf(schema: Schema, value: unknown, document: Document, at = ''): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword))
  if (unknown.length > 0) throw new Error(`this checker knows nothing of ${unknown.join(', ')}`)
  const target = schema['$ref']
  if (typeof target === 'string') return faultsOf(resolved(target, document), value, document, at)
  const faults: string[] = []
  const wrong = (what: string) => faults.push(`${at || '/'}: ${what}: ${JSON.stringify(value)}`)
  for (const one of (schema['allOf'] as Schema[] | undefined) ?? []) {
    faults.push(...faultsOf(one, value, document, at))
  }
  const choices = (schema['oneOf'] ?? schema['anyOf']) as Schema[] | undefined
  if (choices && !choices.some((one) => faultsOf(one, value, document, at).length === 0)) {
    wrong('fits none of its alternatives')
  }
  const types = [schema['type'] ?? []].flat() as string[]
  if (types.length > 0 && !types.some((type) => isOf(type, value))) wrong(`is no ${types}`)
  if (schema['enum'] && !(schema['enum'] as unknown[]).includes(value)) wrong('is no such word')
  if ('const' in schema && schema['const'] !== value) wrong(`is not ${schema['const']}`)
  if (typeof value === 'number' && !isWithin(schema, value)) wrong('is out of its range')
  if (typeof value === 'string' && !isText(schema, value)) wrong('is no such text')
  if (Array.isArray(value) && schema['items']) {
    for (const [index, one] of value.entries()) {
      faults.push(...faultsOf(schema['items'] as Schema, one, document, `${at}/${index}`))
    }
  } else if (typeof value === 'object' && value !== null && schema['properties']) {
    faults.push(...faultsOfObject(schema, value, document, at))
  }
  return faults
}

const PRINTED = resolve(import.meta.dirname, '../../docs/json.schema.json')

/** What is wrong with what a command has printed, by the schema of that name in docs/. */
export function faultsOfPrinted(name: string, value: unknown): string[] {
  const document = JSON.parse(readFileSync(PRINTED, 'utf8')) as Document
  return faultsOf({ $ref: `#/$defs/${name}` }, value, document)
}

function faultsOfObject(schema: Schema, value: object, document: Document, at: string): string[] {
  const properties = schema['properties'] as Record<string, Schema>
  const missing = ((schema['required'] as string[] | undefined) ?? []).filter(
    (key) => !Object.hasOwn(value, key),
  )
  const isOpen = typeof schema['additionalProperties'] === 'object'
  return [
    ...missing.map((key) => `${at}/${key}: is missing`),
    ...Object.entries(value).flatMap(([key, one]) => {
      if (Object.hasOwn(properties, key)) {
        return faultsOf(properties[key]!, one, document, `${at}/${key}`)
      }
      return isOpen ? [] : [`${at}/${key}: is told and not documented`]
    }),
  ]
}

function resolved(target: string, document: Document): Schema {
  const steps = target.replace(/^#\//, '').split('/')
  const found = steps.reduce<unknown>((one, step) => (one as Document)[step], document)
  if (found === undefined) throw new Error(`${target} leads nowhere`)
  return found as Schema
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function isWithin({ minimum, maximum }: Schema, value: number): boolean {
  return !(value < Number(minimum ?? -Infinity)) && !(value > Number(maximum ?? Infinity))
}

function isText({ minLength, maxLength, pattern, format }: Schema, value: string): boolean {
  return (
    value.length >= Number(minLength ?? 0) &&
    value.length <= Number(maxLength ?? Infinity) &&
    (pattern === undefined || new RegExp(String(pattern)).test(value)) &&
    (format !== 'date-time' || /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(value))
  )
}

/** Values that a schema admits; texts are short. */
export function valuesOf(schema: Schema, document: Document): fc.Arbitrary<unknown> {
  const target = schema['$ref']
  if (typeof target === 'string') return valuesOf(resolved(target, document), document)
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as unknown[]))
  const { minimum = 0, maximum = 1_000_000, minLength = 0, maxLength = 20 } = schema
  switch (schema['type']) {
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: Number(minimum), max: Math.min(Number(maximum), 2 ** 30) })
    case 'number':
      return fc.double({ min: Number(minimum), max: Number(maximum), noNaN: true })
    case 'string':
      if (schema['pattern']) return fc.stringMatching(new RegExp(String(schema['pattern'])))
      if (schema['format'] === 'date-time') return fc.date({ noInvalidDate: true }).map(toIso)
      return fc.string({ minLength: Number(minLength), maxLength: Math.min(Number(maxLength), 20) })
    case 'array':
      return fc.array(valuesOf(schema['items'] as Schema, document), { maxLength: 3 })
    case 'object': {
      const properties = Object.entries(schema['properties'] as Record<string, Schema>)
      const model = properties.map(([key, one]) => [key, valuesOf(one, document)] as const)
      const requiredKeys = (schema['required'] as string[] | undefined) ?? []
      return fc.record(Object.fromEntries(model), { requiredKeys })
    }
    default:
      throw new Error(`no values of ${JSON.stringify(schema)} can be made`)
  }
}

function toIso(date: Date): string {
  return date.toISOString().replace(/^[+-]\d+/, '2026')
}
