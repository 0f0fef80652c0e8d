/**
 * Goal: each kind of client asks, keeps, chooses and retries as it does in the wild.
 * Method: clients in a world whose clock, dice, name server and backends the test owns.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createFleet, networkOf } from '../../src/dashboard/lab/fleet.ts'
import {
  ATTEMPT_DELAY_MS,
  type ModelKey,
  modelOf,
  RESOLUTION_DELAY_MS,
} from '../../src/dashboard/lab/models.ts'
import { visit, type VisitRecord } from '../../src/dashboard/lab/visitor.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import { A, AAAA, type ServerParts, TestClock, worldOf } from './lab-support.ts'

const [ONE, TWO, THREE] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const
const [SIX, SEVEN] = ['2001:db8::6', '2001:db8::7'] as const
const refusing = { isServed: false, afterMs: 1 }
const serving = { isServed: true, afterMs: 1 }

describe('a client that takes the first record', () => {
  it('asks each time, goes where it is sent, and gives up where nobody is', async () => {
    const bench = benchOf('first', {
      answer: () => [ONE, TWO],
      reach: (address) => (address === ONE ? refusing : serving),
    })
    const [visited] = await bench.visits(3)
    expect(bench.asked).toHaveLength(3)
    expect(visited).toMatchObject({ chosen: ONE, why: 'cannot connect' })
    expect(visited!.tries.map(({ address }) => address)).toEqual([ONE])
    expect(visited).not.toHaveProperty('served')
  })
})

describe('a client that takes any record', () => {
  it('takes each alike, however many there are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async (size) => {
        const all = Array.from({ length: size }, (_, index) => `192.0.2.${index + 1}`)
        const draws = 40 * size
        // Draws that are spread evenly: whoever is uniform takes each exactly as often.
        const bench = benchOf('any', { answer: () => all }, (i) => (i + 0.5) / draws)
        const chosen = (await bench.visits(draws)).map((record) => record.chosen)
        expect(all.map((one) => chosen.filter((other) => other === one).length)).toEqual(
          all.map(() => 40),
        )
      }),
      { numRuns: 8 },
    )
  })

  it('is left alone with the one that it took', async () => {
    const bench = benchOf('any', { answer: () => [ONE, TWO], reach: () => refusing }, () => 0.99)
    const [visited] = await bench.visits(1)
    expect(visited).toMatchObject({ chosen: TWO, why: 'cannot connect' })
    expect(visited!.tries).toHaveLength(1)
  })
})

describe('a caching resolver', () => {
  it('asks again only when the TTL is over, whenever it is visited', async () => {
    const spans = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(spans, fc.integer({ min: 1, max: 30 }), async (waits, ttlSeconds) => {
        const bench = benchOf('cache', { answer: () => [ONE], ttlSeconds })
        for (const waitMs of waits) {
          await bench.clock.advance(waitMs)
          await bench.visits(1)
        }
        const times = bench.asked.map(({ atMs }) => atMs)
        for (const [index, atMs] of times.slice(1).entries()) {
          expect(atMs - times[index]!).toBeGreaterThanOrEqual(ttlSeconds * 1_000)
        }
        // Nor later than the first visit that finds it over.
        const needed: number[] = []
        let atMs = 0
        for (const waitMs of waits) {
          atMs += waitMs
          if (atMs >= (needed.at(-1) ?? -Infinity) + ttlSeconds * 1_000) needed.push(atMs)
        }
        expect(times).toEqual(needed)
      }),
      { numRuns: 20 },
    )
  })

  it('asks once where many want to know at the same time', async () => {
    const bench = benchOf('cache', { answer: () => [ONE], delayMs: () => 20 })
    const records = await bench.visits(5, 'at once')
    expect(bench.asked).toHaveLength(1)
    expect(records.map(({ queries }) => queries)).toEqual([1, 0, 0, 0, 0])
    expect(records.every(({ served }) => served === ONE)).toBe(true)
  })

  it('tries what else it has kept where nobody is', async () => {
    const bench = benchOf('cache', {
      answer: () => [ONE, TWO],
      reach: (address) => (address === ONE ? refusing : serving),
    })
    const [visited] = await bench.visits(1)
    expect(visited).toMatchObject({ chosen: ONE, served: TWO })
  })

  it('keeps nothing for longer than nothing', async () => {
    const bench = benchOf('cache', { answer: () => [ONE], ttlSeconds: 0 })
    await bench.visits(3)
    expect(bench.asked).toHaveLength(3)
  })
})

describe('Happy Eyeballs', () => {
  it('asks for both, and begins with IPv6 as soon as it is there', async () => {
    const bench = benchOf('eyeballs', {
      answer: ({ type }) => (type === AAAA ? [SIX] : [ONE]),
      delayMs: (type) => (type === AAAA ? 5 : 500),
    })
    const [visited] = await bench.visits(1)
    expect(bench.asked.map(({ question }) => question.type)).toEqual([AAAA, A])
    // The other answer was still on its way when all was over.
    expect(visited).toMatchObject({ chosen: SIX, served: SIX, queries: 2 })
    expect(bench.connected).toEqual([{ address: SIX, atMs: 5 }])
  })

  it('waits a moment for IPv6, and goes on without it', async () => {
    const late = (delayMs: number) =>
      benchOf('eyeballs', {
        answer: ({ type }) => (type === AAAA ? [SIX] : [ONE]),
        delayMs: (type) => (type === AAAA ? delayMs : 10),
      })
    const patient = late(10 + RESOLUTION_DELAY_MS - 1)
    expect((await patient.visits(1))[0]).toMatchObject({ chosen: SIX })
    const gone = late(10 + RESOLUTION_DELAY_MS + 1)
    expect((await gone.visits(1))[0]).toMatchObject({ chosen: ONE })
    expect(gone.connected[0]).toEqual({ address: ONE, atMs: 10 + RESOLUTION_DELAY_MS })
  })

  it('does not wait for IPv6 that is known not to be', async () => {
    const bench = benchOf('eyeballs', { answer: ({ type }) => (type === A ? [ONE] : []) })
    expect((await bench.visits(1))[0]).toMatchObject({ chosen: ONE, served: ONE })
    expect(bench.connected).toEqual([{ address: ONE, atMs: 0 }])
  })

  it('tries the families in turn, the next one while the last is silent', async () => {
    const bench = benchOf('eyeballs', {
      answer: ({ type }) => (type === AAAA ? [SIX, SEVEN] : [ONE, TWO, THREE]),
      reach: (address) => (address === THREE ? serving : 'silence'),
    })
    const [visited] = await bench.visits(1)
    expect(bench.connected).toEqual(
      [SIX, ONE, SEVEN, TWO, THREE].map((address, index) => ({
        ...{ address, atMs: index * ATTEMPT_DELAY_MS },
      })),
    )
    expect(visited).toMatchObject({ chosen: SIX, served: THREE })
  })

  it('tries the next one at once where one is refused, and none twice', async () => {
    const bench = benchOf('eyeballs', {
      answer: ({ type }) => (type === A ? [ONE, TWO] : []),
      reach: () => refusing,
    })
    const [visited] = await bench.visits(1)
    expect(bench.connected).toEqual([
      { address: ONE, atMs: 0 },
      { address: TWO, atMs: 1 },
    ])
    expect(visited).toMatchObject({ why: 'cannot connect' })
  })
})

describe('any client', () => {
  it.each(['first', 'any', 'cache', 'eyeballs'] as const)(
    'that is sent to nobody (%s) says why',
    async (model) => {
      const bench = benchOf(model, { answer: () => [] })
      const [visited] = await bench.visits(1)
      expect(visited).toMatchObject({ why: 'no such record', tries: [] })
      expect(visited).not.toHaveProperty('chosen')
    },
  )
})

describe('a fleet', () => {
  it('is of networks that are for examples or for everybody, and each another', () => {
    const own = ['198.51.100.0/24', '203.0.113.0/24', '10.0.0.0/8', '2001:db8::/32']
    const within = own.map((text) => parsePrefix(text)!)
    for (const kind of ['v4', 'v6'] as const) {
      const networks = Array.from({ length: 10_000 }, (_, index) => networkOf(kind, index))
      expect(new Set(networks).size).toBe(networks.length)
      for (const text of networks) {
        const { octets, bits } = parsePrefix(text)!
        expect(bits).toBe(kind === 'v4' ? 24 : 56)
        const isOwn = within.some(
          (prefix) =>
            prefix.octets.length === octets.length &&
            prefix.octets.subarray(0, prefix.bits >> 3).every((octet, i) => octet === octets[i]),
        )
        expect(isOwn).toBe(true)
      }
    }
  })

  it('of one sends no network', () => {
    const [only, ...others] = createFleet('one', 50)
    expect([only!.subnet, others]).toEqual([undefined, []])
    expect(createFleet('v6', 3).map(({ subnet }) => subnet?.source)).toEqual([56, 56, 56])
  })
})

function benchOf(key: ModelKey, parts: ServerParts, draw: (index: number) => number = () => 0) {
  const clock = new TestClock()
  const { world, asked, connected } = worldOf(clock, parts)
  const [client] = createFleet('one', 1)
  const begin = (index: number) => {
    const errand = { client: client!, model: modelOf(key), name: 'www.example.test', type: A }
    return visit({ ...errand, draw: draw(index) }, world)
  }
  return {
    ...{ clock, asked, connected },
    /** One after the other, each until it is over, or all at once. */
    async visits(count: number, how: 'in turn' | 'at once' = 'in turn'): Promise<VisitRecord[]> {
      const records: Promise<VisitRecord>[] = []
      const isShort = parts.delayMs === undefined && parts.reach === undefined
      for (let index = 0; index < count; index++) {
        records.push(begin(index))
        if (how === 'in turn') await clock.advance(isShort ? 0 : 10_000)
      }
      await clock.advance(isShort ? 0 : 10_000)
      return Promise.all(records)
    },
  }
}
