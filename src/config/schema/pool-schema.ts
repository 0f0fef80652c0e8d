/**
 * The shape of pools, their members, and the names that draw from them. Part of `schema.ts`, in a
 * file of its own since this is what operators write most.
 */

import { z } from 'zod'

import { POLICIES } from '../../balance/policy.ts'

import { checkOrName } from './check-schema.ts'
import type { LadderStep } from '../config.ts'
import * as defaults from '../defaults.ts'
import { amount, flag, named, oneOf, oneOrMany, section, span, text } from './fields.ts'
import { SPAN_PATTERN, textOrNumber, wholeNumber } from './fields.ts'
import { readDomainName } from '../values/names.ts'
import { CONTINENTS, percentReader, readContinent, readCoordinates } from '../values/pool-values.ts'
import {
  readCountry,
  readPoolStep,
  readPrefix,
  readProbeAddress,
  readStep,
} from '../values/pool-values.ts'
import { STEP_MS } from '../values/pool-values.ts'
import { readAddress, readMinHealthy, readTtl, readV4, readV6, readWord } from '../values/values.ts'

export const policy = oneOf(POLICIES).meta({
  description: 'The rule that says whose turn it is.',
  default: defaults.POLICY,
})

export const answers = wholeNumber(1, 32).meta({
  description: 'At most this many records in an answer, 1–32; never more than 1232 octets hold.',
  default: defaults.ANSWERS,
})

const SECONDS_PATTERN = `(\\d+|${SPAN_PATTERN})`

export const ttl = textOrNumber('a TTL such as 30/5 or 30', readTtl).meta({
  description:
    'Seconds, 0–86400, or spans such as 1m: the most while nobody is in transition, and after ' +
    'the slash the least, while somebody is. One number is both.',
  default: `${defaults.TTL.max}/${defaults.TTL.min}`,
  examples: ['30/5', 30, '1m/5s'],
  pattern: `^\\s*${SECONDS_PATTERN}(\\s*/\\s*${SECONDS_PATTERN})?\\s*$`,
})

export const ttlMode = oneOf(['step', 'health', 'fixed']).meta({
  description:
    'Which TTL of the range holds. step: the most while nobody is in transition, else the least. ' +
    'health: the seconds until the answer could change at the earliest. fixed: the most.',
  default: defaults.TTL_MODE,
})

export const minHealthy = textOrNumber(
  'a number of members or a share such as 50%',
  readMinHealthy,
).meta({
  description:
    'Fewer healthy members than this, 1–256 or 1%–100%, and when_all_down takes over. Counted ' +
    'among the addresses of each family by itself; never more than a family has.',
  default: 1,
  examples: [1, '50%'],
  pattern: '^0*[1-9]\\d*%?$',
})

const stepSpan = span(STEP_MS.min, STEP_MS.max)

