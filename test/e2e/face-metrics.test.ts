/**
 * Goal: the figures that a scraper reads are those of what happened, to the query.
 * Method: so many questions over each transport and family, each to end in a known way, over one
 * server with two workers; then the counters are compared with what the clients themselves met.
 */

import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'

import { samplesOf, valuesOf } from '../admin/metrics/scrape.ts'
import { openAsker } from '../support/ask.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { askHttp1, MESSAGE } from '../support/https.ts'
import { hasV6 } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'
import { requireTool } from '../support/tools.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { type Ask, streaming } from './asks.ts'
import { portsOf } from './caches.ts'
import { type Site, siteOf } from './site.ts'

const YAML = `
tls: { certificate: server.crt, key: server.key }
pools:
  web:
    policy: weighted
    members:
      a: { v4: 192.0.2.1, v6: "2001:db8::1", weight: 5 }
      b: { v4: 192.0.2.2, v6: "2001:db8::2", weight: 3 }
      c: { v4: 192.0.2.3, weight: 2 }
names: { www.example.test: { pool: web, answers: 1 } }
`
const WWW = 'www.example.test A'
/** Queries by the RCODE in which they end. */
const ENDS: Readonly<Record<string, Uint8Array>> = {
  NOERROR: requestFor(WWW),
  NXDOMAIN: requestFor('none.example.test A'),
  REFUSED: requestFor('example.org A'),
  NOTIMP: requestFor(WWW, { opcode: 2 }),
  FORMERR: twice(requestFor(WWW)),
}
const RCODES = Object.keys(ENDS)
const ROUNDS = 4
const CYCLE = 10

describe.skipIf(!hasV6)('the counters of a server', () => {
  it('say what was asked and answered, by transport, family and RCODE', async () => {
    const site = await opened()
    const asks = await transportsOf(site)
    for (const ask of Object.values(asks)) {
      for (let round = 0; round < ROUNDS; round++) {
        for (const query of Object.values(ENDS)) await ask(query)
      }
    }
    await eventually(async () => sum(await scrape(site), 'rota_dns_answers_total') === 8 * 20)
    const text = await scrape(site)
    const queries = valuesOf(text, 'rota_dns_queries_total')
    const perTransport = ROUNDS * RCODES.length
    expect(queries).toEqual(Object.fromEntries(Object.keys(asks).map((key) => [key, perTransport])))
    const answers = valuesOf(text, 'rota_dns_answers_total')
    for (const key of Object.keys(asks)) {
      const own = Object.entries(answers).filter(([name, count]) => name.startsWith(key) && count)
      const wanted = RCODES.map((rcode) => [`${key} ${rcode}`, ROUNDS] as const)
      expect(Object.fromEntries(own)).toEqual(Object.fromEntries(wanted))
    }
    const durations = valuesOf(text, 'rota_dns_answer_duration_seconds_count')
    expect(durations).toEqual({ udp: 40, tcp: 40, tls: 40, https: 40 })
    expect(valuesOf(text, 'rota_dns_queries_by_type_total')).toMatchObject({ AAAA: 0 })
    expect(sum(text, 'rota_dns_queries_by_type_total')).toBe(160)
    expect(sum(text, 'rota_dns_drops_total')).toBe(0)
    expect(sum(text, 'rota_dns_truncations_total')).toBe(0)
  })

  it('count silence, truncation and what came to no handshake', async () => {
    const site = await opened()
    const udp = await openAsker(site.port)
    onTestFinished(() => udp.close())
    const response = requestFor(WWW)
    response[2]! |= 0x80
    expect(await udp.ask(response, 50)).toBeUndefined()
    expect(await udp.ask(Uint8Array.of(1, 2, 3), 50)).toBeUndefined()
    const large = await udp.ask(requestFor('large.example.test TXT'))
    expect(large![2]! & 0x02).toBe(0x02)
    const socket = connect(portsOf(site).tls, '127.0.0.1')
    socket.on('error', () => {})
    socket.end('this is no handshake at all')
    await once(socket, 'close')
    const text = await eventual(site, (now) => sum(now, 'rota_dns_handshakes_failed_total') > 0)
    expect(valuesOf(text, 'rota_dns_handshakes_failed_total')).toMatchObject({ tls: 1, https: 0 })
    const drops = valuesOf(text, 'rota_dns_drops_total')
    expect(drops).toMatchObject({ 'udp 4 silence': 2, 'udp 4 send_failure': 0 })
    expect(valuesOf(text, 'rota_dns_truncations_total')).toMatchObject({ 'udp 4': 1, 'tcp 4': 0 })
    expect(valuesOf(text, 'rota_dns_queries_total')).toMatchObject({ 'udp 4': 3 })
  })

  it.skipIf(!requireTool('promtool'))(
    'follow the weights, and Prometheus finds no fault',
    async () => {
      const site = await opened()
      const met: Record<string, number> = {}
      const asks = await transportsOf(site)
      for (const ask of Object.values(asks)) {
        for (let query = 0; query < CYCLE * 2; query++) {
          const { answer } = decodeMessage((await ask(requestFor(WWW)))!)!
          met[answer[0]!.text] = (met[answer[0]!.text] ?? 0) + 1
        }
      }
      const text = await eventual(site, (now) => sum(now, 'rota_member_turns_total') === 160)
      const turns = valuesOf(text, 'rota_member_turns_total')
      expect(turns).toEqual({
        ...{
          'web a 4': met['192.0.2.1'],
          'web b 4': met['192.0.2.2'],
          'web c 4': met['192.0.2.3'],
        },
        ...{ 'web a 6': 0, 'web b 6': 0 },
      })
      // A thread may be in the middle of a cycle: two workers for each family, and the main thread.
      const threads = 5
      for (const [index, weight] of [5, 3, 2].entries()) {
        const share = met[`192.0.2.${index + 1}`]!
        expect(Math.abs(share - 16 * weight)).toBeLessThan(threads * weight)
      }
      const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        ...{ input: text, encoding: 'utf8' },
      })
      expect(stdout + stderr).toBe('')
    },
  )
})

