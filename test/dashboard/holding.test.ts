/**
 * Goal: "safe to stop" is said when the ledger says so and not before; countdowns end at zero.
 * Method: what status and ledger tell of one address, at moments before and after.
 */

import { describe, expect, it } from 'vitest'

import { holdingOf, hostHolding, settlingFlips } from '../../src/dashboard/model/holding.ts'
import type { LedgerEntry } from '../../src/dashboard/model/told.ts'
import { addressOf, flipOf, isoOf, NOON } from './statuses.ts'

const LEDGER = {
  lastAnswerAt: isoOf(NOON - 10_000),
  ttlSeconds: 30,
  heldUntil: isoOf(NOON + 20_000),
  resolvers: 12,
}
const OUT = addressOf({ isServing: false, why: 'override drain', ledger: LEDGER })
const ENTRY: LedgerEntry = {
  ...{ pool: 'web', member: 'a', family: 'v4', address: '192.0.2.1', isServing: false },
  ...LEDGER,
  isSafe: false,
}

describe('who may still come', () => {
  it('is not counted down while it is answered, or where nothing is known', () => {
    expect(holdingOf(addressOf({ ledger: LEDGER }), undefined, NOON)).toBeUndefined()
    expect(holdingOf(addressOf({ isServing: false }), undefined, NOON)).toBeUndefined()
  })

  it('comes until the last cache lets go', () => {
    expect(holdingOf(OUT, ENTRY, NOON)).toEqual({
      ...{ isSafe: false, leftMs: 20_000, part: 2 / 3, untilMs: NOON + 20_000 },
      ...{ lastAnswerMs: NOON - 10_000, ttlSeconds: 30, resolvers: 12 },
    })
  })

  it('is waited for by the longest TTL, though a shorter one was answered last', () => {
    const short = { ...ENTRY, ttlSeconds: 5 }
    expect(holdingOf(OUT, short, NOON)).toMatchObject({ part: 2 / 3, ttlSeconds: 5 })
  })

  it('is nobody only when the ledger says so, not by the clock alone', () => {
    const later = NOON + 20_000
    expect(holdingOf(OUT, undefined, later)).toMatchObject({ leftMs: 0, isSafe: false })
    expect(holdingOf(OUT, ENTRY, later)).toMatchObject({ leftMs: 0, isSafe: false })
    expect(holdingOf(OUT, { ...ENTRY, isSafe: true }, later)).toMatchObject({ isSafe: true })
    expect(holdingOf(OUT, { ...ENTRY, isSafe: true }, NOON)).toMatchObject({ isSafe: false })
  })

  it('is not nobody by a ledger that is older than the status', () => {
    const old = { ...ENTRY, isSafe: true, heldUntil: isoOf(NOON - 60_000) }
    expect(holdingOf(OUT, old, NOON + 20_000)).toMatchObject({ isSafe: false })
  })

  it('comes by records that lead there, of which no clock says when they end', () => {
    const ledBy = ['HTTPS of www.example.test']
    const led = holdingOf(OUT, { ...ENTRY, ledBy }, NOON)
    expect(led).toMatchObject({ ledBy, isSafe: false })
    expect(hostHolding([led])).toEqual({ isSafe: false })
  })

  it('comes by others who answer its address, whoever has let go of this one', () => {
    const named = (others: readonly string[], moreOthers?: number) =>
      holdingOf(OUT, { ...ENTRY, isSafe: true, others, ...(moreOthers && { moreOthers }) }, NOON)
    expect(named(['all/a'])).toMatchObject({ others: ['all/a'], otherCount: 1 })
    expect(named(['all/a', 'main/a'], 7)).toMatchObject({ otherCount: 9 })
    expect(holdingOf(OUT, ENTRY, NOON)).not.toHaveProperty('others')
  })

  it('is nobody where it was never answered', () => {
    const { lastAnswerAt: _a, ttlSeconds: _t, heldUntil: _h, ...never } = ENTRY
    const holding = holdingOf(OUT, { ...never, resolvers: 0, isSafe: true }, NOON)
    expect(holding).toEqual({ isSafe: true, leftMs: 0, part: 0 })
  })
})

describe('a host of several addresses', () => {
  const free = holdingOf(OUT, { ...ENTRY, isSafe: true }, NOON + 20_000)
  const held = holdingOf(OUT, ENTRY, NOON)

  it('is safe to stop when all of them are', () => {
    expect(hostHolding([free, free])).toEqual({ isSafe: true, safeAtMs: NOON + 20_000 })
    expect(hostHolding([free, held]).isSafe).toBe(false)
  })

  it('waits for the last of them', () => {
    const longer = holdingOf(OUT, { ...ENTRY, heldUntil: isoOf(NOON + 45_000) }, NOON)
    expect(hostHolding([held, longer]).safeAtMs).toBe(NOON + 45_000)
  })

  it('waits for more than time where others answer one of them, or nothing is known of it', () => {
    const shared = holdingOf(OUT, { ...ENTRY, isSafe: true, others: ['all/a'] }, NOON + 20_000)
    expect(hostHolding([free, shared])).toEqual({ isSafe: false })
    expect(hostHolding([free, undefined])).toEqual({ isSafe: false })
  })
})

describe('flips that caches have not heard of', () => {
  it('are those whose last cache is still to come, the longest first', () => {
    const until = (ms: number) => flipOf({ lastCacheAt: isoOf(NOON + ms) })
    const settling = settlingFlips(
      [until(10_000), flipOf(), until(30_000), until(5_000)],
      NOON + 5_000,
    )
    expect(settling.map(({ leftMs }) => leftMs)).toEqual([25_000, 5_000])
    expect(settling[1]!.part).toBe(0.5)
  })
})
