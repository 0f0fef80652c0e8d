/**
 * Goal: nobody is called safe to stop while somebody may still be led there.
 * Method: a keeper with a manual clock, an engine that is asked, and a thread that may lag behind.
 * What is left for the next process is given to one.
 */

import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import type { Decision } from '../../../src/control/judgement/standing.ts'
import { TRAVEL_MS } from '../../../src/control/ledger/ledger.ts'
import { elapsedSince, ledgerSection, type SavedLedger } from '../../../src/control/ledger/past.ts'
import { answer } from '../../../src/engine/answer.ts'
import { createClient } from '../../../src/engine/world.ts'
import { PAYLOAD_MAX } from '../../../src/wire/edns.ts'
import { requestFor } from '../../support/request.ts'
import { type Given, keeperOf } from '../kept.ts'

/** A process before this one has ended well, and had answered nobody of late. */
const CLEAN: SavedLedger = { ...ledgerSection.empty, isFinal: true }
const WEB = yaml('web: { members: { a: 192.0.2.1, b: 192.0.2.2 } }')

describe('a member', () => {
  it('is held by whoever was told it, for as long as the TTL said', async () => {
    const site = await siteOf(WEB)
    expect(site.entry('web/b')).toMatchObject({ isServing: true, isSafe: false, resolvers: 0 })
    site.ask('www.example.test A')
    const wall = site.clock.wall()
    expect(site.entry('web/b')).toMatchObject({
      ...{ lastWall: wall, untilWall: wall + 30_000, ttlSeconds: 30, resolvers: 1 },
    })
  })

  it('is safe when it is drained and the last cache has let go, and not before', async () => {
    const site = await siteOf(WEB)
    site.ask('www.example.test A')
    await site.clock.advance(5_000)
    site.drain('web/b')
    for (const leftMs of [25_000, TRAVEL_MS, 1]) {
      await site.clock.advance(site.leftMs('web/b') - leftMs)
      expect(site.isSafe('web/b')).toBe(false)
    }
    await site.clock.advance(1)
    expect(site.entry('web/b')).toMatchObject({ isSafe: true, isServing: false, resolvers: 0 })
    expect(site.isSafe('web/a')).toBe(false)
  })

  it('is not safe while a thread has not heard, however long that takes', async () => {
    const site = await siteOf(WEB)
    site.threads.lag = 1
    site.drain('web/b')
    await site.clock.advance(120_000)
    expect(site.isSafe('web/b')).toBe(false)
    site.threads.lag = 0
    expect(site.isSafe('web/b')).toBe(true)
  })

  it('is not safe by what was heard before it came back and went again', async () => {
    const site = await siteOf(WEB)
    site.drain('web/b')
    expect(site.isSafe('web/b')).toBe(true)
    site.undrain('web/b')
    site.threads.lag = 1
    site.drain('web/b')
    expect(site.isSafe('web/b')).toBe(false)
  })

  it('is not safe while another pool leads to the pool that has it', async () => {
    const site = await siteOf(
      yaml(
        'inner: { members: { x: 192.0.2.1, y: 192.0.2.2 } }',
        'web: { members: { inner: { pool: inner } } }',
      ),
    )
    expect(site.entry('inner/x').isServing).toBe(true)
    site.drain('inner/x')
    expect(site.entry('inner/x').isServing).toBe(false)
  })

  it('is held by whoever was told the address, where another member has it as well', async () => {
    const site = await siteOf(yaml('web: { members: { a: 192.0.2.1, b: 192.0.2.1 } }'))
    site.ask('www.example.test A')
    const { lastWall, untilWall } = site.entry('web/a')
    expect(site.entry('web/b')).toMatchObject({ lastWall, untilWall, resolvers: 1, ttlSeconds: 30 })
    site.drain('web/a')
    expect(site.entry('web/b').isServing).toBe(true)
    await site.clock.advance(10_000)
    site.ask('www.example.test A')
    site.drain('web/b')
    await site.clock.advance(20_000 + TRAVEL_MS)
    expect([site.isSafe('web/a'), site.isSafe('web/b')]).toEqual([true, false])
    await site.clock.advance(10_000)
    expect(site.isSafe('web/b')).toBe(true)
  })

  it('that everybody has left is answered by no step but a pool of its own', async () => {
    const site = await siteOf(
      yaml(
        'web: { members: { a: 192.0.2.1 }, when_all_down: [pool: sorry] }',
        'sorry: { members: { s: 192.0.2.1 } }',
      ),
    )
    site.drain('web/a')
    expect(site.entry('web/a')).toMatchObject({ isServing: false, isSafe: true })
    expect(site.entry('sorry/s')).toMatchObject({ isServing: true, isSafe: false })
  })
})

