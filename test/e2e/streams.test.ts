/**
 * Goal: a whole server says the same over UDP, TCP, TLS, HTTPS of either version and the API's port,
 * to any client of these; and changes its certificate while it is asked, without losing a query.
 * Method: a real process and its files, Node's clients, and the programs that people use where they
 * are installed.
 */

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { renameSync } from 'node:fs'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { createFramer, feedFramer, frameMessage } from '../../src/wire/frame.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { openAsker } from '../support/ask.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY } from '../support/certificate.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { askHttp1, askHttp2, MESSAGE, openHttp2, targetOf } from '../support/https.ts'
import { requestFor } from '../support/request.ts'
import { findTool, requireTool } from '../support/tools.ts'
import { written, zoneText } from '../control/configs.ts'
import { folderOf, run } from './rota.ts'
import { type Site, siteOf } from './site.ts'

const YAML = `
tls: { certificate: server.crt, key: server.key }
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`
const ZONE = [
  ...Array.from({ length: 30 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(200)}"`),
  'sub IN NS ns.sub',
  'ns.sub IN A 192.0.2.53',
  'alias IN CNAME www',
  '*.wild IN A 192.0.2.7',
]
const QUESTIONS = [
  ...['www.example.test A', 'www.example.test AAAA', 'alias.example.test A', 'example.test SOA'],
  ...['example.test NS', 'none.example.test A', 'x.wild.example.test A', 'x.sub.example.test A'],
  ...['example.test ANY', 'example.org A', 'large.example.test TXT', 'www.example.test TYPE65280'],
]

const until: (() => Promise<void>)[] = []
let site: Site
let ports: { readonly tls: number; readonly https: number; readonly http: number }

beforeAll(async () => {
  site = await opened((ending) => void until.push(ending))
  ports = portsOf(site)
  return async () => {
    for (const ending of until.reverse()) await ending()
  }
})

describe('the same question', () => {
  it.each(QUESTIONS)('%s has the same answer over all transports', async (question) => {
    const query = requestFor(question, { id: 0, edns: true, subnet: '198.51.100.0/24' })
    const http2 = askHttp2(await openHttp2(ports.https))
    const http1 = askHttp1(ports.https)
    const posted = { method: 'POST', headers: MESSAGE, body: query }
    const plain = await fetch(`http://127.0.0.1:${ports.http}/dns-query`, posted)
    const answers = {
      TCP: await overStream(await dialTcp(site.port), query),
      TLS: await overStream(await dialTls(ports.tls), query),
      'HTTP/2': (await http2(posted)).octets,
      'HTTP/1.1': (await http1(posted)).octets,
      'the port of the API': Buffer.from(await plain.arrayBuffer()),
    }
    const udp = await openAsker(site.port)
    onTestFinished(() => udp.close())
    const datagram = await udp.ask(query)
    const isTruncated = (datagram![2]! & 0x02) !== 0
    const expected = Buffer.from(isTruncated ? answers.TCP : datagram!).toString('hex')
    expect(isTruncated).toBe(question.startsWith('large'))
    for (const [transport, octets] of Object.entries(answers)) {
      expect([transport, Buffer.from(octets).toString('hex')]).toEqual([transport, expected])
    }
  })
})

describe('the certificate', () => {
  it('is told by the log and the status, with what should be looked at', async () => {
    const status = await site.status()
    expect(status.secure).toEqual({
      tls: [`127.0.0.1:${ports.tls}`],
      https: [`127.0.0.1:${ports.https}`],
      certificate: { names: 'DNS:www.example.test', ends: '2126-10-28T02:58:52.000Z' },
    })
    expect(status.warnings).toContainEqual(expect.stringMatching(/^key .* can be read by every/))
    expect(site.logged('certificate')[0]).toMatchObject({ ends: '2126-10-28T02:58:52.000Z' })
  })

  it('changes under load, without a reload, and nobody loses a query', async () => {
    const own = await opened()
    const { tls, https } = portsOf(own)
    const stream = await dialTls(tls)
    const http2 = askHttp2(await openHttp2(https))
    let isOver = false
    const asked = Promise.all([
      (async () => {
        while (!isOver) await overStream(stream, requestFor('www.example.test A'))
      })(),
      (async () => {
        while (!isOver) {
          expect((await http2({ path: targetOf('www.example.test A') })).status).toBe(200)
        }
      })(),
      (async () => {
        while (!isOver) {
          const next = await dialTls(tls)
          await overStream(next, requestFor('www.example.test A'))
          next.destroy()
        }
      })(),
    ])
    // It has expired, and so the old one goes on.
    for (const [name, text] of [
      ['server.key', EXPIRED_KEY],
      ['server.crt', EXPIRED_CERTIFICATE],
    ] as const) {
      own.files.rewrite(`${name}.new`, text)
      renameSync(`${folderOf(own.files)}${name}.new`, `${folderOf(own.files)}${name}`)
    }
    const isOldShown = async () =>
      (await own.status()).warnings.some((warning) => warning.includes('is still shown'))
    await eventually(isOldShown)
    // Others in octets, if not in what they say.
    own.files.rewrite('server.crt', `${TEST_CERTIFICATE}\n\n`)
    own.files.rewrite('server.key', TEST_KEY)
    await eventually(() => own.logged('certificate changed').length === 1)
    await eventually(async () => !(await isOldShown()))
    isOver = true
    await asked
  })

  it('that is broken is refused by a reload, which changes nothing', async () => {
    const own = await opened()
    own.files.rewrite('server.crt', 'no certificate')
    const reload = await own.api('POST /api/v1/reload')
    expect(reload.status).toBe(422)
    expect(JSON.stringify(reload.value)).toContain('holds no certificate; it must be PEM')
    const socket = await dialTls(portsOf(own).tls)
    expect(await overStream(socket, requestFor('www.example.test A'))).toBeDefined()
  })
})

describe('a start', () => {
  it('says which address over TLS it cannot have, and what to do', async () => {
    const { file } = written({
      'rota.yaml': `listen: { dns: "127.0.0.1:0", https: "127.0.0.1:${ports.https}" }
tls: { certificate: server.crt, key: server.key }
zones: { example.test: example.test.zone }
`,
      ...{ 'example.test.zone': zoneText('example.test') },
      ...{ 'server.crt': TEST_CERTIFICATE, 'server.key': TEST_KEY },
    })
    const child = run(['serve', '-c', file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(
      `listen.https: TCP 127.0.0.1:${ports.https}: the port is taken; see who has it with "ss -ltnp`,
    )
  })
})

describe.skipIf(!requireTool('kdig'))('kdig', () => {
  it.each([
    ['over TLS', ['+tls'], 'tls'],
    ['over TLS, by its name', ['+tls', '+tls-hostname=www.example.test', '+tls-ca=CA'], 'tls'],
    ['over HTTPS by POST', ['+https'], 'https'],
    ['over HTTPS by GET', ['+https', '+https-get'], 'https'],
  ] as const)('is answered %s', async (_, flags, transport) => {
    const words = flags.map((flag) => flag.replace('CA', `${folderOf(site.files)}server.crt`))
    const where = ['@127.0.0.1', '-p', String(ports[transport])]
    expect(await said('kdig', [...words, ...where, 'www.example.test', '+short'])).toBe('192.0.2.1')
  })
})

describe.skipIf(!findTool('dig'))('dig', () => {
  it.each([
    ['+tls', 'tls'],
    ['+https', 'https'],
    ['+https-get', 'https'],
  ] as const)('is answered with %s', async (flag, transport) => {
    const words = ['@127.0.0.1', '-p', String(ports[transport]), flag, 'www.example.test', '+short']
    expect(await said('dig', words)).toBe('192.0.2.1')
  })
})

describe.skipIf(!findTool('curl'))('curl', () => {
  it('looks a name up over HTTPS', async () => {
    const doh = ['--doh-insecure', '--doh-url', `https://127.0.0.1:${ports.https}/dns-query`]
    const { stderr } = await promisify(execFile)('curl', [
      ...['-sv', '--connect-timeout', '0.2', ...doh, 'http://www.example.test/'],
    ]).catch((error: { stderr: string }) => error)
    expect(stderr).toContain('DoH A: 192.0.2.1')
  })
})

function opened(ending?: (end: () => Promise<void>) => void): Promise<Site> {
  const listen = 'dns: ["127.0.0.1:0"], http: "127.0.0.1:0"'
  const more = 'tls: ["127.0.0.1:0"], https: ["127.0.0.1:0"]'
  return siteOf(YAML, {
    zone: ZONE,
    files: { 'server.crt': TEST_CERTIFICATE, 'server.key': TEST_KEY },
    head: (text) => text.replace(listen, `${listen}, ${more}`),
    ...(ending && { until: ending }),
  })
}

function portsOf(one: Site) {
  const line = one.logged('answering')[0]!
  const port = (text: unknown) => Number(String(text).split(':').at(-1))
  const [tls, https] = [line['tls'], line['https']] as [string[], string[]]
  return { tls: port(tls[0]), https: port(https[0]), http: port(line['http']) }
}

async function said(program: string, words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, words)
  return stdout.trim()
}

async function dialTcp(port: number): Promise<Socket> {
  const socket = connectTcp({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function dialTls(port: number): Promise<Socket> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** Asks once, and resolves to the octets of the answer. */
async function overStream(socket: Socket, query: Uint8Array): Promise<Uint8Array> {
  const framer = createFramer()
  socket.write(frameMessage(query))
  let answer: Uint8Array | undefined
  while (!answer) {
    const [chunk] = await once(socket, 'data')
    feedFramer(framer, chunk, (message) => {
      answer = Uint8Array.from(message)
    })
  }
  expect(decodeMessage(answer)).toBeDefined()
  return answer
}
