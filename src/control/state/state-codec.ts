/**
 * What stands in the state file, and what can be saved of it when it is damaged. The file is one
 * JSON object: a version, when it was written, and sections, each of which has an owner who says
 * what it looks like. A damaged entry is left out alone: its neighbours are not to blame.
 */

import { z } from 'zod'

/** The only version that is written and read. */
export const STATE_VERSION = 1

/** What a section looks like, and what it is when there is nothing. */
export interface Section<T> {
  readonly codec: z.ZodType<T>
  readonly empty: T
}

/** The sections of a file by their names, for contents `C`. */
export type Sections<C> = { readonly [Name in keyof C]: Section<C[Name]> }

export interface StateReading<C> {
  readonly contents: C
  /** Milliseconds since 1970; undefined where the file does not tell. */
  readonly writtenWall: number | undefined
  /** What is wrong, each beginning with its place in the file. None: the file is sound. */
  readonly faults: readonly string[]
}

type Path = readonly PropertyKey[]

/** Entries that are left out may bring others to light; then the whole section is left out. */
const PRUNINGS_MAX = 3

const envelope = z.looseObject({ version: z.literal(STATE_VERSION), writtenAt: z.number() })

export function encodeState<C extends object>(contents: C, writtenWall: number): string {
  const head = { version: STATE_VERSION, writtenAt: writtenWall }
  // An entry to a line or so: a person may have to read it, and a fault has a place.
  return `${JSON.stringify({ ...head, ...contents }, null, 1)}\n`
}

export function nothing<C>(sections: Sections<C>): C {
  return contentsOf<C>(namesOf(sections).map((name) => [name, sections[name].empty]))
}

/** Reads what was written; whatever is damaged is left out, and named. */
export function decodeState<C>(text: string, sections: Sections<C>): StateReading<C> {
  const value = parseJson(text)
  if ('fault' in value) return unreadable(sections, value.fault)
  const head = envelope.safeParse(value.json)
  if (!head.success)
    return unreadable(sections, versionFault(value.json) ?? faultOf([], head.error))

  const faults: string[] = []
  const entries = namesOf(sections).map((name) => {
    const written: unknown = head.data[String(name)]
    const isMissing = written === undefined // As written by one that did not have it yet.
    return [name, isMissing ? sections[name].empty : read(name, written, sections[name], faults)]
  })
  return { contents: contentsOf<C>(entries), writtenWall: head.data.writtenAt, faults }
}

function read<T>(name: PropertyKey, written: unknown, section: Section<T>, faults: string[]): T {
  let value = written
  for (let prunings = 0; prunings <= PRUNINGS_MAX; prunings++) {
    const result = section.codec.safeParse(value)
    if (result.success) return result.data
    faults.push(faultOf([name], result.error))
    value = prune(value, section.empty, result.error.issues)
    if (value === undefined) break
  }
  return section.empty
}

/** The value without the entries that have issues; a member of an object falls back to `empty`. */
function prune(
  value: unknown,
  empty: unknown,
  issues: readonly { readonly path: Path }[],
): unknown {
  if (!isObject(value)) return undefined
  const doomed = new Map<unknown[], Set<PropertyKey>>()
  for (const { path } of issues) {
    const list = firstList(value, path)
    if (list) doomed.set(list.within, (doomed.get(list.within) ?? new Set()).add(list.index))
    else if (path.length === 0) return undefined
    else if (isObject(empty) && path[0]! in empty) value[path[0]!] = empty[path[0]!]
    else delete value[path[0]!]
  }
  for (const [list, indexes] of doomed) {
    list.splice(0, list.length, ...list.filter((_, index) => !indexes.has(index)))
  }
  return value
}

/** The first list on the way to a fault: its elements are entries. */
function firstList(root: unknown, path: Path): { within: unknown[]; index: number } | undefined {
  let value = root
  for (const step of path) {
    if (Array.isArray(value) && typeof step === 'number') return { within: value, index: step }
    value = isObject(value) ? value[step] : undefined
  }
  return undefined
}

function unreadable<C>(sections: Sections<C>, fault: string): StateReading<C> {
  return { contents: nothing(sections), writtenWall: undefined, faults: [fault] }
}

function versionFault(json: unknown): string | undefined {
  const version = isObject(json) ? json['version'] : undefined
  if (typeof version !== 'number' || version <= STATE_VERSION) return undefined
  return `version: ${version} is newer than ${STATE_VERSION}, the only one that is read here`
}

/** The first issue, as `overrides.current[3].word: what is wrong`. */
function faultOf(root: Path, { issues }: z.ZodError): string {
  const { path, message } = issues[0]!
  const place = [...root, ...path].map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
  )
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `${place.join('').slice(1) || 'the file'}: ${message}${more}`
}

function parseJson(text: string): { readonly json: unknown } | { readonly fault: string } {
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    const before = text.slice(0, soundLength(text)).split('\n')
    const place = `line ${before.length} column ${before.at(-1)!.length + 1}`
    const reason = text.trim() === '' ? 'the file is empty' : String((error as Error).message)
    return { fault: `${place}: ${reason}` }
  }
}

/**
 * How far a text could still become JSON. The parser does not always say where it stopped, but it
 * tells what ended too early from what is wrong; halving finds where the one becomes the other.
 */
function soundLength(text: string): number {
  let sound = 0
  let broken = text.length + 1
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1
    if (endsTooEarly(text.slice(0, middle))) sound = middle
    else broken = middle
  }
  return sound
}

function endsTooEarly(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    if (/^Unexpected end|^Unterminated/.test(message)) return true
    return Number(/at position (\d+)/.exec(message)?.[1] ?? -1) >= text.length
  }
}

function namesOf<C>(sections: Sections<C>): (keyof C)[] {
  return Object.keys(sections) as (keyof C)[]
}

function contentsOf<C>(entries: readonly (readonly unknown[])[]): C {
  return Object.fromEntries(entries) as C
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
