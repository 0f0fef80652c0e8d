/**
 * Goal: the lists of names, verdicts and zones say what is so, and their pages together say all of
 * it, each once and in order.
 * Method: a keeper over real files, with told backends.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { pageOf } from '../../src/admin/listings.ts'
import { Listings } from '../../src/app/listings.ts'
import { isRefusal, type Refusal } from '../../src/control/books/refusal.ts'
import { keeperOf } from '../control/kept.ts'

const YAML = `
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 }, interval: 2s } }
pools:
  web: { check: web, members: { a: 192.0.2.1, b: 192.0.2.2 } }
  far: { check: web, members: { c: 192.0.2.3, a: 192.0.2.1 } }
names:
  www.example.test: { pool: web, answers: 1, ttl: 20/5 }
  api.example.test: { pool: web, clients: [{ subnet: 198.51.100.0/24, pool: far }] }
  "*.apps.example.test": { pool: far }
  own.example.test: {}
`

describe('the list of names', () => {
  it('says how each is answered, in order', async () => {
    const { listings } = await listed()
    const { items, next } = listings.names({ limit: 10 })
    expect(next).toBeUndefined()
    expect(items.map(({ name }) => name)).toEqual([
      ...['*.apps.example.test', 'api.example.test', 'own.example.test', 'www.example.test'],
    ])
    expect(items[3]).toEqual({
      ...{ name: 'www.example.test', label: 'web', pool: 'web', policy: 'rotate', answers: 1 },
      ...{ ttlSeconds: 20, ttlReason: expect.any(String) },
    })
    expect(items[1]).toMatchObject({ pool: 'web', rules: 1 })
    expect(items[2]).toMatchObject({ pool: 'own.example.test' })
  })

  it('is told page by page, and by what names hold', async () => {
    const { listings } = await listed()
    const first = listings.names({ limit: 3 })
    expect(first.next).toBe('own.example.test')
    const second = listings.names({ limit: 3, after: first.next })
    expect(second).toMatchObject({ items: [{ name: 'www.example.test' }] })
    expect(second.next).toBeUndefined()
    const wanted = listings.names({ limit: 3 }, 'AP')
    expect(wanted.items.map(({ name }) => name)).toEqual([
      ...['*.apps.example.test', 'api.example.test'],
    ])
    expect(listings.name('WWW.example.test.')).toMatchObject({ label: 'web' })
    expect(listings.name('wap.example.test')).toBeUndefined()
  })

  it('follows a reload', async () => {
    const { listings, keeper, files } = await listed()
    expect(listings.names({ limit: 10 }).items).toHaveLength(4)
    files.rewrite('rota.yaml', YAML.replace('  www.example.test', '  ftp.example.test'))
    await keeper.load()
    expect(listings.name('ftp.example.test')).toMatchObject({ label: 'web' })
    expect(listings.name('www.example.test')).toBeUndefined()
  })
})

describe('the list of verdicts', () => {
  it('says what is believed, why, and what the latest probes saw', async () => {
    const { listings, clock, down } = await listed()
    down.add('192.0.2.2')
    await clock.advance(3_000)
    const { items } = granted(listings.verdicts({ limit: 10 }))
    expect(items).toHaveLength(3)
    const [shared, failing] = items
    expect(shared).toMatchObject({
      ...{ address: '192.0.2.1', check: 'web', kind: 'tcp', verdict: 'up', streak: 0, rise: 2 },
      members: ['web/a', 'far/a'],
      recent: expect.arrayContaining([{ ms: 0, isSuccess: true }]),
    })
    expect(failing).toMatchObject({
      ...{ address: '192.0.2.2', verdict: 'down', evidence: 'connection refused' },
    })
    expect(Date.parse(failing!.lastSuccessAt!)).toBeLessThan(Date.parse(failing!.since))
    expect(failing!.recent.at(-1)).toEqual({ ms: 0, isSuccess: false })
    expect(Date.parse(failing!.nextProbeAt!)).toBeGreaterThan(clock.wall())
    expect(Date.parse(failing!.since)).toBeLessThanOrEqual(clock.wall())
  })

  it('is told page by page, and by pools', async () => {
    const { listings } = await listed()
    const first = granted(listings.verdicts({ limit: 2 }))
    const second = granted(listings.verdicts({ limit: 2, after: first.next }))
    const ids = [...first.items, ...second.items].map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    expect(second.next).toBeUndefined()
    const far = granted(listings.verdicts({ limit: 9 }, 'far'))
    expect(far.items.map(({ address }) => address)).toEqual([...['192.0.2.1', '192.0.2.3']])
  })
})

it('the list of zones says where they came from and what they hold', async () => {
  const { listings, files } = await listed()
  const [zone] = listings.zones()
  expect(zone).toMatchObject({
    apex: 'example.test',
    file: files.file.replace('rota.yaml', 'example.test.zone'),
  })
  expect(zone!.records).toBeGreaterThan(1)
})

it('pages of any list say all of it, each once and in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 5 }), (all, limit) => {
      const told: string[] = []
      for (let after: string | undefined, isMore = true; isMore; isMore = after !== undefined) {
        const { items, next } = granted(pageOf(all, (one) => one, { limit, after }))
        told.push(...items)
        after = next
      }
      expect(told).toEqual(all)
    }),
  )
})

it('a page after somebody who has gone is none, and not the end', async () => {
  const gone = pageOf(['a', 'b'], (one) => one, { limit: 1, after: 'gone' })
  expect(gone).toMatchObject({ refused: 'conflict', detail: expect.stringContaining('"gone"') })
  const { listings } = await listed()
  expect(listings.verdicts({ limit: 1, after: 'gone' })).toMatchObject({ refused: 'conflict' })
})

function granted<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new Error(outcome.detail)
  return outcome
}

async function listed() {
  const kept = await keeperOf(YAML, { zone: ['own A 192.0.2.4', '*.apps A 192.0.2.5'] })
  return { ...kept, listings: new Listings(kept.keeper, kept.clock) }
}
