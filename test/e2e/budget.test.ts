/**
 * Goal: nobody is sent to a dead backend for longer than `rota check` said at worst, whether the
 * backend refuses or is silent, and whenever it dies; and the server measures no more than that.
 * Method: real backends that die at several phases of their probes, while each name is asked again
 * and again. What counts is the last moment at which a cache may still give the dead address.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'

import type { Asker } from '../support/ask.ts'
import { type Backend, startBackends } from '../support/backends.ts'
import { eventually } from '../support/eventually.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { run } from './rota.ts'
import { type Site, siteOf } from './site.ts'

const WELL = '127.42.0.100'
/** How each backend dies, and how long after a probe of it: the later, the sooner the next. */
const DEATHS = [
  { way: 'refuses', after: 0 },
  { way: 'refuses', after: 250 },
  { way: 'refuses', after: 500 },
  { way: 'is silent', after: 0 },
  { way: 'is silent', after: 250 },
  { way: 'is silent', after: 500 },
] as const
const ADDRESSES = DEATHS.map((_, index) => `127.42.0.${index + 1}`)
/** What a name may ask for: all of it, or a sum that the rest follows from. */
const KINDS = ['spans', 'within'] as const
const ASK_EVERY_MS = 20
const LIMIT_MS = 8_000
/** Other tests keep the machine busy, and a busy machine is late for every timer. */
const LATE_MS = 250
/** Between the time of day and the clock that measures spans. */
const CLOCKS_APART_MS = 20

interface Failover {
  readonly name: string
  readonly blackHole: { readonly totalMs: number }
  readonly refused: { readonly totalMs: number }
}

describe.skipIf(process.platform !== 'linux')('nobody is sent to a dead backend', () => {
  it('for longer than rota check says, and status tells no less', async () => {
    const { port, backends } = await startBackends([...ADDRESSES, WELL])
    const site = await siteOf(configOf(port))
    const promised = await failoversOf(site)
    expect(promised.size).toBe(DEATHS.length * KINDS.length)
    const asker = await askerOf(site.port)
    const stories = DEATHS.map(async ({ way, after }, index) => {
      const backend = backends[index]!
      // A machine that is busy may be late for a probe: nobody dies who seems dead already.
      await Promise.all(KINDS.map((kind) => ledTo(asker, `${kind}-${index}.example.test`, backend)))
      await nextProbe(backend)
      await delay(after)
      const diedAt = performance.now()
      const diedAtWall = Date.now()
      const dying = way === 'refuses' ? backend.kill() : backend.cutOff()
      const told = KINDS.map(async (kind) => {
        const pool = `${kind}-${index}`
        const name = `${pool}.example.test`
        const worst = promised.get(name)![way === 'refuses' ? 'refused' : 'blackHole'].totalMs
        const measured = (await lastHeldAt(asker, name, backend)) - diedAt
        return { pool, address: backend.address, way, worst, measured, diedAtWall }
      })
      await dying
      return Promise.all(told)
    })
    const told = (await Promise.all(stories)).flat()
    // Whoever asked while it lived kept it for a TTL: less would be a measurement of nothing.
    expect(told.filter(({ measured }) => measured < 900)).toEqual([])
    expect(told.filter(({ measured, worst }) => measured > worst + LATE_MS)).toEqual([])

    const { flips } = await site.status()
    const deaths = flips.filter(({ to }) => to === 'down')
    for (const { pool, address, worst, measured, diedAtWall } of told) {
      const flip = deaths.find(({ members }) => members.includes(`${pool}/${address}`))!
      expect(flip.failoverMs).toBeLessThanOrEqual(worst + LATE_MS)
      const lastHeld = Date.parse(flip.lastCacheAt!) - diedAtWall
      expect(lastHeld).toBeLessThanOrEqual(worst + LATE_MS)
      expect(lastHeld).toBeGreaterThanOrEqual(measured - CLOCKS_APART_MS)
    }
  })
})

/** Each backend is in a pool of each kind with one that lives, so that both are held to its death. */
function configOf(port: number): string {
  const pools = ADDRESSES.flatMap((address, index) =>
    KINDS.map((kind) => `  ${kind}-${index}: { check: ${kind}, members: [${address}, ${WELL}] }`),
  )
  const asks = { spans: 'ttl: 2/1', within: 'failover_within: 4s' }
  const names = ADDRESSES.flatMap((_, index) =>
    KINDS.map(
      (kind) => `  ${kind}-${index}.example.test: { pool: ${kind}-${index}, ${asks[kind]} }`,
    ),
  )
  const spans = 'interval: 800ms, fast_interval: 300ms, timeout: 600ms, fall: 2'
  return `
prober: { suspect_when: 100% }  # These deaths are meant.
checks:
  spans: { http: { port: ${port} }, ${spans} }
  within: { http: { port: ${port} } }
pools:
${pools.join('\n')}
names:
${names.join('\n')}
`
}

/** What `rota check` promises of each name. */
async function failoversOf(site: Site): Promise<Map<string, Failover>> {
  const child = run(['check', '--json', '-c', site.files.file])
  expect([await child.ended, child.output()]).toEqual([0, expect.any(String)])
  const { failovers } = JSON.parse(child.output()) as { readonly failovers: readonly Failover[] }
  return new Map(failovers.map((failover) => [failover.name, failover]))
}

async function ledTo(asker: Asker, name: string, { address }: Backend): Promise<void> {
  await eventually(async () => dataOf(await askFor(asker, `${name} A`)).includes(address))
}

async function nextProbe(backend: Backend): Promise<void> {
  const before = await backend.requests()
  await eventually(async () => (await backend.requests()) > before)
}

/**
 * When the last cache lets go of the backend that is dying: the latest moment at which somebody
 * asked and was told its address, and the TTL on top.
 */
async function lastHeldAt(asker: Asker, name: string, { address }: Backend): Promise<number> {
  const deadline = performance.now() + LIMIT_MS
  let heldAt = Number.NEGATIVE_INFINITY
  let isIn = true
  while (isIn) {
    const askedAt = performance.now()
    if (askedAt > deadline) throw new Error(`${name} led to ${address} for ${LIMIT_MS} ms`)
    const reply = await askFor(asker, `${name} A`)
    const record = reply?.message.answer.find(({ text }) => text === address)
    if (record) heldAt = Math.max(heldAt, askedAt + record.ttl * 1_000)
    isIn = record !== undefined
    await delay(ASK_EVERY_MS)
  }
  return heldAt
}
