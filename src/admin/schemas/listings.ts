/** What is told in lists, page by page where they may be long. */

import { z } from 'zod'

import { amount, count, family, flag, moment, words } from './fields.ts'
import { ledBy, memberStatus, poolStatus, registrationStatus } from './status.ts'

const next = words('Ask with after= this for the next page; absent on the last.').optional()

export const poolsPage = z.object({ pools: z.array(poolStatus), next }).meta({ id: 'PoolsPage' })

export const membersPage = z
  .object({ members: z.array(memberStatus), next })
  .meta({ id: 'MembersPage' })

export const nameStatus = z
  .object({
    name: words('The name, without its final dot.', 'www.example.test'),
    label: words('What it shares with names that draw in the same way.', 'web'),
    pool: words('The pool, or the name that is its own pool.', 'web'),
    policy: words('By which its answers are drawn.', 'weighted'),
    answers: count('Records in an answer, at the most.'),
    ttlSeconds: count('The TTL in force.'),
    ttlReason: words('Why it is that one.'),
    rules: count('How many other ways clients may be answered; absent: all alike.').optional(),
  })
  .meta({ id: 'NameStatus' })

export const namesPage = z.object({ names: z.array(nameStatus), next }).meta({ id: 'NamesPage' })

export const verdictStatus = z
  .object({
    id: words('The same as long as the check and the address are.', 'cf2t0mVWcTqFZWzI'),
    address: words('What is probed.', '192.0.2.1'),
    check: words('By which check.', 'web'),
    kind: words('Of which kind it is.', 'http'),
    members: z.array(z.string()).meta({ description: 'Whom it concerns, as pool/member.' }),
    verdict: z.enum(['up', 'down', 'unknown']),
    since: moment('Since when the verdict stands.'),
    evidence: words('What the last probe saw.', 'status 200'),
    warning: words('What is no failure yet.').optional(),
    streak: count('Observations in a row that contradict the verdict.'),
    rise: count('Successes in a row that bring it up.'),
    fall: count('Failures in a row that take it down.'),
    lastSuccessAt: moment('When it was last seen to be well.').optional(),
    nextProbeAt: moment('Absent while a probe is under way.').optional(),
    probeMs: amount('What its probes take, smoothed.').optional(),
    recent: z
      .array(z.object({ ms: amount('What it took.'), isSuccess: flag('What it came to.') }))
      .meta({ description: 'The latest probes, the oldest first; 60 at the most.' }),
  })
  .meta({ id: 'VerdictStatus', description: 'What is believed of an address under a check.' })

export const verdictsPage = z
  .object({ verdicts: z.array(verdictStatus), next })
  .meta({ id: 'VerdictsPage' })

export const registrationsPage = z
  .object({ registrations: z.array(registrationStatus), next })
  .meta({ id: 'RegistrationsPage' })

export const zoneStatus = z
  .object({
    apex: words('The name of the zone, without its final dot.', 'example.test'),
    serial: count('Of its SOA.'),
    records: count('How many it has.'),
    names: count('How many it has, empty ones among them.'),
    file: words('Its master file; absent where there is none.').optional(),
  })
  .meta({ id: 'ZoneStatus' })

export const zonesList = z.object({ zones: z.array(zoneStatus) }).meta({ id: 'Zones' })

export const ledgerEntry = z
  .object({
    pool: words('The pool.', 'web'),
    member: words('Its member.', 'a'),
    family,
    address: words('What is answered for it.', '192.0.2.1'),
    isServing: flag('Whether answers may have it now: as an address, or by `ledBy`.'),
    ledBy,
    lastAnswerAt: moment('When it was last in an answer; absent: never.').optional(),
    ttlSeconds: count('The TTL of that answer.').optional(),
    heldUntil: moment('When the last cache lets go of it.').optional(),
    resolvers: count('Networks of resolvers that may still hold it, about.'),
    isSafe: flag('Whether nobody can have it from an answer any more: it may be stopped.'),
    others: z
      .array(z.string())
      .meta({
        description:
          'Other members at this address who are not safe, the first of them; absent: none.',
      })
      .optional(),
    moreOthers: count('How many more there are; absent: none.').optional(),
  })
  .meta({ id: 'LedgerEntry' })

export const ledgerPage = z
  .object({ now: moment('When this was so.'), entries: z.array(ledgerEntry), next })
  .meta({ id: 'Ledger', description: 'When each address was answered, and who may hold it.' })

export const pulse = z
  .object({
    now: moment('When this was so.'),
    generation: count('Of the world that is answered from.'),
    queries: count('Since the start.'),
    answers: count('Since the start.'),
  })
  .meta({ id: 'Pulse' })
