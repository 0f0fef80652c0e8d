/**
 * How things stand, as the API tells it: moments in ISO 8601 (UTC), spans in the unit of their
 * name. What is not known yet, or does not apply, is absent.
 */

import { z } from 'zod'

import { amount, count, family, flag, keepsStandby, moment, words } from './fields.ts'

export const overrideStatus = z
  .object({
    pool: words('The pool of the member.', 'web'),
    member: words('Whom it overrides.', 'a'),
    word: words('What was decided: up, down or drain.', 'drain'),
    reason: words('Why, in the words of who decided.', 'disk swap'),
    author: words('Who decided.', 'ana'),
    since: moment('Since when it holds.'),
    until: moment('Until when; absent: until somebody ends it.').optional(),
  })
  .meta({ id: 'Override' })

export const ledBy = z
  .array(z.string())
  .meta({
    description: 'SRV, SVCB and HTTPS records that lead to it, the first of them; absent: none.',
    examples: [['HTTPS of www.example.test']],
  })
  .optional()

export const ledgerStatus = z
  .object({
    ledBy,
    lastAnswerAt: moment('When it was last in an answer; absent: not known.').optional(),
    ttlSeconds: count('The TTL of that answer.').optional(),
    heldUntil: moment('When the last cache lets go of it.'),
    resolvers: count('Networks of resolvers that may still hold it, about.'),
  })
  .meta({ id: 'LedgerStatus', description: 'When an address was answered, and who may hold it.' })

export const addressStatus = z
  .object({
    family,
    address: words('The address, or what it stands for: a pool, an alias.', '192.0.2.1'),
    isServing: flag('Whether it may be answered now.'),
    why: words('Why it is not.', 'override drain').optional(),
    verdict: z
      .enum(['up', 'down', 'unknown'])
      .meta({ description: 'What its checks say; absent where there is no check.' })
      .optional(),
    since: moment('Since when the verdict stands.').optional(),
    evidence: words('What the last probe saw.', 'connection refused').optional(),
    warning: words('What is no failure yet.', 'certificate expires in 9 days').optional(),
    probeMs: amount('What its probes take, smoothed.').optional(),
    effectiveWeight: amount('By which it takes part now, among its family.').optional(),
    share: amount('Its part of the turns of its family by that weight, in percent.').optional(),
    turns: count('Answers that it led.'),
    ledger: ledgerStatus.optional(),
  })
  .meta({ id: 'AddressStatus', description: 'A member in one family.' })

export const memberStatus = z
  .object({
    name: words('Its name in the pool.', 'a'),
    weight: amount('As it is written, or was registered.'),
    isServing: flag('Whether it may be answered now, in one family at least.'),
    override: overrideStatus.optional(),
    lease: z
      .object({ until: moment('When it is over, unless it is renewed.') })
      .meta({ description: 'Of a member that has registered.' })
      .optional(),
    addresses: z.array(addressStatus),
  })
  .meta({ id: 'MemberStatus' })

export const familyStatus = z
  .object({
    family,
    members: count('Members with an address of this family.'),
    healthy: count('Those that are.'),
    needed: count('Fewer healthy than these, and the pool has failed.'),
    failedSince: moment('Absent while it has not failed.').optional(),
    step: words('The step of when_all_down in force, without its time.', 'all').optional(),
    stepUntil: moment('When the next step follows.').optional(),
    standIns: z
      .array(z.string())
      .meta({ description: 'Pools that answer in its place.' })
      .optional(),
  })
  .meta({ id: 'FamilyStatus', description: 'One family of a pool, as a whole.' })

export const poolStatus = z
  .object({
    name: words('The pool, or the name that is its own pool.', 'web'),
    policy: words('By which it is drawn.', 'weighted'),
    minServing: count('Overrides leave that many members in service at least.'),
    keepsStandby,
    families: z.array(familyStatus),
    members: z.array(memberStatus),
  })
  .meta({ id: 'PoolStatus' })

