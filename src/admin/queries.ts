/** What the API takes in a query, by shape; every parameter is text, and stands once. */

import { z } from 'zod'

import { EVENT_KINDS } from '../control/history/event.ts'

import { parameters, text } from './bodies.ts'

export const LIMIT_MAX = 1_000
const LIMIT_USUAL = 100

/** Decimal digits, so that what a person reads is what was meant; no sign, exponent or base. */
const DIGITS = /^\d{1,16}$/

/** A whole number of a query, as it is in the document; a refusal names what is legal. */
function whole(min: number, max: number, description: string) {
  return (
    z
      .string()
      .transform((given) => (DIGITS.test(given) ? Number(given) : Number.NaN))
      .refine((value) => value >= min && value <= max, {
        error: `a whole number from ${min} to ${max} is needed`,
      })
      // Said here, since what is asked for as text is described as what it must read as.
      .meta({ description, type: 'integer', minimum: min, maximum: max })
  )
}

/** How many at the most. */
function limit(max = LIMIT_MAX) {
  return whole(1, max, 'How many at the most.').default(LIMIT_USUAL).meta({ default: LIMIT_USUAL })
}

const after = text.meta({ description: 'The `next` of the page before.' }).optional()

export const pageQuery = parameters({ limit: limit(), after })

export const namesQuery = parameters({
  limit: limit(),
  after,
  q: text.meta({ description: 'What names must hold.', examples: ['www'] }).optional(),
})

/** Each brings its latest probes, so a page of them is smaller. */
export const verdictsQuery = parameters({
  limit: limit(500),
  after,
  pool: text.meta({ description: 'Only those of its members.', examples: ['web'] }).optional(),
})

export const ledgerQuery = parameters({
  limit: limit(),
  after,
  pool: text.meta({ description: 'Only of this pool.', examples: ['web'] }).optional(),
  member: text.meta({ description: 'Only of this member.', examples: ['a'] }).optional(),
})

export const explainQuery = parameters({
  name: text.meta({ description: 'The name to explain.', examples: ['www.example.test'] }),
  client: text
    .meta({
      description: 'Whom it is answered to: an address or a prefix; absent: this machine.',
      examples: ['203.0.113.0/24'],
    })
    .optional(),
})

export const endOverrideQuery = parameters({
  by: text.meta({ description: 'Who ends it.', examples: ['ana'] }).optional(),
})

const id = (description: string) => whole(0, Number.MAX_SAFE_INTEGER, description).optional()

const instant = (description: string) =>
  z.iso
    .datetime({ offset: true, error: 'a moment such as 2026-01-01T12:00:00Z is needed' })
    .meta({ description, examples: ['2026-01-01T12:00:00Z'] })
    .optional()

const kinds = `one or more of ${EVENT_KINDS.join(', ')}, with commas between them`

export const historyQuery = parameters({
  limit: limit(),
  kind: text
    .regex(new RegExp(`^(${EVENT_KINDS.join('|')})(,(${EVENT_KINDS.join('|')}))*$`), {
      error: kinds,
    })
    .meta({ description: `Only these kinds: ${kinds}.`, examples: ['flip,ladder'] })
    .optional(),
  about: text
    .meta({ description: 'Only what concerns a pool, or a pool/member.', examples: ['web/a'] })
    .optional(),
  from: instant('Not before this moment.'),
  to: instant('Not after this moment.'),
  before: id('Only events before this one, for the next page.'),
})

export const eventsQuery = parameters({
  after: id('Begins with the events after this one; the header Last-Event-ID comes before it.'),
})

/** A browser that comes back says by this what it had last, whatever it asked at first. */
export const eventsHeaders = z.object({
  'Last-Event-ID': id('Begins with the events after this one.'),
})
