/**
 * The shape of a configuration: every key with its type, unit, range, default and reason. From this
 * one table come the checks of each value, the keys that "did you mean" offers, and the JSON Schema
 * that editors complete by. What depends on two values at once is in `rules.ts`.
 */

import { z } from 'zod'

import { check, checkOrName } from './check-schema.ts'
import * as defaults from '../defaults.ts'
import { named, oneOf, oneOrMany, orEmpty, section, span, text, textOrNumber } from './fields.ts'
import { answers, minHealthy, name, networks, pool, ttl, ttlMode } from './pool-schema.ts'
import { whenAllDown } from './pool-schema.ts'
import { percentReader, readProbeAddress } from '../values/pool-values.ts'
import { EVENT_KINDS, readWebhookUrl } from '../values/webhook-values.ts'
import {
  readEndpoint,
  readFilePath,
  readServerId,
  readWorkers,
  readOwnHost,
} from '../values/values.ts'

const filePath = text('a path', readFilePath)
const endpoint = text('an address and a port', readEndpoint)

const prober = section({
  anchors: section({
    addresses: oneOrMany(
      text('an IP address', readProbeAddress),
      'an address, or a list of them',
    ).describe('Addresses that answer as long as this machine can see; 1–64. Required.'),
    check: checkOrName.describe('The check that they must pass: one, named or written out.'),
  })
    .optional()
    .describe('What must answer for this machine to trust what it sees. Default: nothing.'),
  suspect_when: textOrNumber('a percentage such as 60%', percentReader(10, 100))
    .optional()
    .meta({
      description: 'Share of unrelated targets that must fail within one interval, 10%–100%.',
      default: `${defaults.SELF_DOUBT.suspectPercent}%`,
      type: 'string',
      pattern: '^0*[1-9]\\d{1,2}%$',
    }),
  freeze: span(1_000, 86_400_000, defaults.SELF_DOUBT.freezeMs)
    .optional()
    .describe('How long the last good verdicts are held at most, 1s–1d.'),
})

const map = section({
  file: filePath
    .optional()
    .describe('Subnets with a label each: lines such as "192.0.2.0/24 berlin".'),
  mmdb: filePath.optional().describe("A database of MaxMind's format, which you supply."),
}).meta({
  description: 'Where clients are: exactly one of file and mmdb.',
  oneOf: [{ required: ['file'] }, { required: ['mmdb'] }],
})

/** Whoever has more receivers has one of them pass events on. */
const WEBHOOKS_MAX = 16

const webhook = section({
  url: text('an address such as https://alerts.example.org/rota', readWebhookUrl).describe(
    'Where events are posted as JSON, over https, or over http. Required.',
  ),
  events: oneOrMany(oneOf(EVENT_KINDS), 'a kind of event, or a list of them', EVENT_KINDS.length)
    .optional()
    .meta({
      description: 'The kinds of events that are posted.',
      default: [...defaults.WEBHOOK_EVENTS],
    }),
  secret_file: filePath
    .optional()
    .describe('A file with a secret; X-Rota-Signature then proves who posts. Default: none.'),
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
        description: 'Where the HTTP API is served. Default: nowhere.',
        examples: ['127.0.0.1:8053'],
      }),
      hosts: oneOrMany(text('a name', readOwnHost), 'a name, or a list of them')
        .optional()
        .meta({
          description:
            'Names by which listen.http may be asked, besides addresses and localhost; 1–64. ' +
            'Others are refused, as pages that rebind a name would use them. Default: none.',
          examples: [['rota.example.org']],
        }),
      tls: oneOrMany(endpoint, 'an address and a port, or a list of them')
        .optional()
        .meta({
          description: 'Where DNS over TLS is served (RFC 7858); 1–64 addresses. Default: nowhere.',
          examples: [['0.0.0.0:853', '[::]:853']],
        }),
      https: oneOrMany(endpoint, 'an address and a port, or a list of them')
        .optional()
        .meta({
          description:
            'Where DNS over HTTPS is served (RFC 8484), at /dns-query; 1–64 addresses. ' +
            'Default: nowhere.',
          examples: [['0.0.0.0:443', '[::]:443']],
        }),
    }),
  ).optional(),
  tls: section({
    certificate: filePath.describe(
      'PEM: the certificate, and those between it and its authority after it. Required.',
    ),
    key: filePath.describe('PEM: the private key of the certificate, not encrypted. Required.'),
  })
    .optional()
    .describe('What listen.tls and listen.https show; read again when the files change.'),
  workers: textOrNumber('auto, or a whole number (1–64)', readWorkers)
    .optional()
    .meta({
      description: 'UDP workers for each address, 1–64; auto is one per core.',
      default: 'auto',
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 64 }],
    }),
  state: filePath
    .optional()
    .describe('Folder for what must survive a restart: verdicts and overrides. Default: none.'),
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
      ttl_mode: ttlMode.optional(),
      answers: answers.optional(),
      min_healthy: minHealthy.optional(),
      when_all_down: whenAllDown.optional(),
    }),
  )
    .optional()
    .describe('What holds for each pool and name that says nothing else.'),
  prober: orEmpty(prober)
    .optional()
    .describe('When the prober doubts itself, because too much fails at once.'),
  explain: section({
    allow: networks(64)
      .optional()
      .meta({
        description: 'Who may ask for NAME.explain.ZONE.',
        default: ['127.0.0.0/8', '::1/128'],
      }),
  })
    .optional()
    .describe('Answers that say why an answer is as it is, as TXT.'),
  webhooks: z
    .array(webhook, { error: 'a list of webhooks, each with url' })
    .max(WEBHOOKS_MAX, { error: `has more than ${WEBHOOKS_MAX} elements` })
    .optional()
    .describe('Who is told of events as they happen; at most 16. Default: nobody.'),
  maps: orEmpty(named(map, 'map')).optional().describe('Maps by name, for policy nearest.'),
  checks: orEmpty(named(check, 'check')).optional().describe('Checks by name, for pools to share.'),
  pools: orEmpty(named(pool, 'pool')).optional().describe('Pools by name.'),
  names: orEmpty(named(orEmpty(name), 'name'))
    .optional()
    .describe('The names that are balanced; *.example.test stands for what has no records.'),
}).meta({ title: 'Rota configuration', required: ['zones'] })

export type Draft = z.output<typeof schema>

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
