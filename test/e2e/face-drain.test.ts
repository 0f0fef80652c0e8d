/**
 * Goal: no way to be answered makes "safe to stop" a lie.
 * Method: a real process and caches that keep exactly to TTLs, over every transport, from several
 * networks, for every policy. Once the API or the command says that a member is safe, nobody holds
 * it, and nobody is told of it again.
 */

import { describe, expect, it } from 'vitest'

import type { Drained } from '../../src/cli/drain-text.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { type Cache, cachesOf, watchedSafe } from './caches.ts'
import { type Site, siteOf } from './site.ts'

const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
const [A6, B6] = ['2001:db8::1', '2001:db8::2']
const POLICIES = ['rotate', 'random', 'sticky', 'weighted', 'failover', 'nearest']

describe('who is safe is held by nobody', () => {
  it('over every transport, in both families, with two workers and two pools', async () => {
    const site = await opened(`
pools:
  web: { members: { a: { v4: ${A}, v6: "${A6}" }, b: { v4: ${B}, v6: "${B6}" } } }
  other: { members: { x: ${B}, y: ${C} } }
names:
  www.example.test: { pool: web, ttl: 2 }
  one.example.test: { pool: web, answers: 1, ttl: 1 }
  "*.app.example.test": { pool: web, ttl: 2 }
  other.example.test: { pool: other, ttl: 1 }
`)
    const caches = await cachesOf(site, [
      { question: 'www.example.test A' },
      { question: 'www.example.test A', resolver: '127.0.0.2', manner: { edns: true } },
      { question: 'www.example.test AAAA', resolver: '127.0.0.3' },
      { question: 'one.example.test A', resolver: '127.0.0.4' },
      { question: 'x.app.example.test AAAA', way: 'tcp' },
      { question: 'alias.example.test A', way: 'tcp', resolver: '127.0.0.5' },
      { question: 'x.tree.example.test A', way: 'tls' },
      { question: 'www.example.test A', way: 'https' },
      { question: 'www.example.test ANY', way: 'https' },
      { question: 'example.test MX', way: 'tcp' },
    ])
    await eventually(() => caches.heldUntil(B) > 0 && caches.heldUntil(B6) > 0)
    const watched = watchedSafe(site, { 'web/b': [B, B6] }, caches)
    const text = await site.command('drain', 'web/b', '--wait', '--json')
    const returned = Date.now()
    const { isSafe, safeAt, stillAnsweredBy } = JSON.parse(text) as Drained
    expect({ isSafe, stillAnsweredBy }).toEqual({ isSafe: true, stillAnsweredBy: ['other/x'] })
    expect(Date.parse(safeAt!)).toBeLessThanOrEqual(returned)
    expect(caches.heldUntil(B)).toBeLessThanOrEqual(returned)
    expect(caches.heldUntil(B6)).toBeLessThanOrEqual(returned)
    await watched
  })

  it('under every policy, in pools of pools, and where other records lead to it', async () => {
    const mine = POLICIES.map((policy, index) => ({ policy, b: `192.0.2.${50 + index}` }))
    const site = await opened(`
maps: { offices: { file: offices.map } }
pools:
${mine.map(poolOf).join('\n')}
  dc1: { members: { a: ${A}, b: 192.0.2.60 } }
  dc2: { members: { c: ${C} } }
  site: { members: { near: { pool: dc1 }, far: { pool: dc2 } } }
  top: { policy: failover, members: { all: { pool: site } } }
  few: { members: { a: 192.0.2.61, b: 192.0.2.62 }, when_all_down: [all] }
  web: { members: { a: ${A}, b: ${B} } }
names:
${mine.map(({ policy }) => `  ${policy}.example.test: { pool: ${policy}, answers: 1, ttl: 1 }`).join('\n')}
  dc1.example.test: { pool: dc1, ttl: 1 }
  top.example.test: { pool: top, ttl: 3 }
  few.example.test: { pool: few, ttl: 2 }
  www.example.test: { pool: web, ttl: 1 }
  rule.example.test:
    pool: dc2
    ttl: 2
    clients: [{ subnet: 198.51.100.0/24, pool: dc1 }]
`)
    const caches = await cachesOf(site, [
      ...POLICIES.flatMap((policy) => networksOf(`${policy}.example.test A`)),
      { question: 'dc1.example.test A' },
      { question: 'top.example.test A' },
      { question: 'rule.example.test A', manner: { subnet: '198.51.100.0/24' } },
      { question: 'few.example.test A' },
      { question: 'www.example.test A' },
      { question: 'www.example.test HTTPS' },
      { question: '_sip._tcp.example.test SRV' },
    ])
    const addresses: Record<string, string> = {
      ...Object.fromEntries(mine.map(({ policy, b }) => [`${policy}/b`, b])),
      'dc1/b': '192.0.2.60',
      // The one after the other, until nobody is left, and the ladder says to answer everybody.
      'few/a': '192.0.2.61',
      'few/b': '192.0.2.62',
      'web/b': B,
    }
    await eventually(() => Object.values(addresses).every((one) => caches.heldUntil(one) > 0))
    const wanted = Object.entries(addresses).map(([label, one]) => [label, [one]] as const)
    const watched = watchedSafe(site, Object.fromEntries(wanted), caches)
    for (const label of Object.keys(addresses)) await drain(site, label)
    await watched
  })
})

/** One whom the drained member is near, first or heavy for. */
function poolOf({ policy, b }: { readonly policy: string; readonly b: string }): string {
  const near = policy === 'nearest' ? ', near: berlin' : ''
  const map = policy === 'nearest' ? 'map: offices, ' : ''
  const members = `{ b: { v4: ${b}${near} }, a: { v4: ${A}${near} } }`
  return `  ${policy}: { policy: ${policy}, ${map}members: ${members} }`
}

/** Enough of them for whoever goes by the client. */
function networksOf(question: string): Cache[] {
  return Array.from({ length: 6 }, (_, index) => ({
    question,
    manner: { subnet: `198.51.${100 + index}.0/24` },
  }))
}

async function drain(site: Site, label: string): Promise<void> {
  const [pool, member] = label.split('/')
  const body = { pool, member, word: 'drain', reason: 'disk swap', author: 'ana' }
  expect((await site.api('POST /api/v1/overrides', body)).status).toBe(200)
}

/** Served in every way, with a zone of ways around. */
function opened(yaml: string): Promise<Site> {
  return siteOf(`tls: { certificate: server.crt, key: server.key }\n${yaml}`, {
    zone: [
      '@ 1 IN MX 10 www',
      'alias 1 IN CNAME www',
      'tree 1 IN DNAME app',
      `www 1 IN HTTPS 1 . ipv4hint=${A},${B}`,
      '_sip._tcp 1 IN SRV 0 0 5060 www',
    ],
    files: {
      'server.crt': TEST_CERTIFICATE,
      'server.key': TEST_KEY,
      'offices.map': '0.0.0.0/0 berlin\n',
    },
    head: (text) =>
      text
        .replace('http:', 'tls: ["127.0.0.1:0"], https: ["127.0.0.1:0"], http:')
        .replace('workers: 1', 'workers: 2'),
  })
}
