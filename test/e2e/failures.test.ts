/**
 * Goal: every way in which a backend fails takes it out of the answers and is told as it was seen;
 * what only looks like failing does not; and who comes back is given its share again.
 * Method: one running server over real backends that are killed, hung and made to fail.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { AddressStatus } from '../../src/admin/status.ts'
import { type Backend, startBackends } from '../support/backends.ts'
import {
  EXPIRED_CERTIFICATE,
  EXPIRED_KEY,
  TEST_CERTIFICATE,
  TEST_KEY,
} from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/folder.ts'
import { requireTool } from '../support/tools.ts'
import { type Site, siteOf } from './site.ts'

const [WELL, DYING, HANGING, FAILING, RETURNING] = [1, 2, 3, 4, 5].map((n) => `127.43.0.${n}`)
const FLAPPING = '127.43.0.9'
const [EXPIRED, LASTING, ENDING] = [11, 12, 13].map((n) => `127.43.0.${n}`)
const canRun = process.platform === 'linux' && requireTool('openssl')

const endings: (() => Promise<void>)[] = []
const until = (ending: () => Promise<void>) => void endings.push(ending)
let backends: ReadonlyMap<string, Backend>
let site: Site
/** What the flapping backend was asked so far. */
let flaps = 0

describe.skipIf(!canRun)('a backend', () => {
  beforeAll(async () => {
    const plain = await startBackends([WELL!, DYING!, HANGING!, FAILING!, RETURNING!], { until })
    backends = new Map(plain.backends.map((backend) => [backend.address, backend]))
    const secure = await startSecure()
    const flapping = await startFlapping()
    const env = { NODE_EXTRA_CA_CERTS: secure.authority }
    site = await siteOf(configOf(plain.port, secure.ports, flapping), { until, env })
  })
  afterAll(async () => {
    for (const ending of endings.reverse()) await ending()
  })

  it('that is killed is out because nobody listens, and is back once it is started', async () => {
    expect(await leadsOf('dying')).toEqual([WELL, DYING])
    await backends.get(DYING!)!.kill()
    await eventually(async () => (await leadsOf('dying')).join() === WELL)
    expect(await addressOf(DYING!)).toMatchObject({
      ...{ verdict: 'down', isServing: false, why: 'down', evidence: 'connection refused' },
    })
    await backends.get(DYING!)!.start()
    await eventually(async () => (await leadsOf('dying')).length === 2)
    expect(await addressOf(DYING!)).toMatchObject({ verdict: 'up', isServing: true })
  })

  it('that accepts and never answers is out because it takes too long', async () => {
    await backends.get(HANGING!)!.become('hung')
    await eventually(async () => (await leadsOf('hanging')).join() === WELL)
    expect((await addressOf(HANGING!)).evidence).toMatch(/^timed out after 1s/)
  })

  it('that answers 500 is out because of that', async () => {
    await backends.get(FAILING!)!.become('failing')
    await eventually(async () => (await leadsOf('failing')).join() === WELL)
    expect((await addressOf(FAILING!)).evidence).toContain('status 500')
  })

  it('that fails now and then is not out, nor told as a flip', async () => {
    const before = flaps
    await eventually(() => flaps > before + 8)
    expect(await addressOf(FLAPPING)).toMatchObject({ verdict: 'up', isServing: true })
    const { flips } = await site.status()
    expect(flips.filter(({ address, to }) => address === FLAPPING && to === 'down')).toEqual([])
  })

  it('with a certificate that has expired is out because of that', async () => {
    expect(await addressOf(EXPIRED!)).toMatchObject({
      ...{ verdict: 'down', isServing: false, evidence: expect.stringContaining('expired') },
    })
    expect(await leadsOf('secure')).toEqual([LASTING, ENDING])
  })

  it('with a certificate that soon expires stays, with a warning', async () => {
    const ending = await addressOf(ENDING!)
    expect(ending).toMatchObject({ verdict: 'up', isServing: true })
    expect(ending.warning).toMatch(/certificate.*expires/)
    expect((await addressOf(LASTING!)).warning).toBeUndefined()
    expect((await site.status()).warnings.join()).toContain('secure/ending: certificate')
  })

  it('that comes back is given its whole share little by little, where that was asked for', async () => {
    expect((await addressOf(RETURNING!, 'returning')).effectiveWeight).toBe(
      (await addressOf(WELL!, 'returning')).effectiveWeight,
    )
    await backends.get(RETURNING!)!.kill()
    await eventually(async () => (await leadsOf('returning')).join() === WELL)
    await backends.get(RETURNING!)!.start()
    await eventually(async () => (await leadsOf('returning')).length === 2)
    expect(await shareOf(RETURNING!, WELL!)).toBeLessThan(0.3)
    await eventually(async () => (await shareOf(RETURNING!, WELL!)) > 0.3)
    await eventually(async () => (await shareOf(RETURNING!, WELL!)) === 0.5)
  })
})