describe('a reload', () => {
  it('keeps whom it takes out until the last cache has let go', async () => {
    const site = await siteOf(WEB)
    site.ask('www.example.test A')
    await site.reload(yaml('web: { members: { a: 192.0.2.1 } }'))
    const { untilWall } = site.entry('web/b')
    expect(untilWall).toBe(site.clock.wall() + 30_000)
    await site.clock.advance(30_000 + TRAVEL_MS - 1)
    expect(site.labels()).toEqual(['web/a', 'web/b'])
    await site.clock.advance(1)
    expect(site.labels()).toEqual(['web/a'])
  })

  it('leaves in the list of holders whom anything is said of, and of some only where asked', async () => {
    const site = await siteOf(WEB)
    site.ask('www.example.test A')
    await site.reload(yaml('web: { members: { a: 192.0.2.1 } }'))
    const isB = ({ member }: { readonly member: string }) => member === 'b'
    expect([...site.ledger.holders().keys()]).toEqual(['web/a v4 192.0.2.1', 'web/b v4 192.0.2.2'])
    expect(site.ledger.entries(isB)).toEqual(site.entries('web/b'))
    await site.clock.advance(30_000 + TRAVEL_MS)
    expect([...site.ledger.holders().keys()]).toEqual(['web/a v4 192.0.2.1'])
    expect(site.ledger.entries(isB)).toEqual([])
  })

  it('keeps the address that a member had, beside that which it has', async () => {
    const site = await siteOf(WEB)
    site.ask('www.example.test A')
    await site.reload(yaml('web: { members: { a: 192.0.2.1, b: 192.0.2.9 } }'))
    const addresses = () => site.entries('web/b').map(({ address }) => address)
    expect(addresses()).toEqual(['192.0.2.2', '192.0.2.9'])
    // What is answered of the new one holds up nobody who waits for the old.
    await site.clock.advance(20_000)
    site.entries('web/b')
    site.ask('www.example.test A')
    await site.clock.advance(10_000 + TRAVEL_MS)
    expect(addresses()).toEqual(['192.0.2.9'])
  })
})

describe('records that lead to a host', () => {
  const ZONE = ['sip A 192.0.2.2', '_sip._tcp SRV 0 5 5060 sip', 'www HTTPS 1 . ipv4hint=192.0.2.1']
  const SERVICES = `${WEB}  _sip._tcp.example.test: { pool: web }\n`
  const withApi = (members: string) =>
    SERVICES.replace('names:', `  api: { members: { ${members} } }\nnames:`) +
    '  api.example.test: { pool: api }\n'

  it('count as answers of it until every thread has heard that they are gone', async () => {
    const site = await siteOf(SERVICES, { zone: [...ZONE, '_sip._tcp SRV 0 5 5060 other'] })
    expect(site.entry('web/b')).toMatchObject({ isServing: true })
    site.threads.lag = 1
    site.drain('web/b')
    expect(site.entry('web/b').isServing).toBe(false)
    await site.clock.advance(60_000)
    expect(site.isSafe('web/b')).toBe(false)
    site.threads.lag = 0
    await site.clock.advance(100)
    expect(site.leftMs('web/b')).toBeGreaterThan(30_000)
    await site.clock.advance(site.leftMs('web/b') - 1)
    expect(site.isSafe('web/b')).toBe(false)
    await site.clock.advance(1)
    expect(site.isSafe('web/b')).toBe(true)
  })

  it('lead to it still where no other record would be left', async () => {
    const site = await siteOf(SERVICES, { zone: ZONE })
    site.drain('web/b')
    await site.clock.advance(600_000)
    expect(site.entry('web/b')).toMatchObject({ isServing: true, isSafe: false })
  })

  it('are named', async () => {
    const site = await siteOf(SERVICES, { zone: ZONE })
    site.drain('web/b')
    expect(site.entry('web/b').ledBy).toEqual(['SRV of _sip._tcp.example.test'])
    expect(site.entry('web/a').ledBy).toEqual(['HTTPS of www.example.test'])
  })

  it('lead to the members of the pools of their own name, and not to those of others', async () => {
    const site = await siteOf(withApi('b: 192.0.2.2, c: 192.0.2.3'), { zone: ZONE })
    site.drain('api/b')
    expect(site.entry('api/b')).toMatchObject({ isServing: false, isSafe: true, ledBy: [] })
    expect(site.entry('web/b')).toMatchObject({ isServing: true, isSafe: false })
  })

  it('lead to all who have an address that no pool of their name knows', async () => {
    const zone = [...ZONE, 'c A 192.0.2.3', '_sip._tcp SRV 0 5 5060 c']
    const site = await siteOf(withApi('c: 192.0.2.3, d: 192.0.2.4'), { zone })
    site.drain('api/c')
    const ledBy = ['SRV of _sip._tcp.example.test']
    expect(site.entry('api/c')).toMatchObject({ isServing: true, isSafe: false, ledBy })
  })
})

