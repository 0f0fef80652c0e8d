/** The kinds of value that the API tells, and how their types follow from their schemas. */

import { z } from 'zod'

/**
 * What a schema describes, for whoever tells it: nothing of it changes, and what is absent is not
 * there rather than undefined.
 */
export type Told<Schema extends z.ZodType> = Still<z.output<Schema>>

type Still<T> = T extends readonly (infer One)[]
  ? readonly Still<One>[]
  : T extends object
    ? { readonly [Key in keyof T]: Still<Exclude<T[Key], undefined>> }
    : T

export const family = z.enum(['v4', 'v6'])

/** A moment as people and programs read it. */
export function moment(description: string) {
  return z.iso.datetime().meta({ description, examples: ['2026-01-01T12:00:00.000Z'] })
}

export function words(description: string, ...examples: string[]) {
  return z.string().meta({ description, ...(examples.length > 0 && { examples }) })
}

/** How many there are, or have been. */
export function count(description: string) {
  return z.int().min(0).meta({ description })
}

export function amount(description: string) {
  return z.number().meta({ description })
}

export function flag(description: string) {
  return z.boolean().meta({ description })
}

/** Of a pool: it alone has something to fail back from. */
export const keepsStandby = z
  .literal(true)
  .optional()
  .meta({ description: 'Only where a standby that took over stays until it is failed back.' })
