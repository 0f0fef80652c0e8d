/**
 * The shape of a check: what each kind of probe takes, and how often it asks. Part of `schema.ts`,
 * in a file of its own since there are as many kinds as there are protocols.
 */

import { z } from 'zod'

import * as defaults from './defaults.ts'
import { flag, oneOrMany, orEmpty, section, span, text, textOrNumber } from './fields.ts'
import { wholeNumber } from './fields.ts'
import { readBody, readHost, readRequestPath, readStatus, readWord } from './values.ts'

const port = wholeNumber(1, 65_535)
const status = textOrNumber('a status or a range of them', readStatus)

const tcp = section({ port: port.describe('TCP port, 1–65535. Required: nothing is usual.') })

const httpKeys = {
  path: text('a path', readRequestPath)
    .optional()
    .meta({ description: 'What is asked for.', default: defaults.PATH, examples: ['/healthz'] }),
  host: text('a host', readHost)
    .optional()
    .describe("The Host header, and the name asked by SNI. Default: the member's address."),
  expect: oneOrMany(status, 'a status, a range such as 200-299, or a list of them')
    .optional()
    .meta({
      description: 'Statuses that count as success, 100–599. Redirects are not followed.',
      default: '200-299',
      examples: [200, '200-299', [200, 204]],
    }),
  body: text('text', readBody)
    .optional()
    .describe('Text that the first 64 KiB of the body must hold. Default: the body is ignored.'),
}

const http = section({
  port: port.optional().describe(`TCP port, 1–65535. Default: ${defaults.PORTS.http}.`),
  ...httpKeys,
})

const https = section({
  port: port.optional().describe(`TCP port, 1–65535. Default: ${defaults.PORTS.https}.`),
  ...httpKeys,
  verify: flag()
    .optional()
    .meta({ description: 'Whether the certificate must be valid for the host.', default: true }),
})

export const check = section({
  tcp: tcp.optional().describe('Connects; an accepted connection is a success.'),
  http: orEmpty(http).optional().describe('Asks by HTTP; compares status and body.'),
  https: orEmpty(https).optional().describe('The same through TLS.'),
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
}).meta({
  description: 'How liveness is measured: exactly one of tcp, http and https.',
  oneOf: [{ required: ['tcp'] }, { required: ['http'] }, { required: ['https'] }],
})

export const checkOrName = z
  .union([text('the name of a check', readWord), check], {
    error: 'the name of a check, or a map with tcp, http or https',
  })
  .describe('The name of a check, or one written out. Default: none, members are always up.')

export type CheckDraft = z.output<typeof check>
/** What stands after `check:` in a pool, a name or a member. */
export type CheckReference = z.output<typeof checkOrName>
