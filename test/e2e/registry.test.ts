/**
 * Goal: a backend that says by itself that it is there is answered while it keeps saying so, and
 * while it is well.
 * Method: backends register with a running server by its API, as a program of theirs would.
 */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'

import { askApi } from '../admin/support.ts'
import { eventually } from '../support/eventually.ts'
import { type Site, siteOf } from './site.ts'

const SELF = '127.47.0.1'
const OTHER = '127.47.0.2'
const WWW = 'www.example.test A'
const MEMBERS = '/api/v1/pools/web/members'
const OFTEN = 'interval: 1s, fast_interval: 100ms, timeout: 1s, rise: 1, fall: 2'

describe('a backend that registers itself', () => {
  it('is taken by a token alone', async () => {
    const site = await started()
    const body = { name: 'self', v4: SELF }
    const http = Number(String(site.logged('answering')[0]!['http']).split(':').at(-1))
    expect((await askApi(http, `POST ${MEMBERS}`, { body, token: 'guessed' })).status).toBe(401)
    expect(await site.answer(WWW)).toBe(OTHER)
    expect((await site.api(`POST ${MEMBERS}`, body)).status).toBe(201)
    expect(await leadsOf(site)).toEqual([SELF, OTHER])
  })

  it('stays for as long as it renews its lease, and is gone a lease after the last time', async () => {
    const site = await started()
    await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF, lease: '4s' })
    const since = performance.now()
    while (performance.now() - since < 6_000) {
      expect((await site.api(`POST ${MEMBERS}/self/heartbeat`)).status).toBe(200)
      expect(await leadsOf(site)).toEqual([SELF, OTHER])
      await delay(100)
    }
    await eventually(async () => (await leadsOf(site)).join() === OTHER)
    expect((await site.status()).pools[0]!.members.map(({ name }) => name)).toEqual(['other'])
  })

  it('leaves at once when it says so, and may come back', async () => {
    const site = await started()
    await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF, weight: 3 })
    expect(await site.leads(WWW, 8)).toEqual({ [SELF]: 6, [OTHER]: 2 })
    expect((await site.api(`DELETE ${MEMBERS}/self`)).status).toBe(200)
    expect(await leadsOf(site)).toEqual([OTHER])
    await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF })
    expect(await leadsOf(site)).toEqual([SELF, OTHER])
  })
})

describe.skipIf(process.platform !== 'linux')('a backend that registers and is checked', () => {
  it('is answered while both are so: it says that it lives, and it can be reached', async () => {
    const port = await listening(OTHER)
    const site = await started(`check: { tcp: { port: ${port} }, ${OFTEN} }`)
    await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF })
    await eventually(async () => (await addressOf(site))?.verdict === 'down')
    expect(await leadsOf(site)).toEqual([OTHER])
    expect(await addressOf(site)).toMatchObject({ isServing: false, why: 'down' })
    await listening(SELF, port)
    await eventually(async () => (await leadsOf(site)).length === 2)
    await site.api(`DELETE ${MEMBERS}/self`)
    expect(await leadsOf(site)).toEqual([OTHER])
  })

  it('is out when it is silent, though it can be reached, where heartbeats are asked for', async () => {
    const port = await listening(OTHER)
    await listening(SELF, port)
    const heard = '{ heartbeat: {}, interval: 2s, fast_interval: 1s, rise: 1, fall: 1 }'
    const reached = `{ tcp: { port: ${port} }, ${OFTEN} }`
    const other = `other: { v4: ${OTHER}, check: ${reached} }`
    const site = await started(`check: [${heard}, ${reached}]`, other)
    await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF })
    await eventually(async () => (await leadsOf(site)).length === 2)
    await eventually(async () => (await leadsOf(site)).join() === OTHER)
    expect((await addressOf(site))?.evidence).toContain('no heartbeat')
    await site.api(`POST ${MEMBERS}/self/heartbeat`)
    await eventually(async () => (await leadsOf(site)).length === 2)
  })

  it('is not answered while its first probe is under way', async () => {
    const port = await listening(OTHER)
    const hanging = createServer()
    hanging.on('connection', (socket) => onTestFinished(() => void socket.destroy()))
    onTestFinished(() => void hanging.close())
    await once(hanging.listen(port, SELF), 'listening')
    const site = await started(`check: { tcp: { port: ${port}, expect: hello }, timeout: 5s }`)
    const probed = once(hanging, 'connection')
    expect((await site.api(`POST ${MEMBERS}`, { name: 'self', v4: SELF })).status).toBe(201)
    await probed
    expect((await addressOf(site))?.why).toBe('not probed yet')
    expect(await leadsOf(site)).toEqual([OTHER])
  })
})

describe.skipIf(process.platform !== 'linux')('a backend of which failures are reported', () => {
  it('is down after as many in a row as its check takes for it, and not before', async () => {
    const port = await listening(OTHER)
    await listening(SELF, port)
    const slow = 'interval: 1h, fast_interval: 1h, timeout: 1s, fall: 3'
    const site = await started(
      `check: { tcp: { port: ${port} }, ${slow} }`,
      `self: ${SELF}, other: ${OTHER}`,
    )
    const report = () => site.api(`POST ${MEMBERS}/self/failures`, { evidence: 'no answer in 2s' })
    expect((await report()).status).toBe(200)
    expect((await report()).status).toBe(200)
    expect(await leadsOf(site)).toEqual([SELF, OTHER])
    await report()
    await eventually(async () => (await leadsOf(site)).join() === OTHER)
    expect((await addressOf(site))?.evidence).toContain('no answer in 2s')
  })
})

async function started(check = '', members = `other: ${OTHER}`): Promise<Site> {
  return siteOf(`
defaults: { answers: 1 }
prober: { suspect_when: 100% }  # These failures are meant.
pools:
  web:
    policy: weighted
    ${check}
    register: { networks: [127.0.0.0/8], lease: 30s }
    members: { ${members} }
names: { www.example.test: { pool: web } }
`)
}

/** Who leads in any of eight answers, in the order of the addresses. */
async function leadsOf(site: Site): Promise<string[]> {
  return Object.keys(await site.leads(WWW, 8)).sort()
}

/** How the backend stands that registered, or of which failures are reported. */
async function addressOf(site: Site) {
  const { members } = (await site.status()).pools[0]!
  return members.find(({ name }) => name === 'self')?.addresses[0]
}

/** Accepts connections on a port of an address, and says which. */
async function listening(address: string, port = 0): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello'))
  onTestFinished(() => void server.close())
  await once(server.listen(port, address), 'listening')
  return (server.address() as { port: number }).port
}
