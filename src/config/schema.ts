/**
 * The shape of a configuration: every key with its type, unit, range, default and reason. From this
 * one table come the checks of each value, the keys that "did you mean" offers, and the JSON Schema
 * that editors complete by. What depends on two values at once is in `rules.ts`.
 */

import { z } from 'zod'

import { POLICIES } from '../balance/policy.ts'

import { check, checkOrName } from './check-schema.ts'
import type { LadderStep } from './config.ts'
import * as defaults from './defaults.ts'
import { named, oneOf, oneOrMany, orEmpty, section } from './fields.ts'
import { SPAN_PATTERN, text, textOrNumber, wholeNumber } from './fields.ts'
import { readAddress, readEndpoint, readFilePath, readMinHealthy, readServerId } from './values.ts'
import { readTtl, readV4, readV6, readWord, readWorkers } from './values.ts'

const filePath = text('a path', readFilePath)
const endpoint = text('an address and a port', readEndpoint)
const ladderStep = oneOf(['all', 'nodata']).transform((kind): LadderStep => ({ kind }))

const policy = oneOf(POLICIES).meta({
  description: 'The rule that says whose turn it is.',
  default: defaults.POLICY,
})

const answers = wholeNumber(1, 32).meta({
  description: 'At most this many records in an answer, 1–32; never more than 1232 octets hold.',
  default: defaults.ANSWERS,
})

const SECONDS_PATTERN = `(\\d+|${SPAN_PATTERN})`

const ttl = textOrNumber('a TTL such as 30/5 or 30', readTtl).meta({
  description:
    'Seconds, 0–86400, or spans such as 1m: the most while nobody is in transition, and after ' +
    'the slash the least, while somebody is. One number is both.',
  default: `${defaults.TTL.max}/${defaults.TTL.min}`,
  examples: ['30/5', 30, '1m/5s'],
  pattern: `^\\s*${SECONDS_PATTERN}(\\s*/\\s*${SECONDS_PATTERN})?\\s*$`,
})

const minHealthy = textOrNumber('a number of members or a share such as 50%', readMinHealthy).meta({
  description:
    'Fewer healthy members than this, 1–256 or 1%–100%, and when_all_down takes over. Counted ' +
    'among the addresses of each family by itself; never more than a family has.',
  default: 1,
  examples: [1, '50%'],
  pattern: '^0*[1-9]\\d*%?$',
})

const whenAllDown = oneOrMany(ladderStep, 'all, nodata, or a list of them').meta({
  description: 'What is answered when a pool has failed: every member, or an answer without data.',
  default: defaults.WHEN_ALL_DOWN,
})

const weight = wholeNumber(0, 1_000).meta({
  description: 'Share of the answers, 0–1000; 0 is standby, answered when every other is out.',
  default: defaults.WEIGHT,
})

const address = text('an IP address', readAddress)

const member = z.union(
  [
    address.transform((octets) => (octets.length === 4 ? { v4: octets } : { v6: octets })),
    section({
      v4: text('an IPv4 address', readV4).optional().describe('IPv4 address, for A.'),
      v6: text('an IPv6 address', readV6).optional().describe('IPv6 address, for AAAA.'),
      weight: weight.optional(),
    }),
  ],
  { error: 'an IP address, or a map with v4, v6 and weight' },
)

const members = z
  .union([z.array(address), named(member, 'member')], {
    error: 'a map of members by name, or a list of addresses',
  })
  .describe('1–256 hosts, by name; in a list, each is named by its address.')

const drawn = {
  check: checkOrName.optional(),
  policy: policy.optional(),
  min_healthy: minHealthy.optional(),
  when_all_down: whenAllDown.optional(),
}

const pool = section({
  ...drawn,
  members,
  answers: answers.optional(),
  ttl: ttl.optional(),
}).describe('Members, how they are checked, and the rule that draws turns from them.')

const name = section({
  pool: text('the name of a pool', readWord)
    .optional()
    .describe("A pool. Without one, the zone file's own A and AAAA are the members."),
  ...drawn,
  answers: answers.optional(),
  ttl: ttl.optional(),
})

/** The whole file. Its output is a draft: each value read, no reference resolved, no default. */
export const schema = section({
  listen: orEmpty(
    section({
      dns: oneOrMany(endpoint, 'an address and a port, or a list of them')
        .optional()
        .meta({
          description: 'Where UDP and TCP are served; 1–64 addresses. Port 0: any free one.',
          default: ['0.0.0.0:53', '[::]:53'],
          examples: [['127.0.0.1:5300', '[::1]:5300']],
        }),
      http: endpoint.optional().meta({
        description: 'Kept for the HTTP API, which is not served yet. Default: nowhere.',
        examples: ['127.0.0.1:8053'],
      }),
    }),
  ).optional(),
  workers: textOrNumber('auto, or a whole number (1–64)', readWorkers)
    .optional()
    .meta({
      description: 'UDP workers for each address, 1–64; auto is one per core.',
      default: 'auto',
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 64 }],
    }),
  state: filePath
    .optional()
    .describe('Folder for what must survive a restart; nothing is kept yet. Default: none.'),
  server_id: text('text', readServerId)
    .optional()
    .describe('Answered to NSID (RFC 5001) and id.server; 1–255 octets. Default: nothing.'),
  // Required, but by a rule: its absence must not hide what is wrong in the rest of the file.
  zones: orEmpty(named(filePath, 'zone'))
    .optional()
    .describe('Apex to master file (RFC 1035). Paths are relative to this file. Required.'),
  defaults: orEmpty(
    section({
      ttl: ttl.optional(),
      answers: answers.optional(),
      min_healthy: minHealthy.optional(),
      when_all_down: whenAllDown.optional(),
    }),
  )
    .optional()
    .describe('What holds for each pool and name that says nothing else.'),
  checks: orEmpty(named(check, 'check')).optional().describe('Checks by name, for pools to share.'),
  pools: orEmpty(named(pool, 'pool')).optional().describe('Pools by name.'),
  names: orEmpty(named(orEmpty(name), 'name'))
    .optional()
    .describe('The names that are balanced; *.example.test stands for what has no records.'),
}).meta({ title: 'Rota configuration', required: ['zones'] })

export type Draft = z.output<typeof schema>
export type PoolDraft = z.output<typeof pool>
export type NameDraft = z.output<typeof name>
export type MemberDraft = z.output<typeof member>

/** The JSON Schema (draft 2020-12) of the file as it is written, for editors. */
export function configSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(schema, {
      io: 'input',
      // Zod leaves these out where a value is transformed, since they might be of the other side;
      // here they are always what a person would write.
      override({ zodSchema, jsonSchema }) {
        const { default: usual, examples } = z.globalRegistry.get(zodSchema) ?? {}
        if (usual !== undefined) Object.assign(jsonSchema, { default: usual })
        if (examples !== undefined) Object.assign(jsonSchema, { examples })
      },
    }),
  }
}
