/**
 * Goal: it makes no difference to what is answered by which transport somebody asks, or which
 * certificate is shown meanwhile.
 * Method: a grid of questions and manners over six transports of one process, compared to the
 * octet; then new certificates all the while, and clients that look at which one they are shown.
 */

import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'

import { openAsker } from '../support/ask.ts'
import {
  EXPIRED_CERTIFICATE,
  EXPIRED_KEY,
  TEST_CERTIFICATE,
  TEST_KEY,
} from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { askHttp1, askHttp2, MESSAGE, openHttp2 } from '../support/https.ts'
import { type Manner, requestFor } from '../support/request.ts'
import { type Ask, streaming } from './asks.ts'
import { portsOf } from './caches.ts'
import { folderOf } from './rota.ts'
import { type Site, siteOf } from './site.ts'

const PADDING = 12
const YAML = `
tls: { certificate: server.crt, key: server.key }
server_id: rota-1
pools:
  web: { policy: failover, members: { a: { v4: 192.0.2.1, v6: "2001:db8::1" }, b: 192.0.2.2 } }
  cart: { policy: sticky, members: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 } }
names:
  www.example.test: { pool: web, answers: 1 }
  "*.cart.example.test": { pool: cart, answers: 2 }
`
const ZONE = [
  ...Array.from({ length: 12 }, (_, i) => `large IN TXT "${i} ${'x'.repeat(200)}"`),
  'www IN HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.2',
  'alias IN CNAME x.cart',
  'tree IN DNAME cart',
  'sub IN NS ns.sub',
  'ns.sub IN A 192.0.2.53',
  '_sip._tcp IN SRV 0 0 5060 www',
]
const NAMES = ['', 'www.', 'WwW.', 'x.cart.', 'alias.', 'y.tree.', 'none.', 'sub.', 'large.']
const TYPES = ['A', 'AAAA', 'HTTPS', 'TXT', 'ANY', 'SOA', 'NS', 'SRV', 'CNAME', 'TYPE65280']
const OTHERS = ['_sip._tcp.example.test SRV', 'example.org A', 'www.example.test CH A']
const MANNERS: readonly Manner[] = [
  {},
  { rd: true, cd: true, ad: true },
  { edns: true, do: true, nsid: true },
  { subnet: '198.51.100.0/24', payload: 4096 },
  { subnet: '2001:db8:1::/48' },
  { version: 1 },
  { opcode: 4 },
  { options: [[65001, [1, 2, 3]]] },
  { payload: 512 },
]

describe('what is answered', () => {
  it('is the same by every transport, to the octet', async () => {
    const site = await opened()
    const { udp, tcp, ...others } = await transportsOf(site)
    const questions = NAMES.flatMap((name) => TYPES.map((type) => `${name}example.test ${type}`))
    let id = 0
    for (const question of [...questions, ...OTHERS]) {
      const manner = { ...MANNERS[id % MANNERS.length]! }
      const query = requestFor(question, { ...manner, id: ++id })
      const whole = Buffer.from((await tcp(query))!).toString('hex')
      const datagram = Buffer.from((await udp(query))!)
      const isCut = (datagram[2]! & 0x02) !== 0
      if (!isCut)
        expect([question, manner, datagram.toString('hex')]).toEqual([question, manner, whole])
      const told = await Promise.all(Object.values(others).map((ask) => ask(query)))
      const same = Object.keys(others).map((transport) => [question, transport, whole])
      const met = Object.keys(others).map((transport, index) => {
        return [question, transport, Buffer.from(told[index]!).toString('hex')]
      })
      expect(met).toEqual(same)
    }
  })

  it('is padded where nobody may know its length, and nowhere else', async () => {
    const site = await opened()
    const { udp, tcp, ...secure } = await transportsOf(site)
    for (const question of ['www.example.test A', 'alias.example.test A']) {
      const query = requestFor(question, { options: [[PADDING, [0, 0, 0, 0]]], payload: 4096 })
      const plain = (await tcp(query))!
      expect(Buffer.from((await udp(query))!).equals(Buffer.from(plain))).toBe(true)
      for (const transport of ['tls', 'http2', 'http1'] as const) {
        const padded = (await secure[transport](query))!
        expect([transport, padded.length % 468]).toEqual([transport, 0])
        expect(padded.length).toBeGreaterThan(plain.length)
        expect(Buffer.from(padded.subarray(12, 12 + 20))).toEqual(Buffer.from(plain.slice(12, 32)))
      }
    }
  })
})

describe('a certificate', () => {
  it('that changes again and again costs nobody a connection or an answer', async () => {
    const site = await opened()
    const { tls, http2 } = await transportsOf(site)
    const query = requestFor('www.example.test A')
    const shown = new Set<string>()
    let isOver = false
    const kept = (async () => {
      while (!isOver)
        for (const ask of [tls, http2]) expect((await ask(query))!.length).toBeGreaterThan(12)
    })()
    const fresh = (async () => {
      while (!isOver) {
        const socket = await dialled(portsOf(site).tls)
        shown.add(socket.getPeerCertificate().fingerprint256)
        expect((await streaming(socket)(query))!.length).toBeGreaterThan(12)
        socket.destroy()
      }
    })()
    for (let round = 1; round <= 3; round++) {
      // Octets of their own, so that each is a change.
      rename(site, {
        'server.key': TEST_KEY,
        'server.crt': `${TEST_CERTIFICATE}${'\n'.repeat(round)}`,
      })
      await eventually(() => site.logged('certificate changed').length === round)
      // The key alone is the key of another certificate; nothing is shown of that.
      rename(site, { 'server.key': EXPIRED_KEY })
      await eventually(async () => (await site.status()).warnings.length > 0)
    }
    rename(site, { 'server.crt': EXPIRED_CERTIFICATE })
    await eventually(async () => (await site.status()).warnings.length > 0)
    isOver = true
    await Promise.all([kept, fresh])
    expect(shown.size).toBe(1)
  })
})

function rename(site: Site, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    site.files.rewrite(`${name}.new`, text)
    renameSync(`${folderOf(site.files)}${name}.new`, `${folderOf(site.files)}${name}`)
  }
}

function opened(): Promise<Site> {
  return siteOf(YAML, {
    zone: ZONE,
    files: { 'server.crt': TEST_CERTIFICATE, 'server.key': TEST_KEY },
    head: (text) => text.replace('http:', 'tls: ["127.0.0.1:0"], https: ["127.0.0.1:0"], http:'),
  })
}

async function transportsOf(site: Site) {
  const { tls, https, http } = portsOf(site)
  const asker = await openAsker(site.port)
  onTestFinished(() => asker.close())
  const posted = (body: Uint8Array) => ({ method: 'POST', headers: MESSAGE, body })
  const http2 = askHttp2(await openHttp2(https))
  const http1 = askHttp1(https)
  const got = (body: Uint8Array) => ({
    path: `/dns-query?dns=${Buffer.from(body).toString('base64url')}`,
  })
  const api = `http://127.0.0.1:${http}/dns-query`
  return {
    udp: ((query) => asker.ask(query)) as Ask,
    tcp: streaming(connect(site.port, '127.0.0.1')),
    tls: streaming(await dialled(tls)),
    http2: (async (query) => (await http2(posted(query))).octets) as Ask,
    http1: (async (query) => (await http1(got(query))).octets) as Ask,
    api: (async (query) =>
      new Uint8Array(await (await fetch(api, { ...posted(query) })).arrayBuffer())) as Ask,
  }
}

async function dialled(port: number): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  onTestFinished(() => void socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}