const mappedStep = section({
  pool: text('the name of a pool', readPoolStep).optional().describe('Answers from that pool.'),
  last_good: stepSpan.optional().describe('Those who were healthy last, for so long, 1s–30d.'),
  all: stepSpan.optional().describe('Every member whatever its health, for so long, 1s–30d.'),
  nodata: stepSpan.optional().describe('An answer without data, for so long, 1s–30d.'),
  for: stepSpan.optional().describe('How long the pool is answered from at most, 1s–30d.'),
})
  .transform((step, context): LadderStep => {
    const { pool, last_good: lastGood, all, nodata, for: forMs } = step
    const steps: readonly (LadderStep | undefined)[] = [
      pool,
      lastGood === undefined ? undefined : { kind: 'last-good', forMs: lastGood },
      all === undefined ? undefined : { kind: 'all', forMs: all },
      nodata === undefined ? undefined : { kind: 'nodata', forMs: nodata },
    ]
    const [first, second] = steps.filter((one) => one !== undefined)
    const isTimedTwice = first?.forMs !== undefined && forMs !== undefined
    if (!first || second || isTimedTwice) {
      const message = isTimedTwice
        ? 'says twice for how long it holds'
        : 'takes exactly one of pool, last_good, all and nodata'
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    return forMs === undefined ? first : { ...first, forMs }
  })
  .meta({ examples: [{ pool: 'sorry' }, { pool: 'sorry', for: '5m' }, { last_good: '10m' }] })

const STEP = 'a step: last_good, all, nodata or pool: NAME, each with "for 10m" if it has an end'

const ladderStep = z.union(
  [
    text(STEP, readStep).meta({
      pattern: `^\\s*(last_good|all|nodata)(\\s+for\\s+${SPAN_PATTERN})?\\s*$`,
      examples: ['last_good for 10m', 'all', 'nodata'],
    }),
    mappedStep,
  ],
  { error: STEP },
)

export const whenAllDown = oneOrMany(ladderStep, `${STEP}; or a list of them`, 8).meta({
  description:
    'What is answered when a pool has failed, step by step: those who were healthy last, another ' +
    'pool, every member, or no data. Each holds while it can and for its time; the last for good.',
  default: defaults.WHEN_ALL_DOWN,
  examples: [['last_good for 10m', { pool: 'sorry' }, 'all'], 'nodata'],
})

const weight = wholeNumber(0, 1_000).meta({
  description: 'Share of the answers, 0–1000; 0 is standby, answered when every other is out.',
  default: defaults.WEIGHT,
})

const address = text('an IP address', readAddress)
const word = (kind: string) => text(kind, readWord)

const hostKeys = {
  v4: text('an IPv4 address', readV4).optional().describe('IPv4 address, for A.'),
  v6: text('an IPv6 address', readV6).optional().describe('IPv6 address, for AAAA.'),
  cname: text('a name', readDomainName)
    .optional()
    .describe('Instead of addresses: the name that stands for it, answered as CNAME.'),
  pool: word('the name of a pool')
    .optional()
    .describe('Instead of addresses: a pool whose turns it gives, by its own policy.'),
}

const member = z.union(
  [
    address.transform((octets) => (octets.length === 4 ? { v4: octets } : { v6: octets })),
    section({
      ...hostKeys,
      min_healthy: minHealthy
        .optional()
        .describe("Of a pool: how many healthy members this parent asks for. Default: the pool's."),
      weight: weight.optional(),
      tier: wholeNumber(1, 256)
        .optional()
        .describe(
          'Policy failover: lower tiers first, 1–256; members of one tier share by weight. ' +
            'Default: a tier of its own, in the order of the file.',
        ),
      shed: textOrNumber('a percentage such as 20%', percentReader(0, 90))
        .optional()
        .meta({
          description:
            'Share of its weight that goes to the others, 0%–90%. Default: 0%. To take it out ' +
            'whole, drain it.',
          examples: ['20%'],
          type: 'string',
          pattern: '^0*\\d{1,2}%$',
        }),
      check: checkOrName.optional().describe("Its own check. Default: the pool's."),
      probe: text('an IP address', readProbeAddress)
        .optional()
        .describe('The address that is probed instead of those that are answered.'),
      near: oneOrMany(word('a label of the map'), 'a label of the map, or a list of them')
        .optional()
        .describe('Policy nearest: labels of the map that it is near to, the nearest first.'),
      country: text('a country of two letters', readCountry)
        .optional()
        .meta({ description: 'Policy nearest: ISO 3166-1 alpha-2.', examples: ['DE'] }),
      continent: text('a continent of two letters', readContinent)
        .optional()
        .meta({
          description: `Policy nearest: ${CONTINENTS.join(', ')}.`,
          examples: [...CONTINENTS],
        }),
      at: text('a latitude and a longitude', readCoordinates)
        .optional()
        .meta({
          description: 'Policy nearest: degrees north and east, -90–90 and -180–180.',
          examples: ['52.5,13.4'],
        }),
    }),
  ],
  { error: 'an IP address, or a map with v4, v6, cname or pool' },
)

const members = z
  .union([z.array(address), named(member, 'member')], {
    error: 'a map of members by name, or a list of addresses',
  })
  .describe('1–256 members, by name; in a list, each is named by its address.')

const network = text('a network', readPrefix)

/** A network, or several, as whoever writes one means it: without host bits. */
export function networks(countMax: number) {
  return oneOrMany(network, 'a network such as 192.0.2.0/24, or a list of them', countMax)
}

const register = section({
  networks: networks(64).meta({
    description: 'Which addresses members may register with. Required.',
    examples: [['192.0.2.0/24', '2001:db8::/32']],
  }),
  lease: span(5_000, 3_600_000, defaults.LEASE_MS)
    .optional()
    .describe('How long a registration holds unless it is renewed, 5s–1h.'),
  members: wholeNumber(1, 256).optional().meta({
    description: 'At most this many at once, 1–256; with those of the file never above 256.',
    default: defaults.REGISTERED_MAX,
  }),
})

/** What a pool says of its members as a whole, and a name that is its own pool. */
const drawn = {
  check: checkOrName.optional(),
  policy: policy.optional(),
  sticky: section({
    v4: wholeNumber(8, 32).optional().meta({
      description: 'Bits of an IPv4 client that tell it from others, 8–32.',
      default: defaults.STICKY.v4Prefix,
    }),
    v6: wholeNumber(16, 128).optional().meta({
      description: 'Bits of an IPv6 client that tell it from others, 16–128.',
      default: defaults.STICKY.v6Prefix,
    }),
  })
    .optional()
    .describe('Policy sticky: which clients are one to it. Networks by default, as resolvers are.'),
  load_bound: amount(1.05, 10)
    .optional()
    .describe(
      'Policy sticky: no member gets more than this times its fair share, 1.05–10. ' +
        'Default: without bound.',
    ),
  map: word('the name of a map')
    .optional()
    .describe('Policy nearest: the map that says where clients are. Required there.'),
  fail_back: flag().optional().meta({
    description: 'Policy failover: whether a tier that is well again takes over at once.',
    default: true,
  }),
  slow_start: span(1_000, 3_600_000)
    .optional()
    .describe('How long who came back takes to its whole weight, 1s–1h. Default: no time.'),
  min_healthy: minHealthy.optional(),
  min_serving: wholeNumber(1, 256)
    .optional()
    .describe(
      'An override that leaves fewer members in service is refused, 1–256. Default: none is.',
    ),
  when_all_down: whenAllDown.optional(),
  register: register
    .optional()
    .describe('Who may register members of its own through the API. Default: nobody.'),
}

export const pool = section({
  ...drawn,
  members,
  answers: answers.optional(),
  ttl: ttl.optional(),
  ttl_mode: ttlMode.optional(),
}).describe('Members, how they are checked, and the rule that draws turns from them.')

const client = section({
  subnet: networks(1_024).describe('The networks of the clients that it is for. Required.'),
  pool: word('the name of a pool').optional().describe("Their pool. Default: the name's."),
  policy: policy.optional().describe("Their policy. Default: the pool's."),
})

export const name = section({
  pool: word('the name of a pool')
    .optional()
    .describe("A pool. Without one, the zone file's own A and AAAA are the members."),
  ...drawn,
  answers: answers.optional(),
  ttl: ttl.optional(),
  ttl_mode: ttlMode.optional(),
  failover_within: span(1_000, 3_600_000)
    .optional()
    .describe(
      'The longest that clients may be sent to a dead member, 1s–1h. What check and TTL leave ' +
        'open follows from it. Default: no budget.',
    ),
  clients: z
    .array(client, { error: 'a list of rules, each with subnet and pool or policy' })
    .max(1_024, { error: 'has more than 1024 elements' })
    .optional()
    .describe('Other pools or policies for some clients; the first rule that matches decides.'),
})

export type PoolDraft = z.output<typeof pool>
export type NameDraft = z.output<typeof name>
export type MemberDraft = Extract<z.output<typeof member>, { weight?: unknown }>
export type ClientDraft = z.output<typeof client>
export type DrawnDraft = Omit<NameDraft, 'pool' | 'answers' | 'ttl' | 'ttl_mode' | 'clients'>
