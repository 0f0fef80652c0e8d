/** The shape of each kind of probe: every key with its range, default and reason. */

import { z } from 'zod'

import * as values from '../values/check-values.ts'
import * as defaults from '../defaults.ts'
import { flag, oneOf, oneOrMany, orEmpty, section, span, text, textOrNumber } from './fields.ts'
import { wholeNumber } from './fields.ts'
import { isFault, readFilePath, readHost, readRequestPath, readStatus } from '../values/values.ts'

const port = wholeNumber(1, 65_535)
const ownPort = port.describe('TCP port, 1–65535. Required: nothing is usual.')
const status = textOrNumber('a status or a range of them', readStatus)

function usualPort(kind: keyof typeof defaults.PORTS) {
  return port.optional().meta({ description: 'Port, 1–65535.', default: defaults.PORTS[kind] })
}

const host = text('a host', readHost)
  .optional()
  .describe("The name asked by SNI, which the certificate must bear. Default: the address's own.")

const verify = flag()
  .optional()
  .meta({ description: 'Whether the certificate must be valid for the host.', default: true })

const certWarn = span(3_600_000, 31_536_000_000, 14 * 86_400_000)
  .optional()
  .describe('A certificate with less left is a warning, 1h–365d. Default: none; 14d is usual.')

const headers = z
  .record(z.string(), textOrNumber('text', values.readHeaderValue), {
    error: 'a map of headers by name',
  })
  .transform((map, context) => {
    const entries = Object.entries(map).map(([key, value]) => {
      const name = values.readHeaderName(key)
      if (!isFault(name)) return [name, value] as const
      context.addIssue({
        code: 'custom',
        message: `is under a name that ${name.fault}`,
        path: [key],
      })
      return [key, value] as const
    })
    return Object.fromEntries(entries)
  })

const httpKeys = {
  path: text('a path', readRequestPath)
    .optional()
    .meta({ description: 'What is asked for.', default: defaults.PATH, examples: ['/healthz'] }),
  host: text('a host', readHost)
    .optional()
    .describe("The Host header, and the name asked by SNI. Default: the member's address."),
  method: oneOf(['GET', 'HEAD', 'POST', 'OPTIONS'])
    .optional()
    .meta({ description: 'How it is asked; POST has no body.', default: 'GET' }),
  headers: headers
    .optional()
    .describe('More headers, by name; values of up to 1024 characters. Default: none.'),
  expect: oneOrMany(status, 'a status, a range such as 200-299, or a list of them')
    .optional()
    .meta({
      description: 'Statuses that count as success, 100–599.',
      default: '200-299',
      examples: [200, '200-299', [200, 204]],
    }),
  body: text('text', values.readBody)
    .optional()
    .meta({
      description:
        'Text, or /pattern/ with the flags i, m, s or u, that the first 64 KiB of the body must ' +
        'hold. A pattern that takes longer than 100 ms is stopped. Default: the body is ignored.',
      examples: ['ready', '/^status: (ok|warn)$/m'],
    }),
  redirects: wholeNumber(0, 5)
    .optional()
    .meta({
      description:
        'How many redirects are followed, 0–5: to the same scheme, host and port alone, by the ' +
        'same address. A redirect elsewhere is a failure.',
      default: 0,
    }),
}

const tcp = section({
  port: ownPort,
  send: text('text', values.readText)
    .optional()
    .describe('Sent once connected, 1–1024 characters. Default: nothing.'),
  expect: text('text', values.readText)
    .optional()
    .describe('Text that the first 64 KiB of the answer must hold. Default: none is awaited.'),
})

const dns = section({
  port: usualPort('dns'),
  name: text('a name', values.readQueryName).describe('What is asked for. Required.'),
  type: text('a type', values.readDnsType)
    .optional()
    .meta({ description: 'The type that is asked for.', default: 'A', examples: ['SOA'] }),
  expect: text('a response code or an address', values.readDnsExpectation)
    .optional()
    .meta({
      description: 'The response code of a success, or an address that must be in the answer.',
      default: 'NOERROR',
      examples: ['NXDOMAIN', '192.0.2.1'],
    }),
  tcp: flag().optional().meta({ description: 'Asks over TCP.', default: false }),
})

const grpc = section({
  port: ownPort,
  service: text('a service', values.readService)
    .optional()
    .describe('The service whose health is asked for. Default: the server as a whole.'),
  tls: flag().optional().meta({ description: 'Speaks through TLS.', default: false }),
  host,
  verify,
  cert_warn: certWarn,
})

const exec = section({
  command: text('a path', values.readCommand).describe('Absolute path of a program. Required.'),
  args: z
    .array(textOrNumber('text', values.readArgument), { error: 'a list of arguments' })
    .max(64, { error: 'has more than 64 elements' })
    .optional()
    .meta({
      description: 'Its arguments, at most 64; {address} in them is the address. Default: none.',
      examples: [['-H', '{address}', '-w', '5']],
    }),
})

const service = (kind: 'redis' | 'postgres' | 'mysql' | 'smtp') =>
  orEmpty(section({ port: usualPort(kind) })).optional()

/** By the key that each is written under. */
export const probeKeys = {
  tcp: tcp.optional().describe('Connects; an accepted connection is a success.'),
  tls: orEmpty(section({ port: usualPort('tls'), host, verify, cert_warn: certWarn }))
    .optional()
    .describe('A TLS handshake is a success.'),
  http: orEmpty(section({ port: usualPort('http'), ...httpKeys }))
    .optional()
    .describe('Asks by HTTP; compares status and body.'),
  https: orEmpty(section({ port: usualPort('https'), ...httpKeys, verify, cert_warn: certWarn }))
    .optional()
    .describe('The same through TLS.'),
  dns: dns.optional().describe('Asks one question by DNS.'),
  grpc: grpc.optional().describe('Asks grpc.health.v1.Health/Check; SERVING is a success.'),
  icmp: orEmpty(section({})).optional().describe('An echo reply (ping) is a success.'),
  exec: exec
    .optional()
    .describe('Runs a program; exit 0 is a success, 1 a warning, 2 a failure, 3 says nothing.'),
  file: section({
    path: text('a path', readFilePath).describe('Relative to this file. Required.'),
  })
    .optional()
    .describe('Reads a file that says up or down, or lines such as "192.0.2.1 up".'),
  redis: service('redis').describe('PONG, or a request for a password, is a success.'),
  postgres: service('postgres').describe('Any answer but "cannot connect now" is a success.'),
  mysql: service('mysql').describe('A greeting is a success.'),
  smtp: service('smtp').describe('A greeting of 220 is a success.'),
  heartbeat: orEmpty(section({}))
    .optional()
    .describe('Members say in every interval that they are up; silence is a failure.'),
}

export type ProbeKind = keyof typeof probeKeys
export const PROBE_KINDS = Object.keys(probeKeys) as ProbeKind[]
