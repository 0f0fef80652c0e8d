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

/** As `text`, with what it is for. */
function told(description: string, ...examples: string[]) {
  return text.meta({ description, ...(examples.length > 0 && { examples }) })
}

const pool = told('The pool.', 'web')

export const overrideBody = body({
  pool,
  member: told('Whom it overrides.', 'a'),
  word: z
    .enum(OVERRIDE_WORDS, { error: `one of ${OVERRIDE_WORDS.join(', ')}` })
    .meta({ description: 'up: answered whatever the checks say; down, drain: not answered.' }),
  reason: told('Why, for whoever sees it.', 'disk swap'),
  author: told('Who decides.', 'ana'),
  for: told(
    'A span such as 2h; absent: an hour, and for drain until it is ended.',
    '2h',
  ).optional(),
})

const registration = {
  v4: told('Its IPv4 address.', '192.0.2.9').optional(),
  v6: told('Its IPv6 address.', '2001:db8::9').optional(),
  weight: amount.meta({ description: 'By which it takes part; absent: 1.' }).optional(),
}
const lease = told("A span, at most the pool's, which holds where it is absent.", '30s').optional()

export const registerBody = body({
  name: told('Its name in the pool.', 'x'),
  ...{ ...registration, lease },
})

export const renewBody = body({ ...registration, lease })

const REPORTED_WORDS = ['up', 'drain', 'down'] as const

export const beatBody = body({
  status: z
    .enum(REPORTED_WORDS, { error: `one of ${REPORTED_WORDS.join(', ')}` })
    .meta({ description: 'Absent: up.' })
    .optional(),
  load: amount.meta({ description: 'The less, the better; whatever it counts.' }).optional(),
  share: amount
    .max(100, { error: 'is above 100 percent' })
    .meta({ description: 'Percent of its weight that it wants to carry.' })
    .optional(),
  requests: amount.meta({ description: 'Since it began.' }).optional(),
  errors: amount.meta({ description: 'Since it began.' }).optional(),
  connections: amount.meta({ description: 'At this moment.' }).optional(),
})

export const failureBody = body({
  evidence: text
    .min(3, { error: 'is below 3 characters' })
    .max(200, { error: 'is above 200 characters' })
    .meta({ description: 'What was seen.', examples: ['timed out after 2s'] }),
})

export const failBackBody = body({ pool })
