/**
 * The kinds of field that a configuration is made of, each with messages of one grammar.
 *
 * A value of the wrong kind: the error is the kind that is expected (`a whole number (0–1000)`). A
 * value of the right kind that cannot be taken: the error is a predicate (`is outside 0–1000`).
 * `faults.ts` puts the key and the value before them.
 */

import { z } from 'zod'

import { printDuration } from '../../base/duration.ts'
import { nearest } from '../../base/nearest.ts'

import { type Fault, isFault, readSpan } from '../values/values.ts'

/** A map whose keys are all known; any other key is an error. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: `a map with ${Object.keys(shape).join(', ')}` })
}

/** A map from names that the operator chooses. */
export function named<Value extends z.ZodType>(value: Value, noun: string) {
  return z.record(z.string(), value, { error: `a map of ${noun}s by name` })
}

/** A key with nothing after it is read as an empty map: every default is wanted. */
export function orEmpty<Map extends z.ZodType<object>>(map: Map) {
  return map.nullable().transform((value) => value ?? ({} as z.output<Map>))
}

/** A piece of text, read by one of the languages in `values.ts`. */
export function text<T>(kind: string, read: (text: string) => T | Fault) {
  return z.string({ error: kind }).transform(reader(read))
}

/** As `text`, where people also write a bare number. */
export function textOrNumber<T>(kind: string, read: (written: string | number) => T | Fault) {
  return z.union([z.string(), z.number()], { error: kind }).transform(reader(read))
}

export function wholeNumber(min: number, max: number) {
  const kind = { error: `a whole number (${min}–${max})` }
  const range = { error: `is outside ${min}–${max}` }
  return z.number(kind).int(kind).min(min, range).max(max, range)
}

/** A number that need not be whole. */
export function amount(min: number, max: number) {
  const range = { error: `is outside ${min}–${max}` }
  return z
    .number({ error: `a number (${min}–${max})` })
    .min(min, range)
    .max(max, range)
}

export function flag() {
  return z.boolean({ error: 'true or false' })
}

/** The grammar of a span, as `parseDuration` reads it. */
export const SPAN_PATTERN = '(\\d+(\\.\\d+)?(ms|s|m|h|d))+'

/** A span of time with its unit; the meaning is in milliseconds. */
export function span(minMs: number, maxMs: number, defaultMs?: number) {
  return text('a span of time with its unit, such as 5s or 250ms', (written) =>
    readSpan(written, minMs, maxMs),
  ).meta({
    pattern: `^${SPAN_PATTERN}$`,
    ...(defaultMs !== undefined && { default: printDuration(defaultMs) }),
    examples: [printDuration(defaultMs ?? 60_000)],
  })
}

/** One of a few words; a misspelt one is told its neighbour. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, {
    error: ({ input }) => (typeof input === 'string' ? unknownWord(input, words) : listed(words)),
  })
}

/** A list, or its only element written alone. */
export function oneOrMany<Item extends z.ZodType>(item: Item, kind: string, countMax = 64) {
  const list = z
    .array(item, { error: kind })
    .min(1, { error: `is empty; it takes 1–${countMax}` })
    .max(countMax, { error: `has more than ${countMax} elements` })
  return z
    .union([list, item], { error: kind })
    .transform((value): readonly z.output<Item>[] =>
      Array.isArray(value) ? value : [value as z.output<Item>],
    )
}

/** `is unknown`, and the likely word or all of them. */
export function unknownWord(written: string, words: readonly string[]): string {
  const near = nearest(written, words)
  return near === undefined
    ? `is unknown; it takes ${listed(words)}`
    : `is unknown; did you mean "${near}"?`
}

/** `a`, `a or b`, `a, b or c`. */
export function listed(words: readonly string[], conjunction = 'or'): string {
  const last = words.at(-1) ?? 'nothing'
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}

function reader<From, T>(read: (written: From) => T | Fault) {
  return (written: From, context: z.RefinementCtx<From>): T => {
    const value = read(written)
    if (!isFault(value)) return value
    context.addIssue({ code: 'custom', message: value.fault })
    return z.NEVER
  }
}
