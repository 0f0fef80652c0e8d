/**
 * The shape of a check: what is measured, how often, and how checks are put together. Part of
 * `schema.ts`; the kinds of probe are in `probe-schema.ts`.
 */

import { z } from 'zod'

import { readCheckAddress, readEvery, readHeaderName } from '../values/check-values.ts'
import * as defaults from '../defaults.ts'
import { listed, oneOf, section, span, text, wholeNumber } from './fields.ts'
import { PROBE_KINDS, probeKeys } from './probe-schema.ts'
import { readWord } from '../values/values.ts'

const format = oneOf(['two-numbers', 'json', 'agent'])

/** By a rule it has exactly one of them. */
interface ReportDraft {
  readonly header?: string | undefined
  readonly body?: z.output<typeof format> | undefined
}

const report = z
  .union(
    [
      format.transform((body): ReportDraft => ({ body })),
      section({
        header: text('the name of a header', readHeaderName)
          .optional()
          .describe('A header of the answer that holds one number, the load. HTTP alone.'),
        body: format.optional().describe('What the answer is written in.'),
      }),
    ],
    { error: 'two-numbers, json or agent, or a map with header or body' },
  )
  .meta({
    description:
      'What the answer says of the load: two-numbers (requests and errors since the start), json ' +
      '(requests, errors, connections, load, percent, weight) or agent (words of HAProxy: 75%, ' +
      'drain, maint, ready, up, down, fail, stopped). Default: the answer is not read for it.',
    examples: ['agent', { header: 'X-Load' }],
  })

const ownKeys = {
  ...probeKeys,
  interval: span(100, 3_600_000, defaults.INTERVAL_MS)
    .optional()
    .describe('Time between probes of a settled target, 100ms–1h. Often, within a TTL.'),
  fast_interval: span(100, 3_600_000, defaults.FAST_INTERVAL_MS)
    .optional()
    .describe('The interval while a target is in transition, 100ms–1h; never above interval.'),
  timeout: span(10, 60_000, defaults.TIMEOUT_MS)
    .optional()
    .describe('When a probe without an end counts as failed, 10ms–1m; never above interval.'),
  rise: wholeNumber(1, 100).optional().meta({
    description: 'Successes in a row that bring a target up, 1–100. One may be luck.',
    default: defaults.RISE,
  }),
  fall: wholeNumber(1, 100).optional().meta({
    description: 'Failures in a row that take a target down, 1–100. One may be a lost packet.',
    default: defaults.FALL,
  }),
  every: text('a number of answers, such as 1000 answers', readEvery)
    .optional()
    .meta({
      description: 'Probes before the interval is over after so many answers, 10–1000000000.',
      examples: ['1000 answers'],
      pattern: '^\\d+ answers?$',
    }),
  address: text('an IP address or a host name', readCheckAddress)
    .optional()
    .meta({
      description: "Probed instead of the member's own address. Default: the member's.",
      examples: ['192.0.2.9', 'db.example.org'],
    }),
  report: report.optional(),
}

const own = section(ownKeys)

/** One check, or a combination: `all_of`, `any_of`, or `at_least` of those in `of`. */
export interface CheckDraft extends z.output<typeof own> {
  readonly all_of?: readonly CheckReference[] | undefined
  readonly any_of?: readonly CheckReference[] | undefined
  readonly at_least?: number | undefined
  readonly of?: readonly CheckReference[] | undefined
}

/** What stands after `check:`. A list asks for all of its elements. */
export type CheckReference = string | CheckDraft | readonly CheckReference[]

/** More than this asked of one member is a program, and `exec` runs one. */
export const PARTS_MAX = 64

const parts = z
  .array(
    z.lazy((): z.ZodType<CheckReference> => checkOrName),
    { error: 'a list of checks' },
  )
  .min(1, { error: `is empty; it takes 1–${PARTS_MAX} checks` })
  .max(PARTS_MAX, { error: `has more than ${PARTS_MAX} elements` })

export const COMBINATIONS = ['all_of', 'any_of', 'at_least'] as const

export const check: z.ZodType<CheckDraft> = section({
  ...ownKeys,
  all_of: parts.optional().describe('Up if all of 1–64 checks are, named or written out.'),
  any_of: parts.optional().describe('Up if one of 1–64 checks is, named or written out.'),
  at_least: wholeNumber(1, PARTS_MAX)
    .optional()
    .describe('Up if so many of those in "of" are, 1–64. Required with "of".'),
  of: parts.optional().describe('1–64 checks, for at_least to count.'),
}).meta({
  id: 'check',
  description: 'How liveness is measured: exactly one kind of probe, or one combination.',
  oneOf: [...PROBE_KINDS, ...COMBINATIONS].map((key) => ({ required: [key] })),
})

export const checkOrName: z.ZodType<CheckReference> = z
  .union([text('the name of a check', readWord), check, parts], {
    error: `the name of a check, a map with one of ${listed(PROBE_KINDS)}, or a list of checks`,
  })
  .meta({
    id: 'check-or-name',
    description:
      'The name of a check, one written out, or a list of which all must be up. Default: none, ' +
      'members are always up.',
  })
