/** How a name would be answered, and why: what the explaining room makes, described. */

import { z } from 'zod'

import { EXCLUSIONS } from '../../control/judgement/standing.ts'

import { amount, count, flag, keepsStandby, moment, words } from './fields.ts'

const decision = z.object({
  word: z.enum(['up', 'down', 'drain']),
  reason: words('Why, in the words of who decided.'),
  author: words('Who decided.'),
  since: moment('Since when it holds.').optional(),
  until: moment('Until when; absent: until somebody ends it.').optional(),
})

const explainedMember = z
  .object({
    name: words('Its name in the pool.', 'a'),
    address: words('What is answered for it.', '192.0.2.1'),
    weight: amount('As it is written, or was registered.'),
    isEligible: flag('Whether it may be answered now.'),
    exclusion: z.enum(EXCLUSIONS).meta({ description: 'Why not.' }).optional(),
    verdict: z.enum(['up', 'down', 'unknown']),
    evidence: words('What the last probe saw.'),
    warning: words('What is no failure yet.').optional(),
    since: moment('Since when the verdict stands.').optional(),
    isUnsettled: flag('Whether what is observed next may change who is answered.'),
    override: decision.optional(),
    leaseUntil: moment('When its lease is over.').optional(),
    earnedPercent: amount('Of its weight: what it has earned since it came back.'),
    keptPercent: amount('Of its weight: what is not shed.'),
    wantedPercent: amount('Of its weight: what it asks for itself.'),
    earnsMoreAt: moment('When it has earned the next part.').optional(),
    loadFigure: amount('The load that it reports.').optional(),
    timeMs: amount('What its probes take, smoothed.').optional(),
    effectiveWeight: amount('By which it takes part; absent while it does not.').optional(),
  })
  .meta({ id: 'ExplainedMember' })

const rung = z.object({
  step: words('As it is written, without its time.', 'last_good'),
  state: z.enum(['in force', 'over', 'of no use', 'not reached']),
  reason: words('Why it is of no use.').optional(),
  until: moment('When its time is over.').optional(),
})

const explainedFamily = z
  .object({
    memberCount: count('Members with an address of this family.'),
    healthyCount: count('Those that are.'),
    neededCount: count('Fewer healthy than these, and the pool has failed.'),
    failedSince: moment('Since when it has failed.').optional(),
    step: words('The step of when_all_down in force.').optional(),
    stepUntil: moment('When the next step follows.').optional(),
    ladder: z.array(rung).optional(),
    members: z.array(explainedMember),
    standIns: z.array(z.string()),
  })
  .meta({ id: 'ExplainedFamily' })

const explainedPool = z
  .object({
    pool: words('Its name.', 'web'),
    policy: words('By which it is drawn.', 'weighted'),
    minServing: count('Overrides leave that many members in service at least.'),
    keepsStandby,
    v4: explainedFamily.optional(),
    v6: explainedFamily.optional(),
  })
  .meta({ id: 'ExplainedPool' })

export const explanation = z
  .object({
    name: words('What is explained.', 'www.example.test.'),
    client: words('For whom.', '203.0.113.0/24'),
    answers: z.array(
      z.object({
        type: z.enum(['A', 'AAAA']),
        rcode: words('As DNS calls it.', 'NOERROR'),
        data: z
          .array(z.string())
          .meta({ description: 'Of the records that would be answered next, in order.' }),
        scope: count("Bits of the client's address that the answer depended on."),
      }),
    ),
    balanced: z
      .object({
        pool: words('What answers this client: a pool, or the name itself.', 'web'),
        policy: words('By which it is drawn.', 'weighted'),
        answersMax: count('Records in an answer, at the most.'),
        ttl: z.object({ seconds: count('The TTL in force.'), reason: words('Why that one.') }),
        pools: z.array(explainedPool),
      })
      .meta({ description: 'Absent where the name is not balanced: then its zone answers.' })
      .optional(),
  })
  .meta({ id: 'Explanation' })
