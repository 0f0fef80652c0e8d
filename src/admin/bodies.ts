/**
 * What the API takes, by shape. What a value means (spans, addresses, floors) is judged where it is
 * used, in the same words for whoever asks.
 */

import { z } from 'zod'

import { OVERRIDE_WORDS } from '../control/books/overrides.ts'

/** Longer than anything legal: it only bounds what a message may quote. */
const TEXT_MAX = 1_024

export const text = z
  .string({ error: 'text is needed' })
  .max(TEXT_MAX, { error: 'is far too long' })
const amount = z
  .number({ error: 'a number is needed' })
  .min(0, { error: 'is below 0' })
  .max(Number.MAX_SAFE_INTEGER, { error: 'is too large' })

/** A query: every parameter that is given is one that there is. */
export function parameters<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return strict(shape, 'parameter')
}

function body<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return strict(shape, 'key')
}

function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape, noun: string) {
  const keys = Object.keys(shape).join(', ')
  return z.strictObject(shape, {
    error: ({ code, keys: unknown }) =>
      code === 'unrecognized_keys'
        ? `${(unknown as string[]).slice(0, 5).join(', ')}: no such ${noun}; there are ${keys}`
        : `an object with ${keys}`,
  })
}

export const overrideBody = body({
  pool: text,
  member: text,
  word: z.enum(OVERRIDE_WORDS, { error: `one of ${OVERRIDE_WORDS.join(', ')}` }),
  reason: text,
  author: text,
  for: text.optional(),
})

const registration = { v4: text.optional(), v6: text.optional(), weight: amount.optional() }

export const registerBody = body({ name: text, ...registration, lease: text.optional() })

export const renewBody = body({ ...registration, lease: text.optional() })

const REPORTED_WORDS = ['up', 'drain', 'down'] as const

export const beatBody = body({
  status: z.enum(REPORTED_WORDS, { error: `one of ${REPORTED_WORDS.join(', ')}` }).optional(),
  load: amount.optional(),
  share: amount.max(100, { error: 'is above 100 percent' }).optional(),
  requests: amount.optional(),
  errors: amount.optional(),
  connections: amount.optional(),
})

export const failureBody = body({
  evidence: text.min(3, { error: 'is below 3 characters' }).max(200, {
    error: 'is above 200 characters',
  }),
})

export const failBackBody = body({ pool: text })
