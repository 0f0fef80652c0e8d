/**
 * Goal: who waits for a drain hears the truth also where it does not come, or comes in another way.
 * Method: a real process and caches that keep exactly to TTLs; overrides that end by themselves, that
 * may not be, hints that lead to nobody else, addresses that two have, and a clean stop.
 */

import { describe, expect, it } from 'vitest'

import type { Drained } from '../../src/cli/drain-text.ts'
import { eventually } from '../support/eventually.ts'
import { cachesOf, portsOf, watchedSafe } from './caches.ts'
import { folderOf, run } from './rota.ts'
import { HEAD, type Site, siteOf, siteWith } from './site.ts'

const [A, B, C, D] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']
const WWW = 'www.example.test A'

describe('rota drain --wait', () => {
  it('tells apart what is safe, what never will be, and what may not be', async () => {
    const site = await siteOf(
      `
pools:
  web: { members: { a: ${A}, b: ${B} } }
  alias: { policy: failover, members: { there: { cname: one.example.test } } }
  one: { members: { a: ${A}, c: ${C} } }
  twin: { members: { a: ${D}, b: ${D}, c: ${A} } }
  floor: { min_serving: 2, members: { a: ${A}, b: ${B} } }
  hint: { members: { a: ${A}, h: 192.0.2.9 } }
names:
  www.example.test: { pool: web, ttl: 3 }
  via.example.test: { pool: alias, ttl: 1 }
  one.example.test: { pool: one, ttl: 2 }
  twin.example.test: { pool: twin, ttl: 1 }
  floor.example.test: { pool: floor, ttl: 1 }
  hint.example.test: { pool: hint, ttl: 1 }
`,
      { zone: ['hint 1 IN HTTPS 1 there ipv4hint=192.0.2.9', 'there 1 IN A 192.0.2.9'] },
    )
    const caches = await cachesOf(site, [
      { question: WWW },
      { question: 'via.example.test A', way: 'tcp' },
      { question: 'twin.example.test A' },
      { question: 'hint.example.test HTTPS' },
    ])
    await eventually(() => [B, C, D].every((one) => caches.heldUntil(one) > 0))
    const [ended, twin, refused, hinted] = await Promise.all([
      wait(site, 'web/b', '--for', '1s'),
      wait(site, 'twin/b'),
      wait(site, 'floor/b'),
      wait(site, 'hint/h', '--timeout', '4s'),
      wait(site, 'one/c').then(({ code, returned }) => {
        expect(code).toBe(0)
        expect(caches.heldUntil(C)).toBeLessThanOrEqual(returned)
      }),
    ])
    expect(ended).toMatchObject({ code: 1, drained: { isSafe: false } })
    expect(twin).toMatchObject({ code: 0, drained: { stillAnsweredBy: ['twin/a'] } })
    expect(refused.code).toBe(1)
    expect(refused.drained).not.toHaveProperty('isSafe')
    expect(refused.drained).toMatchObject({ status: 409 })
    // A record that leads elsewhere alone stays as it is, and so whoever asks is sent there.
    expect(hinted).toMatchObject({ code: 1, drained: { isSafe: false } })
    expect(await site.answer('hint.example.test HTTPS')).toContain('192.0.2.9')
  })

  it('is as true of override down, and over a clean stop with a shorter TTL after it', async () => {
    const first = await siteOf(webOf(4))
    const caches = await cachesOf(first, [{ question: WWW }])
    await eventually(() => caches.heldUntil(B) > 0)
    const down = ['--by', 'ana', '--reason', 'disk swap']
    const child = commanded(first, ['override', 'web/b', 'down', '--wait', '--json', ...down])
    const end = child.ended.then((code) => ({ code, returned: Date.now() }))
    await eventually(() => first.logged('overridden').length === 1)
    expect(await first.process.stop()).toBe(0)
    const head = HEAD.replace('dns: ["127.0.0.1:0"]', `dns: ["127.0.0.1:${first.port}"]`).replace(
      'http: "127.0.0.1:0"',
      `http: "127.0.0.1:${portsOf(first).http}"`,
    )
    first.files.rewrite('rota.yaml', head + webOf(1))
    const second = await siteWith(first.files)
    await watchedSafe(second, { 'web/b': [B] }, caches)
    const { code, returned } = await end // It has waited for the server that went away.
    expect(code).toBe(0)
    expect(returned).toBeGreaterThanOrEqual(caches.heldUntil(B))
    const again = await wait(second, 'web/b')
    expect(again).toMatchObject({ code: 0, drained: { isSafe: true } })
  })
})

function webOf(ttl: number): string {
  return `
pools: { web: { members: { a: ${A}, b: ${B} } } }
names: { www.example.test: { pool: web, ttl: ${ttl} } }
`
}

function commanded(site: Site, words: readonly string[]) {
  const token = `${folderOf(site.files)}state/token`
  const server = ['--server', `http://127.0.0.1:${portsOf(site).http}`, '--token-file', token]
  return run([...words, ...server])
}

/** Drains, and waits until it is over in one way or the other. */
async function wait(site: Site, label: string, ...more: string[]) {
  const child = commanded(site, ['drain', label, '--wait', '--json', ...more])
  const code = await child.ended
  const returned = Date.now()
  const output = child.output()
  const drained = JSON.parse(
    output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1),
  ) as Drained
  return { code, returned, drained }
}
