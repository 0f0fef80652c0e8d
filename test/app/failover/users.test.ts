/**
 * Goal: users are what they are said to be: they keep to the TTL, share a cache where they have one,
 * and go to the next address only where they may.
 * Method: a clock that a test moves, a server that answers from a list, backends that are words.
 */

import { describe, expect, it } from 'vitest'

import { createDice } from '../../../src/base/random.ts'
import { type Answer, CachingResolver } from '../../../src/app/demo/failover/resolver.ts'
import { goOut, type Outing, type RequestRecord } from '../../../src/app/demo/failover/users.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const BOTH: Answer = { addresses: ['192.0.2.1', '192.0.2.2'], ttlSeconds: 5 }

describe('a resolver with a cache', () => {
  const open = (
    answers: (Answer | string)[],
    more: { isTurning?: boolean; keepMs?: number } = {},
  ) => {
    const clock = new ManualClock()
    const ask = async () => answers.shift() ?? 'nothing more'
    const resolver = new CachingResolver({ ask, clock, isTurning: false, ...more })
    const first = async () => {
      const found = await resolver.resolve()
      return typeof found === 'string' ? found : `${found.addresses[0]} ${found.isCached}`
    }
    return { clock, resolver, first }
  }

  it('keeps an answer for as long as its TTL, and no longer', async () => {
    const { clock, first, resolver } = open([BOTH, { addresses: ['192.0.2.9'], ttlSeconds: 5 }])
    expect(await first()).toBe('192.0.2.1 false')
    await clock.advance(4_999)
    expect(await first()).toBe('192.0.2.1 true')
    await clock.advance(1)
    expect(await first()).toBe('192.0.2.9 false')
    expect(resolver.queries).toBe(2)
  })

  it('counts the TTL from when it asked, so that slow answers are not kept too long', async () => {
    const clock = new ManualClock()
    let asked = 0
    const ask = () => {
      asked++
      return new Promise<Answer>((resolve) => void clock.after(3_000, () => resolve(BOTH)))
    }
    const resolver = new CachingResolver({ ask, clock, isTurning: false })
    const slow = resolver.resolve()
    await clock.advance(3_000)
    await slow
    await clock.advance(2_000)
    void resolver.resolve()
    await clock.advance(3_000)
    expect(asked).toBe(2)
  })

  it('asks once for all who wait', async () => {
    const { resolver } = open([BOTH])
    const found = await Promise.all([resolver.resolve(), resolver.resolve()])
    expect(found.map((one) => typeof one)).toEqual(['object', 'object'])
    expect(resolver.queries).toBe(1)
  })

  it('turns the addresses where many share it', async () => {
    const { first } = open([BOTH], { isTurning: true })
    expect([await first(), await first(), await first()]).toEqual([
      ...['192.0.2.1 false', '192.0.2.2 true', '192.0.2.1 true'],
    ])
  })

  it('keeps nothing of a failure, and says why', async () => {
    const { first } = open(['timeout', { addresses: [], ttlSeconds: 5 }, BOTH])
    expect(await first()).toBe('timeout')
    expect(await first()).toBe('the answer holds no address')
    expect(await first()).toBe('192.0.2.1 false')
  })

  it('ignores the TTL where it is told to', async () => {
    const { clock, first } = open([BOTH], { keepMs: 60_000 })
    await first()
    await clock.advance(59_000)
    expect(await first()).toBe('192.0.2.1 true')
  })
})

describe('a user', () => {
  const sent = async (more: Partial<Outing> = {}, addresses = BOTH.addresses) => {
    const clock = new ManualClock()
    const records: RequestRecord[] = []
    const user = {
      number: 3,
      dice: createDice(1),
      resolve: async () => ({ addresses, isCached: false }),
    }
    const gone = goOut(user, {
      ...{ phase: 1, requests: 4, paceMs: 1_000, isPersistent: false, clock },
      signal: new AbortController().signal,
      visit: async () => undefined,
      backendAt: (address) => (address === '192.0.2.1' ? 'a' : 'b'),
      note: (record) => records.push(record),
      ...more,
    })
    await clock.advance(10_000)
    await gone
    return records
  }
  const refused = async (address: string) =>
    address === '192.0.2.1' ? 'connection refused' : undefined

  it('sends as many requests as it should, at its pace, to the first address', async () => {
    const records = await sent()
    expect(records.map(({ servedBy }) => servedBy)).toEqual(['a', 'a', 'a', 'a'])
    const moments = records.map(({ beganWall }) => beganWall)
    const gaps = moments.slice(1).map((wall, i) => wall - moments[i]!)
    expect(Math.min(...gaps)).toBeGreaterThan(500)
    expect(Math.max(...gaps)).toBeLessThan(1_500)
  })

  it('gives up where the first address fails', async () => {
    const [record] = await sent({ visit: refused })
    expect(record).toMatchObject({ tried: ['a'], reason: 'connection refused' })
    expect(record).not.toHaveProperty('servedBy')
  })

  it('goes to the next where it may', async () => {
    const [record] = await sent({ visit: refused, isPersistent: true })
    expect(record).toMatchObject({ tried: ['a', 'b'], servedBy: 'b' })
  })

  it('ends when the test is given up', async () => {
    const giveUp = new AbortController()
    giveUp.abort()
    expect(await sent({ signal: giveUp.signal })).toEqual([])
  })
})