describe('a process after another', () => {
  it('goes on where a clean one has ended', async () => {
    const first = await siteOf(WEB)
    first.ask('www.example.test A')
    first.ledger.finish()
    const past = first.ledger.save()
    const second = await siteOf(WEB, { past })
    second.drain('web/b')
    expect(second.entry('web/b')).toMatchObject({ resolvers: 1, ttlSeconds: 30 })
    // Walls go on while nobody is there; here no time has passed between the two.
    await second.clock.advance(second.leftMs('web/b') - 1)
    expect(second.isSafe('web/b')).toBe(false)
    await second.clock.advance(1)
    expect(second.isSafe('web/b')).toBe(true)
  })

  it('keeps those whom it does not know', async () => {
    const first = await siteOf(WEB)
    first.ask('www.example.test A')
    first.ledger.finish()
    const second = await siteOf(yaml('web: { members: { a: 192.0.2.1 } }'), {
      past: first.ledger.save(),
    })
    expect(second.labels()).toEqual(['web/a', 'web/b'])
    await second.clock.advance(30_000 + TRAVEL_MS)
    expect(second.labels()).toEqual(['web/a'])
  })

  it('waits for the longest TTL there was where the other ended in a crash', async () => {
    const first = await siteOf(
      yaml('web: { members: { a: 192.0.2.1, b: 192.0.2.2 } }').replace('ttl: 30', 'ttl: 300'),
    )
    const past = first.ledger.save()
    expect(past).toMatchObject({ isFinal: false, entries: [], usualTtl: 300 })
    const second = await siteOf(WEB, { past })
    second.drain('web/b')
    expect(second.entry('web/b')).not.toHaveProperty('lastWall')
    expect(second.leftMs('web/b')).toBe(300_000 + TRAVEL_MS - 1_000)
    await second.clock.advance(second.leftMs('web/b') - 1)
    expect(second.isSafe('web/b')).toBe(false)
    await second.clock.advance(1)
    expect(second.isSafe('web/b')).toBe(true)
  })

  it('hands on what it does not know for certain, however it ends', async () => {
    const past = { ...CLEAN, isFinal: false, ttls: { web: 300, gone: 600 } }
    const site = await siteOf(WEB, { past })
    site.ledger.finish()
    const saved = () => site.ledger.save()
    expect(saved()).toMatchObject({ isFinal: false, usualTtl: 30, ttls: { web: 300, gone: 600 } })
    await site.clock.advance(300_000 + TRAVEL_MS)
    expect(saved()).toMatchObject({ isFinal: false, usualTtl: 30, ttls: { gone: 600 } })
    await site.clock.advance(300_000)
    expect(saved()).toMatchObject({ isFinal: true, usualTtl: 30, ttls: {} })
  })

  it('knows through a crash who was held from before it', async () => {
    const first = await siteOf(WEB.replace('ttl: 30', 'ttl: 3600'))
    first.ask('www.example.test A')
    first.ledger.finish()
    const second = await siteOf(WEB, { past: first.ledger.save() })
    const third = await siteOf(WEB, { past: second.ledger.save() })
    third.drain('web/b')
    expect(third.leftMs('web/b')).toBeGreaterThan(3_590_000)
  })

  it('need not know of a pool that nobody has held for long', async () => {
    const other = WEB.replace('ttl: 30', 'ttl: 10').replaceAll('web', 'new')
    const site = await siteOf(WEB)
    await site.reload(other)
    const both = { usualTtl: 30, ttls: { new: 10 } }
    expect(site.ledger.save()).toMatchObject(both)
    await site.clock.advance(30_000)
    await site.reload(other)
    expect(site.ledger.save()).toMatchObject(both)
    await site.clock.advance(60_000)
    await site.reload(other)
    expect(site.ledger.save()).toMatchObject({ usualTtl: 10, ttls: {} })
  })

  it('has room for as many names as there are', async () => {
    const ttls = Object.fromEntries(Array.from({ length: 250_000 }, (_, at) => [`n${at}`, at]))
    const site = await siteOf(WEB, { past: { ...CLEAN, isFinal: false, ttls } })
    site.ledger.finish()
    expect(site.ledger.save().isFinal).toBe(false)
  })

  it.each([
    { where: 'time goes by', wallMs: 10_000, clockMs: 10_000, elapsedMs: 10_000 },
    { where: 'the wall is put forward', wallMs: 86_400_000, clockMs: 1_000, elapsedMs: 1_000 },
    { where: 'the wall is put back', wallMs: -86_400_000, clockMs: 1_000, elapsedMs: 0 },
    { where: 'another machine goes on', wallMs: 5_000, clockMs: 86_400_000, elapsedMs: 5_000 },
    { where: 'the machine begins anew', wallMs: 20_000, clockMs: -49_000, elapsedMs: 1_000 },
  ])('believes that no more time is gone than is certain, where $where', (one) => {
    const past = { savedMs: 50_000, savedWall: 1_000_000 }
    const { wallMs, clockMs, elapsedMs } = one
    expect(elapsedSince(past, past.savedMs + clockMs, past.savedWall + wallMs)).toBe(elapsedMs)
  })
})