/** A query that says that it has two questions, and has one. */
function twice(query: Uint8Array): Uint8Array {
  const octets = Uint8Array.from(query)
  octets[5] = 2
  return octets
}

function opened(): Promise<Site> {
  const listen = 'dns: ["127.0.0.1:0"], http'
  const both = (name: string) => `${name}: ["127.0.0.1:0", "[::1]:0"]`
  return siteOf(YAML, {
    zone: Array.from({ length: 30 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(200)}"`),
    files: { 'server.crt': TEST_CERTIFICATE, 'server.key': TEST_KEY },
    head: (text) =>
      text
        .replace(listen, `${both('dns')}, ${both('tls')}, ${both('https')}, http`)
        .replace('workers: 1', 'workers: 2'),
  })
}

async function scrape(site: Site): Promise<string> {
  return (await site.api('GET /metrics')).text
}

async function eventual(site: Site, isSo: (text: string) => boolean): Promise<string> {
  let text = ''
  await eventually(async () => isSo((text = await scrape(site))))
  return text
}

function sum(text: string, name: string): number {
  const own = samplesOf(text).filter((one) => one.name === name)
  return own.reduce((total, { value }) => total + value, 0)
}

/** One way to ask for each transport and family, by the labels that count it. */
async function transportsOf(site: Site): Promise<Record<string, Ask>> {
  const line = site.logged('answering')[0]!
  const portAt = (key: string, index: number) =>
    Number(/\d+$/.exec((line[key] as string[])[index]!))
  const asks: Record<string, Ask> = {}
  for (const [index, family, host] of [
    [0, '4', '127.0.0.1'],
    [1, '6', '::1'],
  ] as const) {
    const udp = await openAsker(portAt('listen', index), host)
    onTestFinished(() => udp.close())
    asks[`udp ${family}`] = (query) => udp.ask(query)
    asks[`tcp ${family}`] = streaming(connect(portAt('listen', index), host))
    const port = portAt('tls', index)
    asks[`tls ${family}`] = streaming(connectTls({ port, host, rejectUnauthorized: false }))
    asks[`https ${family}`] = posting(portAt('https', index), host)
  }
  return asks
}

function posting(port: number, host: string): Ask {
  const ask = askHttp1(port, host)
  return async (body) => (await ask({ method: 'POST', headers: MESSAGE, body })).octets
}
