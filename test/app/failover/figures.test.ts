/**
 * Goal: the figures of a failover test are what happened, and a request that failed is excused by a
 * failover alone that it falls into.
 * Method: runs that somebody has thought up; the status of a server as it would be.
 */

import { describe, expect, it } from 'vitest'

import { percentile } from '../../../src/app/demo/failover/figures.ts'
import { withDeath, withReturn } from '../../../src/app/demo/failover/window.ts'
import type { FlipStatus, Status } from '../../../src/admin/status.ts'
import { failure, figures, request, START, WINDOW } from './scene.ts'

describe('the figures of a phase', () => {
  it('count who was served by whom, how fast, and how many', () => {
    const { phases, requests, succeeded, failed } = figures([
      request(100, { tookMs: 10 }),
      request(200, { tookMs: 30, tried: ['b'], servedBy: 'b', isCached: false }),
      failure(10_500),
      request(20_100),
    ])
    expect({ requests, succeeded, failed }).toEqual({ requests: 4, succeeded: 3, failed: 1 })
    expect(phases[0]).toEqual({
      ...{ name: 'all up', running: ['a', 'b'], seconds: 10 },
      ...{ requests: 2, succeeded: 2, failed: 0, rescued: 0 },
      ...{ averageMs: 20, p95Ms: 30, requestsPerSecond: 0.2, served: { a: 1, b: 1 } },
      ...{ fromCache: 1, queries: 1 },
    })
    expect(phases[1]).toMatchObject({ requests: 1, succeeded: 0, failed: 1, served: {} })
    expect(phases[1]).not.toHaveProperty('averageMs')
  })

  it('count as rescued who was served by the next address', () => {
    const { rescued, failed } = figures([
      request(10_500, { tried: ['b', 'a'], servedBy: 'a', reason: 'connection refused' }),
    ])
    expect({ rescued, failed }).toEqual({ rescued: 1, failed: 0 })
  })

  it('take the percentile that is a measured value', () => {
    const spans = Array.from({ length: 20 }, (_, i) => i + 1)
    expect(percentile(spans, 0.95)).toBe(19)
    expect(percentile([7], 0.95)).toBe(7)
  })
})

describe('what was promised', () => {
  const isKept = (...requests: Parameters<typeof figures>[0]) => figures(requests).isKept

  it('is kept where requests fail between the kill and the end of the last cache', () => {
    expect(isKept(request(100), failure(10_000), failure(15_000))).toBe(true)
  })

  it('is kept where the kill ends a request in the middle', () => {
    expect(isKept(failure(9_990, { tookMs: 20 }))).toBe(true)
  })

  it('is broken by a request that fails before the kill, or after the last cache let go', () => {
    expect(isKept(failure(9_990, { tookMs: 5 }))).toBe(false)
    const { failures, isKept: is } = figures([failure(10_500), failure(15_001)])
    expect(is).toBe(false)
    expect(failures.map(({ isWithinWindow }) => isWithinWindow)).toEqual([true, false])
  })

  it('is broken by a request that fails later than was promised, though the server was late', () => {
    const { promisedMs } = figures([])
    const late = { ...WINDOW, letsGoWall: WINDOW.killedWall + promisedMs + 1_000 }
    const kept = (afterMs: number) => figures([failure(10_000 + afterMs)], [late]).isKept
    expect([kept(promisedMs), kept(promisedMs + 1)]).toEqual([true, false])
  })

  it('is broken in the middle of a failover by what that one does not explain', () => {
    expect(isKept(failure(10_500, { tried: ['a'] }))).toBe(false)
    expect(isKept(failure(10_500, { tried: [], reason: 'not resolved: timeout' }))).toBe(false)
  })

  it('excuses nothing where the server never noticed', () => {
    expect(figures([failure(10_500)], [UNNOTICED]).isKept).toBe(false)
  })

  it('is broken where the server never noticed, though everybody was served', () => {
    expect(figures([request(10_500)], [UNNOTICED]).isKept).toBe(false)
    expect(figures([rescued(10_500)], [UNNOTICED]).isKept).toBe(false)
  })

  it('is broken by whoever is still sent to the dead, though the next address serves him', () => {
    const { rescued: all, rescuedOutside, isKept: is } = figures([rescued(10_500), rescued(15_001)])
    expect({ all, rescuedOutside, is }).toEqual({ all: 2, rescuedOutside: 1, is: false })
    expect(figures([rescued(10_500)])).toMatchObject({ rescuedOutside: 0, isKept: true })
  })

  it('is broken by who finds nobody at the living either', () => {
    expect(isKept(failure(10_500, { tried: ['b', 'a'] }))).toBe(false)
  })
})

const UNNOTICED = { backend: 'b', phase: 1, killedWall: WINDOW.killedWall }
const rescued = (atMs: number) =>
  request(atMs, { tried: ['b', 'a'], servedBy: 'a', reason: 'connection refused' })

describe('a window', () => {
  const killed = { backend: 'b', phase: 1, killedWall: START }
  const flip = (to: string, atMs: number, more: Partial<FlipStatus> = {}): FlipStatus => ({
    ...{ at: at(atMs), members: ['web/b'], address: '127.0.0.22', from: '', to },
    ...{ evidence: 'connection refused', ...more },
  })
  const status = (flips: readonly FlipStatus[], address: object = {}) =>
    ({
      flips,
      pools: [{ name: 'web', members: [{ name: 'b', addresses: [address] }] }],
    }) as object as Status

  it('opens with the flip, and ends when the last cache lets go', () => {
    const seen = status([flip('down', 900, { lastCacheAt: at(5_900) })])
    expect(withDeath(killed, seen, 'web/b')).toEqual({
      ...killed,
      ...{ downWall: START + 900, letsGoWall: START + 5_900, evidence: 'connection refused' },
    })
  })

  it('ends later where the ledger says so', () => {
    const ledger = { lastAnswerAt: at(950), heldUntil: at(5_950), ttlSeconds: 5, resolvers: 1 }
    const seen = status([flip('down', 900, { lastCacheAt: at(5_900) })], { ledger })
    const { lastAnswerWall, letsGoWall } = withDeath(killed, seen, 'web/b')
    expect([lastAnswerWall, letsGoWall]).toEqual([START + 950, START + 5_950])
  })

  it('heeds no flip of others, or from before the kill', () => {
    const others = { ...flip('down', 900), members: ['web/a'] }
    expect(withDeath(killed, status([others, flip('down', -900)]), 'web/b')).toEqual(killed)
  })

  it('takes the first flip where there were several', () => {
    const flips = [flip('down', 1_500), flip('up', 1_200), flip('down', 900)]
    expect(withDeath(killed, status(flips), 'web/b').downWall).toBe(START + 900)
  })

  it('closes when the backend is answered again', () => {
    const started = { ...killed, startedWall: START + 9_000 }
    expect(withReturn(started, status([flip('up', 9_700)]), 'web/b').upWall).toBe(START + 9_700)
    expect(withReturn(started, status([flip('up', 8_000)]), 'web/b')).toEqual(started)
  })
})

function at(ms: number): string {
  return new Date(START + ms).toISOString()
}
