/** What the flight recorder writes down, described; the types stand with the recorder. */

import { z } from 'zod'

import { amount, count, family, flag, moment, words } from './fields.ts'

/** What every event has, and its kind. */
function happening<Kind extends string, Shape extends z.core.$ZodLooseShape>(
  kind: Kind,
  description: string,
  shape: Shape,
) {
  return z
    .object({
      id: count('Grows by one with each event, over restarts too.'),
      at: moment('When it happened.'),
      kind: z.literal(kind),
      ...shape,
    })
    .meta({ id: `${kind[0]!.toUpperCase()}${kind.slice(1)}Event`, description })
}

const pool = words('The pool.', 'web')
const member = words('Its member.', 'a')

export const event = z
  .discriminatedUnion('kind', [
    happening('flip', 'The verdict of a target changed.', {
      members: z.array(z.string()).meta({ description: 'Whom it concerns, as pool/member.' }),
      moreMembers: count('How many more there are, past the first hundred.').optional(),
      address: words('What was probed.', '192.0.2.1'),
      check: words('By which check.', 'web'),
      from: words('The verdict before.', 'up'),
      to: words('The verdict since.', 'down'),
      evidence: words('What the probe saw.', 'connection refused'),
      lastSuccessAt: moment('When it was last seen to be well.').optional(),
      failoverMs: amount('From the last success to the answers that told of it.').optional(),
      lastCacheAt: moment(
        'When the last cache lets go of what was answered before; absent while it still is.',
      ).optional(),
    }),
    happening('override', 'An override began, was ended, or came to its own end.', {
      action: z.enum(['set', 'ended', 'expired']),
      ...{ pool, member, word: words('What was decided.', 'drain') },
      reason: words('Why.', 'disk swap'),
      author: words('Who decided.', 'ana'),
      until: moment('Until when.').optional(),
      endedBy: words('Who ended it.').optional(),
    }),
    happening('registration', 'A member registered, left, or let its lease run out.', {
      action: z.enum(['joined', 'left', 'expired']),
      ...{ pool, member, addresses: z.array(z.string()) },
    }),
    happening('ladder', 'A family of a pool failed, went on to another step, or recovered.', {
      ...{ pool, family },
      step: words(
        'As it is written, without its time; absent once it has recovered.',
        'all',
      ).optional(),
      until: moment('When the next step follows.').optional(),
      healthy: count('Members that are.'),
      needed: count('Fewer healthy than these, and the pool has failed.'),
    }),
    happening('reload', 'The configuration was read again.', {
      isTaken: flag('False where there were errors: nothing changed.'),
      generation: count('Of the world that is answered from.'),
      errors: count('Found.'),
      warnings: count('Found.'),
      problem: words('The first of the errors.').optional(),
      tookMs: amount('How long it took.'),
    }),
    happening('doubt', 'The prober began or ceased to doubt itself.', {
      isSuspect: flag('Whether it does.'),
      why: words('What it saw.'),
    }),
    happening('respawn', 'A worker died and was replaced.', {
      endpoint: words('Where it answered.', '127.0.0.1:5300'),
      reason: words('Why it died.'),
    }),
    happening('start', 'The server began to answer.', {
      version: words('Of the server.', '0.3.0'),
      generation: count('Of the world that is answered from.'),
      listen: z.array(z.string()),
    }),
    happening('stop', 'The server ended.', {}),
  ])
  .meta({ id: 'Event' })

export const eventsPage = z
  .object({
    events: z.array(event).meta({ description: 'The latest first.' }),
    next: count('Ask with before= this for the next page; absent on the last.').optional(),
  })
  .meta({ id: 'EventsPage' })

export const tick = z
  .object({
    now: moment('When this was so.'),
    generation: count('Of the world that is answered from.'),
    queries: count('Since the start.'),
    answers: count('Since the start.'),
    lastId: count('Of the latest event; 0 where there is none.'),
  })
  .meta({ id: 'Tick' })

export const gap = z
  .object({
    after: count('The event that the reader had.'),
    upTo: count('The last of those that are not here any more.'),
  })
  .meta({ id: 'Gap' })