function yaml(...pools: string[]): string {
  return `
zones: { example.test: example.test.zone }
defaults: { ttl: 30 }
pools:
${pools.map((pool) => `  ${pool}`).join('\n')}
names:
  www.example.test: { pool: web }
`
}

async function siteOf(text: string, given: Given = {}) {
  const drained = new Set<string>()
  const decision: Decision = { word: 'drain', reason: 'why', author: 'ana' }
  const overrideOf = (pool: string, member: string) =>
    drained.has(`${pool}/${member}`) ? decision : undefined
  const kept = await keeperOf(text, { past: CLEAN, overrideOf, ...given })
  const { keeper, ledger, engine, clock, files } = kept
  await clock.advance(1_000) // At 0 nothing is noted: it stands for never.
  const client = createClient(false)
  client.address.set([198, 51, 100, 7])
  const out = new Uint8Array(PAYLOAD_MAX)
  const entries = (label: string) =>
    ledger.entries().filter(({ pool, member }) => `${pool}/${member}` === label)
  const entry = (label: string) => entries(label)[0]!
  const decide = (label: string) => keeper.rejudge(label.split('/')[0])
  return {
    ...{ ...kept, entries, entry },
    isSafe: (label: string) => entry(label).isSafe,
    labels: () => ledger.entries().map(({ pool, member }) => `${pool}/${member}`),
    /** Until it is safe, if all have heard. */
    leftMs: (label: string) => entry(label).untilWall! + TRAVEL_MS - clock.wall(),
    ask(question: string) {
      const request = requestFor(question)
      engine.moment[0] = clock.now()
      answer(engine, request, request.length, client, out)
    },
    drain(label: string) {
      drained.add(label)
      decide(label)
    },
    undrain(label: string) {
      drained.delete(label)
      decide(label)
    },
    async reload(changed: string) {
      writeFileSync(files.file, changed)
      await keeper.load()
    },
  }
}
