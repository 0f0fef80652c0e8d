/**
 * Goal: a server that dies while somebody waits makes nobody safe too early.
 * Method: a real process that is killed, and one that takes its place on the same ports with a
 * shorter TTL, while caches keep to the TTL that the first one gave.
 */

import { describe, expect, it } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { type Caches, cachesOf, portsOf, watchedSafe } from './caches.ts'
import { folderOf, run } from './rota.ts'
import { HEAD, type Site, siteOf, siteWith } from './site.ts'

const [A, B] = ['192.0.2.1', '192.0.2.2']
const WWW = 'www.example.test A'
const DRAIN = { pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana' }
const LONG = 4

describe('a crash', () => {
  it('while somebody waits makes nobody safe early, though the TTL is shorter after it', async () => {
    const first = await siteOf(webOf(LONG))
    const caches = await answeredBy(first)
    await drained(first)
    const child = waiting(first)
    await eventually(() => first.logged('overridden').length === 2)
    const second = await killed(first)
    const code = await child.ended
    const returned = Date.now()
    if (code === 0) expect(caches.heldUntil(B)).toBeLessThanOrEqual(returned)
    else expect(child.output()).not.toContain('"isSafe": true')
    await watchedSafe(second, { 'web/b': [B] }, caches)
  })

  it('right after the TTL became shorter makes nobody safe early', async () => {
    const first = await siteOf(webOf(LONG))
    const caches = await answeredBy(first)
    first.files.rewrite('rota.yaml', `${HEAD}${webOf(1)}`)
    expect((await first.api('POST /api/v1/reload')).status).toBe(200)
    const second = await killed(first)
    await drained(second)
    await watchedSafe(second, { 'web/b': [B] }, caches)
  })
})

async function answeredBy(site: Site): Promise<Caches> {
  const caches = await cachesOf(site, [{ question: WWW }, { question: WWW, resolver: '127.0.0.2' }])
  await eventually(() => caches.heldUntil(B) > 0)
  return caches
}

/** Kills it, and starts another in its place that gives a shorter TTL. */
async function killed(first: Site): Promise<Site> {
  first.process.signal('SIGKILL')
  await first.process.ended
  const head = HEAD.replace('dns: ["127.0.0.1:0"]', `dns: ["127.0.0.1:${first.port}"]`)
  const text = head.replace('http: "127.0.0.1:0"', `http: "127.0.0.1:${portsOf(first).http}"`)
  first.files.rewrite('rota.yaml', text + webOf(1))
  return siteWith(first.files)
}

function webOf(ttl: number): string {
  return `
pools: { web: { members: { a: ${A}, b: ${B} } } }
names: { www.example.test: { pool: web, ttl: ${ttl} } }
`
}

async function drained(site: Site): Promise<void> {
  expect((await site.api('POST /api/v1/overrides', DRAIN)).status).toBe(200)
}

function waiting(site: Site) {
  const token = `${folderOf(site.files)}state/token`
  const server = ['--server', `http://127.0.0.1:${portsOf(site).http}`, '--token-file', token]
  return run(['drain', 'web/b', '--wait', '--json', ...server])
}
