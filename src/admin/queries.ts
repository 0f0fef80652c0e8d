/** What the API takes in a query, by shape; every parameter is text, and stands once. */

import { z } from 'zod'

import { EVENT_KINDS } from '../control/history/event.ts'

import { parameters, text } from './bodies.ts'

export const LIMIT_MAX = 1_000
const LIMIT_USUAL = 100

const range = { error: `is outside 1–${LIMIT_MAX}` }

/** How many at the most. */
function limit(max = LIMIT_MAX) {
  return z.coerce
    .number({ error: 'a whole number is needed' })
    .int({ error: 'a whole number is needed' })
    .min(1, max === LIMIT_MAX ? range : { error: `is outside 1–${max}` })
    .max(max, max === LIMIT_MAX ? range : { error: `is outside 1–${max}` })
    .default(LIMIT_USUAL)
    .meta({ description: 'How many at the most.' })
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

const id = (description: string) =>
  z.coerce
    .number({ error: 'the id of an event is needed' })
    .int({ error: 'the id of an event is needed' })
    .min(0, { error: 'is below 0' })
    // Said here, since what is made a number may be anything, null among it.
    .meta({ description, type: 'integer' })
    .optional()

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
  after: id('Begins with the events after this one; the header Last-Event-ID says the same.'),
})