export const bindingStatus = z
  .object({
    label: words('The pool, or the name that is its own pool.', 'web'),
    name: words('The only name that it is for; absent: all that draw so.').optional(),
    policy: words('By which its answers are drawn.', 'weighted'),
    answers: count('Records in an answer, at the most.'),
    ttlSeconds: count('The TTL in force.'),
    ttlReason: words('Why it is that one.').optional(),
  })
  .meta({ id: 'BindingStatus', description: 'What names share that draw in the same way.' })

export const flipStatus = z
  .object({
    at: moment('When the verdict changed.'),
    members: z.array(z.string()).meta({ description: 'Whom it concerns, as pool/member.' }),
    moreMembers: count('How many more there are, past the first hundred.').optional(),
    address: words('What was probed.', '192.0.2.1'),
    from: words('The verdict before.', 'up'),
    to: words('The verdict since.', 'down'),
    evidence: words('What the probe saw.', 'connection refused'),
    failoverMs: amount('From the last success to the answers that told of it.').optional(),
    lastCacheAt: moment(
      'When the last cache lets go of what was answered before; absent while it still is.',
    ).optional(),
  })
  .meta({ id: 'FlipStatus' })

export const secureStatus = z
  .object({
    tls: z.array(z.string()).meta({ description: 'Where DNS over TLS is served.' }),
    https: z.array(z.string()).meta({ description: 'Where DNS over HTTPS is served.' }),
    certificate: z
      .object({
        names: words('The names that it is for.', 'DNS:dns.example.test'),
        ends: moment('When clients stop to take it.'),
      })
      .meta({ description: 'What both of them show.' }),
  })
  .meta({ id: 'SecureStatus', description: 'What is served over TLS.' })

export const status = z
  .object({
    version: words('Of the server.', '0.3.0'),
    now: moment('When this was so.'),
    startedAt: moment('When the process began.'),
    isDemo: z
      .literal(true)
      .optional()
      .meta({ description: 'Only of `rota demo`, whose backends have paths of their own here.' }),
    generation: count('Of the world that is answered from; each reload makes the next.'),
    listen: z.array(z.string()).meta({ description: 'Where DNS is served.' }),
    transport: z
      .object({ path: words('batched or portable.', 'batched'), workers: count('UDP workers.') })
      .optional(),
    secure: secureStatus.optional(),
    queries: count('Since the start.'),
    answers: count('Since the start.'),
    bindings: z.array(bindingStatus),
    pools: z.array(poolStatus),
    flips: z.array(flipStatus).meta({ description: 'The latest first.' }),
    resolvers: z
      .array(z.object({ address: words('Who asks.', '192.0.2.53'), percent: amount('Of turns.') }))
      .meta({ description: 'Who asks most, with the part of the balanced answers that is theirs.' })
      .optional(),
    warnings: z
      .array(z.string())
      .meta({ description: 'What works and should be looked at all the same.' }),
  })
  .meta({ id: 'Status', description: 'How everything stands.' })

export const pastOverrideStatus = overrideStatus
  .extend({
    ended: words('How: expired, replaced or undone.', 'undone'),
    endedAt: moment('When.'),
    endedBy: words('Who ended it; nobody, where time did.', 'ana').optional(),
  })
  .meta({ id: 'PastOverride' })

export const overridesStatus = z
  .object({
    current: z.array(overrideStatus),
    past: z
      .array(pastOverrideStatus)
      .meta({ description: 'Those of the last week, the latest first.' }),
  })
  .meta({ id: 'Overrides' })

export const registrationStatus = z
  .object({
    pool: words('The pool that it is in.', 'web'),
    member: words('Its name there.', 'x'),
    v4: words('Its IPv4 address.', '192.0.2.9').optional(),
    v6: words('Its IPv6 address.', '2001:db8::9').optional(),
    weight: amount('By which it takes part.'),
    leaseSeconds: amount('How long it holds without being renewed.'),
    since: moment('When it registered.'),
    until: moment('When its lease is over, unless it is renewed.'),
  })
  .meta({ id: 'Registration' })
