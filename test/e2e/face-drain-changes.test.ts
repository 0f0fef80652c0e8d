/**
 * Goal: no change of mind or of the files makes "safe to stop" a lie.
 * Method: a real process and caches that keep exactly to TTLs, while a member that was drained is
 * undrained, taken out of the files, or given another address or a shorter TTL.
 */

import { describe, expect, it } from 'vitest'

import type { LedgerPage } from '../../src/admin/listings.ts'
import { eventually } from '../support/eventually.ts'
import { cachesOf, portsOf, watchedSafe } from './caches.ts'
import { folderOf, run } from './rota.ts'
import { HEAD, type Site, siteOf } from './site.ts'

const [A, B, MOVED, C, X] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.9']
const FAR = 'far.example.org.'
const WWW = 'www.example.test A'
const DRAIN = { pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana' }

describe('a drain', () => {
  it('that is undrained is not safe, until it is drained again and has waited again', async () => {
    const site = await siteOf(webOf(`a: ${A}, b: ${B}`, 1))
    const caches = await cachesOf(site, [{ question: WWW }])
    const child = waiting(site, 'web/b')
    await eventually(() => site.logged('overridden').length === 1)
    expect((await site.api('DELETE /api/v1/overrides/web/b?by=bob')).status).toBe(200)
    expect(await child.ended).toBe(1)
    expect(JSON.parse(child.output())).toMatchObject({ isSafe: false })
    await caches.again()
    expect((await ledgerOf(site, 'web/b')).map(({ isSafe }) => isSafe)).toEqual([false])
    await drained(site)
    await watchedSafe(site, { 'web/b': [B] }, caches)
  })

  it('of an alias is told the truth of, and of a pool is not said to be safe', async () => {
    const site = await siteOf(`
pools:
  dc1: { members: { a: ${A}, b: ${B} } }
  site:
    policy: failover
    members: { here: { pool: dc1 }, there: { cname: www.example.org } }
  away: { policy: failover, members: { there: { cname: far.example.org }, c: { cname: www.example.org } } }
names:
  www.example.test: { pool: site, ttl: 1 }
  away.example.test: { pool: away, ttl: 2 }
`)
    const caches = await cachesOf(site, [
      { question: WWW },
      { question: 'away.example.test A', way: 'tcp' },
    ])
    const pool = waiting(site, 'site/here')
    expect(await pool.ended).toBe(1)
    expect(JSON.parse(pool.output())).toMatchObject({
      ...{ isSafe: false, why: expect.stringContaining('wait for its members') },
    })
    await eventually(() => caches.heldUntil(FAR) > 0)
    const alias = waiting(site, 'away/there')
    expect(await alias.ended).toBe(0)
    const returned = Date.now()
    expect(JSON.parse(alias.output())).toMatchObject({ isSafe: true, address: FAR })
    await caches.again()
    expect(caches.heldUntil(FAR)).toBeLessThanOrEqual(returned)
  })
})

describe('files that change', () => {
  it('make nobody forget who was answered at which address, and under which TTL', async () => {
    const site = await siteOf(changing('b: 192.0.2.2', 'b: 192.0.2.4, a: 192.0.2.5', 4))
    const joined = { name: 'x', v4: X }
    expect((await site.api('POST /api/v1/pools/own/members', joined)).status).toBe(201)
    const caches = await cachesOf(site, [
      { question: WWW },
      { question: WWW, way: 'tcp' },
      { question: 'gone.example.test A' },
      { question: 'own.example.test A' },
    ])
    const isKnown = (...all: string[]) => all.every((one) => caches.heldUntil(one) > 0)
    await eventually(() => isKnown(B, C, X))
    for (const members of ['a: 192.0.2.5', 'b: 192.0.2.4, a: 192.0.2.5', 'a: 192.0.2.5']) {
      site.files.rewrite('rota.yaml', HEAD + changing('b: 192.0.2.3', members, 1))
      expect((await site.api('POST /api/v1/reload')).status).toBe(200)
      await caches.again()
    }
    expect((await site.api('DELETE /api/v1/pools/own/members/x')).status).toBe(200)
    await drained(site)
    await Promise.all([
      watchedSafe(site, { 'web/b': [B, MOVED] }, caches),
      letGo(site, 'gone/b').then(() => expect(caches.heldUntil(C)).toBeLessThanOrEqual(Date.now())),
      letGo(site, 'own/x').then(() => expect(caches.heldUntil(X)).toBeLessThanOrEqual(Date.now())),
    ])
  })
})

/** One whose address changes, one that leaves the file, and one that leaves by itself. */
function changing(b: string, gone: string, ttl: number): string {
  return `
pools:
  web: { members: { a: ${A}, ${b} } }
  gone: { members: { ${gone} } }
  own: { register: { networks: [192.0.2.0/24], lease: 30s, members: 4 }, members: { a: ${A} } }
names:
  www.example.test: { pool: web, ttl: ${ttl} }
  gone.example.test: { pool: gone, ttl: ${ttl} }
  own.example.test: { pool: own, ttl: 2 }
`
}

function webOf(members: string, ttl: number): string {
  return `
pools: { web: { members: { ${members} } } }
names: { www.example.test: { pool: web, ttl: ${ttl} } }
`
}

async function drained(site: Site): Promise<void> {
  expect((await site.api('POST /api/v1/overrides', DRAIN)).status).toBe(200)
}

async function ledgerOf(site: Site, label: string) {
  const [pool, member] = label.split('/')
  const { status, value } = await site.api(`GET /api/v1/ledger?pool=${pool}&member=${member}`)
  // Who has left is not to be found any more.
  return status === 404 ? [] : (value as LedgerPage).entries
}

/** Whoever has left the files is in the ledger until it is safe. */
async function letGo(site: Site, label: string): Promise<void> {
  const isGone = async () => {
    const entries = await ledgerOf(site, label)
    return entries.every(({ isSafe }) => isSafe)
  }
  await eventually(isGone, { what: `${label} out of the ledger` })
}

function waiting(site: Site, label: string, ...more: string[]) {
  const token = `${folderOf(site.files)}state/token`
  const server = ['--server', `http://127.0.0.1:${portsOf(site).http}`, '--token-file', token]
  return run(['drain', label, '--wait', '--json', ...more, ...server])
}
