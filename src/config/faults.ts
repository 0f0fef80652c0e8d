/**
 * From what the schema found to what the operator reads: each fault at its own key or value, in the
 * grammar `<words> <value> <predicate>`, unknown keys with the likely one.
 */

import type { z } from 'zod'

import type { Diagnostic, Place } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'

import { listed } from './schema/fields.ts'
import type { Origin, Path } from './facts/origin.ts'

type Issue = z.core.$ZodIssue

/** One fault of shape. `path` leads to what is faulty, the unknown key included. */
export interface ShapeFault {
  readonly path: Path
  readonly diagnostic: Diagnostic
}

/** Words the issues of a failed parse of `tree`. `schema` is the JSON Schema it was parsed by. */
export function shapeFaults(
  issues: readonly Issue[],
  tree: unknown,
  origin: Origin,
  schema: Readonly<Record<string, unknown>>,
): ShapeFault[] {
  const faults = issues
    .flatMap((issue) => unfold(issue, tree))
    .flatMap((issue) => {
      const path = pathOf(issue)
      if (issue.code !== 'unrecognized_keys') return [valueFault(issue, tree, origin)]
      const legal = keysAt(schema, path)
      return issue.keys.map((key) => unknownKey([...path, key], legal, origin))
    })
  // A value may break two limits at once; the first fault says enough.
  const firsts = new Map(
    faults.map((fault) => [JSON.stringify(fault.path), fault] as const).reverse(),
  )
  return faults.filter((fault) => firsts.get(JSON.stringify(fault.path)) === fault)
}

/** The value at `path`, or undefined. Only own keys count: nothing is inherited. */
export function valueIn(tree: unknown, path: Path): unknown {
  let value = tree
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/**
 * A union fails with the faults of every branch, which explains nothing. The branch that was meant
 * is the one that takes this kind of value; where none does, the union's own message names all.
 */
function unfold(issue: Issue, tree: unknown): Issue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const value = valueIn(tree, pathOf(issue))
  const branch = issue.errors.find((faults) => !faults.some((fault) => isMisfit(fault, value)))
  if (!branch) return [issue]
  return branch.flatMap((fault) => unfold({ ...fault, path: [...issue.path, ...fault.path] }, tree))
}

/** Whether a fault says that the value as a whole is of another kind than the branch takes. */
function isMisfit(fault: Issue, value: unknown): boolean {
  if (fault.path.length > 0) return false
  if (fault.code === 'invalid_value') return typeof value !== 'string'
  if (fault.code !== 'invalid_union') return fault.code === 'invalid_type'
  return fault.errors.every((faults) => faults.some((inner) => isMisfit(inner, value)))
}

function unknownKey(path: Path, legal: readonly string[], origin: Origin): ShapeFault {
  const key = String(path.at(-1))
  const near = nearest(key, legal)
  const owner = origin.words(path.slice(0, -1))
  const advice = near === undefined ? keysAdvice(legal) : didYouMean(near)
  const message = `${owner === '' ? '' : `${owner}: `}unknown key "${key}"; ${advice}`
  return { path, diagnostic: { severity: 'error', ...origin.keyAt(path), message } }
}

function keysAdvice(legal: readonly string[]): string {
  return legal.length === 1
    ? `the only key here is ${legal[0]}`
    : `the keys here are ${listed(legal, 'and')}`
}

function valueFault(issue: Issue, tree: unknown, origin: Origin): ShapeFault {
  const path = pathOf(issue)
  const value = valueIn(tree, path)
  const found = (place: Place, message: string): ShapeFault => ({
    path,
    diagnostic: { severity: 'error', ...place, message },
  })
  if (value === undefined) {
    const owner = origin.words(path.slice(0, -1))
    const message = `${owner === '' ? '' : `${owner}: `}missing key "${path.at(-1)}"`
    return found(origin.keyAt(path), `${message}, ${issue.message}`)
  }
  const isWrongKind =
    issue.code === 'invalid_type' ||
    issue.code === 'invalid_union' ||
    (issue.code === 'invalid_value' && typeof value !== 'string')
  const words = origin.words(path) || 'a configuration'
  if (isWrongKind) {
    return found(origin.valueAt(path), `${words} must be ${issue.message}, not ${shown(value)}`)
  }
  const isShort = typeof value === 'string' || typeof value === 'number'
  // A name that the operator chose ends in a quote, and two quotes side by side read badly.
  const subject = isShort ? `${words}${words.endsWith('"') ? ':' : ''} ${shown(value)}` : words
  return found(origin.valueAt(path), `${subject} ${issue.message}`)
}

/** A value as messages quote it; long text is cut, maps and lists are named. */
export function shown(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value !== 'string') return String(value)
  const text = JSON.stringify(value)
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…"` : text
}

/** A headline is one line of a terminal; the code frame below it shows the rest. */
const SHOWN_CHARACTERS_MAX = 60

/** The keys that are legal in the map at `path`, by the JSON Schema. */
function keysAt(schema: SchemaNode, path: Path): string[] {
  const definitions = schema.$defs ?? {}
  let candidates = alternatives(schema, definitions)
  for (const part of path) candidates = candidates.flatMap((one) => below(one, part, definitions))
  return candidates.flatMap(({ properties }) => Object.keys(properties ?? {}))
}

/** By the name that references use. */
type Definitions = Readonly<Record<string, unknown>>

interface SchemaNode {
  readonly $defs?: Definitions
  readonly $ref?: string
  readonly anyOf?: readonly unknown[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly additionalProperties?: unknown
  readonly items?: unknown
}

function alternatives(schema: unknown, definitions: Definitions): SchemaNode[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { $ref, ...node }: SchemaNode = schema
  if ($ref !== undefined) return alternatives(definitions[$ref.split('/').at(-1)!], definitions)
  return node.anyOf ? node.anyOf.flatMap((one) => alternatives(one, definitions)) : [node]
}

function below(node: SchemaNode, part: string | number, definitions: Definitions): SchemaNode[] {
  if (typeof part === 'number') return alternatives(node.items, definitions)
  return alternatives(node.properties?.[part] ?? node.additionalProperties, definitions)
}

function pathOf({ path }: Issue): Path {
  return path.map((part) => (typeof part === 'symbol' ? String(part) : part))
}

function didYouMean(word: string): string {
  return `did you mean "${word}"?`
}