/** Each pool has one that fails and one that does not; all are probed often. */
function configOf(port: number, secure: Readonly<Record<string, number>>, flapping: number) {
  const often = 'interval: 1s, fast_interval: 100ms, timeout: 1s, rise: 2, fall: 2'
  const tls = (address: string) =>
    `{ v4: ${address}, check: { https: { port: ${secure[address]}, host: www.example.test, cert_warn: 30d }, ${often} } }`
  return `
defaults: { answers: 1, ttl: 5/1 }
prober: { suspect_when: 100% }  # These failures are meant.
checks:
  web: { http: { port: ${port} }, ${often} }
  flapping: { http: { port: ${flapping} }, ${often} }
pools:
  dying: { check: web, members: [${WELL}, ${DYING}] }
  hanging: { check: web, members: [${WELL}, ${HANGING}] }
  failing: { check: web, members: [${WELL}, ${FAILING}] }
  returning: { check: web, slow_start: 10s, members: [${WELL}, ${RETURNING}] }
  flapping: { check: flapping, when_all_down: nodata, members: [${FLAPPING}] }
  secure:
    members:
      expired: ${tls(EXPIRED!)}
      lasting: ${tls(LASTING!)}
      ending: ${tls(ENDING!)}
names:
  dying.example.test: { pool: dying }
  hanging.example.test: { pool: hanging }
  failing.example.test: { pool: failing }
  returning.example.test: { pool: returning }
  flapping.example.test: { pool: flapping }
  secure.example.test: { pool: secure }
`
}

/** Backends that serve HTTPS: with a certificate of the past, one for long, and one for five days. */
async function startSecure() {
  const folder = temporaryFolder('certificates')
  until(async () => folder.remove())
  const path = (name: string) => join(folder.path, name)
  const subject = ['-subj', '/CN=www.example.test']
  const ecdsa = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', ...ecdsa, '-days', '5', ...subject],
      ...['-addext', 'subjectAltName=DNS:www.example.test'],
      ...['-keyout', path('key.pem'), '-out', path('authority.pem')],
    ],
    { stdio: 'ignore' },
  )
  const soon = { key: readFileSync(path('key.pem'), 'utf8'), cert: '' }
  soon.cert = readFileSync(path('authority.pem'), 'utf8')
  const pairs = [
    { address: EXPIRED!, key: EXPIRED_KEY, cert: EXPIRED_CERTIFICATE },
    { address: LASTING!, key: TEST_KEY, cert: TEST_CERTIFICATE },
    { address: ENDING!, ...soon },
  ]
  const ports: Record<string, number> = {}
  for (const { address, ...tls } of pairs) {
    ports[address] = (await startBackends([address], { tls, until })).port
  }
  writeFileSync(path('authority.pem'), pairs.map(({ cert }) => cert).join('\n'))
  return { ports, authority: path('authority.pem') }
}

/** A backend that answers 200, 500, 200, 500, … */
async function startFlapping(): Promise<number> {
  const server = createServer((_, response) => {
    flaps++
    response.writeHead(flaps % 2 === 1 ? 200 : 500).end()
  })
  server.listen(0, FLAPPING)
  await once(server, 'listening')
  until(async () => void server.close())
  return (server.address() as { port: number }).port
}

/** Who leads in any of ten answers, in the order of the addresses. */
async function leadsOf(pool: string): Promise<string[]> {
  const leads = Object.keys(await site.leads(`${pool}.example.test A`, 20))
  return leads.sort((a, b) => Number(a.split('.')[3]) - Number(b.split('.')[3]))
}

/** How an address stands, in the pool or in the first that has it. */
async function addressOf(address: string, pool?: string): Promise<AddressStatus> {
  const { pools } = await site.status()
  const all = pools
    .filter(({ name }) => pool === undefined || name === pool)
    .flatMap(({ members }) => members.flatMap(({ addresses }) => addresses))
  return all.find((one) => one.address === address)!
}

/** The part of the whole weight that one of two has now. */
async function shareOf(one: string, other: string): Promise<number> {
  const weights = [one, other].map(async (address) => addressOf(address, 'returning'))
  const [mine = 0, theirs = 0] = (await Promise.all(weights)).map((it) => it.effectiveWeight)
  return mine / (mine + theirs)
}
