/**
 * Goal: what a run counts is what happened, what it is held to is what was promised at that moment,
 * and what is taken away as a file is all of it.
 * Method: visits spelt out; the chi-square against tables; files read back.
 */

import { describe, expect, it } from 'vitest'

import { ceilingOf, chartData, SPAN_SECONDS, spanOf } from '../../src/dashboard/lab/chart-data.ts'
import { csvOf, jsonOf } from '../../src/dashboard/lab/export.ts'
import { drawsOf, fitOf, upperTail } from '../../src/dashboard/lab/fit.ts'
import { BEAT_MS, burst, LANES, stream, UNDER_WAY_MAX } from '../../src/dashboard/lab/load.ts'
import {
  createOutage,
  ELSEWHERE_ENOUGH,
  follow,
  isSettled,
  type Outage,
  outageText,
} from '../../src/dashboard/lab/outage.ts'
import { createOutages, promisedMs } from '../../src/dashboard/lab/outages.ts'
import {
  createRun,
  mark,
  note,
  SECONDS_MAX,
  type Shares,
  VISITS_MAX,
} from '../../src/dashboard/lab/run.ts'
import type { VisitRecord } from '../../src/dashboard/lab/visitor.ts'
import { A, NOON, TestClock } from './lab-support.ts'

const [ONE, TWO, THREE] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const
const SETTINGS = {
  ...{ name: 'www.example.test', type: 'A', model: 'first', clients: 1, networks: 'one' },
}
const SHARES: Shares = new Map([
  [ONE, 0.5],
  [TWO, 0.3],
  [THREE, 0.2],
])

describe('a run', () => {
  it('counts whom DNS named, whom clients chose, and who was there', () => {
    const run = createRun(SETTINGS, NOON)
    note(run, visitOf(ONE), SHARES)
    note(run, visitOf(ONE, { values: [ONE, TWO], isSent: false }), SHARES)
    note(run, { ...visitOf(TWO, { isServed: false }) }, SHARES)
    expect(run).toMatchObject({ count: 3, chosen: 3, judged: 3, queries: 2, failed: 1 })
    expect(run.tallies.get(ONE)).toEqual({
      ...{ chosen: 2, expected: 1.5, listed: 2, served: 2, failed: 0 },
    })
    expect(run.tallies.get(TWO)).toMatchObject({ chosen: 1, listed: 2, served: 0, failed: 1 })
  })

  it('is held to the shares of each moment, across a failover', () => {
    const run = createRun(SETTINGS, NOON)
    const without = new Map([
      [ONE, 0.6],
      [TWO, 0.4],
    ])
    for (let i = 0; i < 10; i++) note(run, visitOf(ONE), i < 5 ? SHARES : without)
    const expected = [ONE, TWO, THREE].map((who) => run.tallies.get(who)!.expected)
    expect(expected.map((count) => Math.round(count * 10) / 10)).toEqual([5.5, 3.5, 1])
  })

  it('counts by the second, though visits end out of order', () => {
    const run = createRun(SETTINGS, NOON)
    for (const ms of [100, 1_100, 900, 1_200]) {
      note(run, { ...visitOf(ONE), atMs: NOON + ms }, undefined)
    }
    expect(
      run.seconds.map(({ second, chosen }) => [second - NOON / 1_000, chosen.get(ONE)]),
    ).toEqual([
      [0, 2],
      [1, 2],
    ])
  })

  it('forgets what is old, and says how much', () => {
    const run = createRun(SETTINGS, NOON)
    for (let i = 0; i < VISITS_MAX + 7; i++) {
      note(run, { ...visitOf(ONE), atMs: NOON + i * 1_000 }, SHARES)
    }
    expect([run.visits.length, run.forgotten]).toEqual([VISITS_MAX, 7])
    expect(run.seconds).toHaveLength(SECONDS_MAX)
    expect(run.tallies.get(ONE)!.chosen).toBe(VISITS_MAX + 7)
  })
})

describe('a file', () => {
  it('of JSON has the whole run', () => {
    const run = createRun(SETTINGS, NOON)
    note(run, visitOf(ONE), SHARES)
    mark(run, { atMs: NOON + 500, words: 'b stopped' })
    expect(JSON.parse(jsonOf(run, NOON + 1_000))).toMatchObject({
      ...{ format: 1, settings: SETTINGS, visits: 1, queries: 1, failed: 0, forgotten: 0 },
      startedAt: '2026-01-01T12:00:00.000Z',
      members: { [ONE]: { chosen: 1, expected: 0.5 } },
      markers: [{ at: '2026-01-01T12:00:00.500Z', words: 'b stopped' }],
      records: [{ client: 1, chosen: ONE, answers: [{ type: 'A', values: [ONE] }] }],
    })
  })

  it('of CSV has a line for each visit, and nothing that a spreadsheet would run', () => {
    const run = createRun(SETTINGS, NOON)
    note(run, visitOf(ONE, { words: '=1+1,"x"' }), undefined)
    expect(csvOf(run)).toBe(
      'at,client,subnet,queries,answer,ttl,chosen,tried,served,said,ms,failure\r\n' +
        `2026-01-01T12:00:00.000Z,1,,1,${ONE},30,${ONE},${ONE},${ONE},"'=1+1,""x""",2.0,\r\n`,
    )
  })
})

describe('the fit', () => {
  it.each([
    // Abramowitz and Stegun, table 26.8.
    [3.841, 1, 0.05],
    [5.991, 2, 0.05],
    [0.103, 2, 0.95],
    [18.307, 10, 0.05],
    [135.807, 100, 0.01],
  ])('knows how often chance is beyond %d at %i degrees', (chiSquare, freedom, chance) => {
    expect(upperTail(chiSquare, freedom)).toBeCloseTo(chance, 3)
  })

  it.each([
    [[250, 150, 100], 'exact: nobody is one answer away from its share'],
    [[254, 148, 98], '0.8 points off at most: as near as chance would be'],
    [[251, 148, 101], '0.4 points off at most: closer than chance would be'],
    [[278, 132, 90], '5.6 points off at most: chance is rarely that far off'],
    [[300, 100, 100], '10.0 points off at most: these are not the shares of the weights'],
  ])('of %j against 5 : 3 : 2 is put into words', (counted, words) => {
    expect(fitOf(counted, [250, 150, 100])!.words).toBe(words)
  })

  it('counts a draw once, however many visits follow from it', () => {
    // Fifty clients who keep to whom they have, ten visits of each.
    const kept = [[280, 130, 90] as const, [250, 150, 100] as const] as const
    expect(fitOf(...kept)!.words).toContain('chance is rarely that far off')
    expect(fitOf(...kept, 50)!.words).toContain('as near as chance would be')
    expect(fitOf(...kept, 50)!.chiSquare).toBeCloseTo(fitOf(...kept)!.chiSquare / 10)
    expect(fitOf([500, 0, 0], [250, 150, 100], 1)!.words).toContain('too few to judge')
    expect(drawsOf({ chosen: 500, queries: 500, clients: 50 }, 'sticky')).toBe(50)
    expect(drawsOf({ chosen: 500, queries: 500, clients: 50 }, 'weighted')).toBe(500)
    expect(drawsOf({ chosen: 500, queries: 7, clients: 1 }, 'weighted')).toBe(7)
    expect(drawsOf({ chosen: 500, queries: 1_000, clients: 1 }, 'rotate')).toBe(500)
  })

  it('says when it is too early, or somebody has what is not theirs', () => {
    expect(fitOf([0, 0], [0, 0])).toBeUndefined()
    expect(fitOf([5, 1], [3, 3])!.words).toContain('too few to judge')
    expect(fitOf([50, 50], [100, 0])!.words).toContain('somebody was answered who has no share')
    expect(fitOf([100], [100])).toMatchObject({ chance: 1, freedom: 0 })
  })
})

describe('an outage', () => {
  const stopped = createOutage({
    ...{ name: 'b', address: TWO, kind: 'stop', atMs: NOON, withinMs: 3_400 },
  })

  it('is over when nobody is sent there any more, as of the last that was', () => {
    let outage = stopped
    const see = (ms: number, chosen: string, served?: string) => {
      outage = follow(outage, { atMs: NOON + ms, chosen, served })
    }
    see(-5, TWO, TWO)
    see(100, TWO)
    see(900, TWO)
    see(950, ONE, ONE)
    expect(isSettled(outage)).toBe(false)
    expect(said(outage)).toBe(
      'b stopped: may still be answered; promised within 3.4 s; 2 users met nobody',
    )
    for (let i = 0; i < ELSEWHERE_ENOUGH; i++) see(1_000 + i, ONE, ONE)
    expect(isSettled(outage)).toBe(true)
    expect(said(outage)).toBe(
      'b stopped: out of the answers after 0.9 s; promised within 3.4 s; 2 users met nobody',
    )
  })

  it('of one that starts is over with its first visit', () => {
    const started = { ...stopped, kind: 'start' as const, withinMs: undefined }
    expect(said(started)).toBe('b started: not answered yet')
    const seen = follow(started, { atMs: NOON + 1_500, chosen: TWO, served: TWO })
    expect(said(seen)).toBe('b started: answered again after 1.5 s')
  })
})

describe('what is stopped and started', () => {
  const running = { name: 'b', address: TWO, isRunning: true, page: 'http://192.0.2.2:8080' }
  const stopped = { ...running, isRunning: false }
  const promises = [
    { name: 'www.example.test', answersMs: 3_400, cachesMs: 32_300 },
    { name: '*.app.example.test', answersMs: 1, cachesMs: 2 },
  ]
  const asked = { name: 'www.example.test', isCaching: false, promises }

  it('is known by who runs now and did not, as of the click where there was one', async () => {
    const clock = new TestClock()
    const outages = createOutages(clock)
    expect(outages.look([running], asked)).toEqual([])
    await clock.advance(1_000)
    outages.noteClick('b')
    await clock.advance(500)
    outages.look([stopped], asked)
    expect(outages.all()).toMatchObject([{ kind: 'stop', atMs: NOON + 1_000, withinMs: 3_400 }])
    await clock.advance(500)
    outages.look([running], asked)
    expect(outages.all()).toMatchObject([
      { kind: 'start', atMs: NOON + 2_000, isUndone: false },
      { kind: 'stop', isUndone: true },
    ])
    expect(said(outages.all()[1]!)).toBe('b stopped: was answered until the next click')
  })

  it('is told once when the answers have followed', () => {
    const outages = createOutages(new TestClock())
    outages.look([stopped], asked)
    outages.look([running], asked)
    expect(outages.follow(visitOf(ONE))).toEqual([])
    expect(outages.follow(visitOf(TWO))).toMatchObject([{ kind: 'start', seenMs: 0 }])
    expect(outages.follow(visitOf(TWO))).toEqual([])
  })

  it('is promised for caches to those who have one, and by wildcards to what is below', () => {
    expect(promisedMs({ ...asked, isCaching: true })).toBe(32_300)
    expect(promisedMs({ ...asked, name: 'Blue.App.example.test.' })).toBe(1)
    expect(promisedMs({ ...asked, name: 'docs.example.test' })).toBeUndefined()
  })
})

describe('the chart', () => {
  it('has each second of its span, and a zero where somebody had nothing', () => {
    const run = createRun(SETTINGS, NOON)
    note(run, visitOf(ONE), undefined)
    note(run, { ...visitOf(TWO, { isServed: false }), atMs: NOON + 2_500 }, undefined)
    const start = NOON / 1_000
    const data = chartData(run, [ONE, TWO], start + 3)
    expect(data).toEqual({
      times: [start, start + 1, start + 2, start + 3],
      counts: [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
      ],
      failed: [null, null, 1, null],
    })
    expect(ceilingOf(data)).toBe(5)
    expect(chartData(run, [ONE], start + 1_000).times).toHaveLength(SPAN_SECONDS + 1)
    expect(chartData(createRun(SETTINGS, NOON), [ONE], start).times).toEqual([])
  })

  it('spans the run, if that is neither short nor long', () => {
    const spanFrom = (first: number) =>
      spanOf({ times: first < 0 ? [] : [first], counts: [], failed: [] }, 1_000)
    expect(spanFrom(-1)).toEqual({ min: 970, max: 1_001 })
    expect(spanFrom(990)).toEqual({ min: 970, max: 1_001 })
    expect(spanFrom(950)).toEqual({ min: 950, max: 1_001 })
    expect(spanFrom(100)).toEqual({ min: 1_000 - SPAN_SECONDS, max: 1_001 })
  })

  it.each([
    [4, 5],
    [19, 30],
    [99, 150],
    [450, 500],
  ])('has room above %i', (highest, ceiling) => {
    expect(ceilingOf({ times: [1], counts: [[highest]], failed: [null] })).toBe(ceiling)
  })
})

describe('the load', () => {
  it('of a burst is as many as were asked for, a few at a time', async () => {
    let [begun, underWay, most] = [0, 0, 0]
    const one = async () => {
      begun++
      most = Math.max(most, ++underWay)
      await undefined
      underWay--
    }
    await burst(500, one, () => false)
    expect([begun, most]).toEqual([500, LANES])
    await burst(500, one, () => begun >= 600)
    expect(begun).toBeLessThanOrEqual(600 + LANES)
  })

  it('of a stream is its rate, until it is told to end, without catching up', async () => {
    const clock = new TestClock()
    let begun = 0
    const end = stream(20, async () => void begun++, clock)
    await clock.advance(10_000)
    expect(begun).toBe(200)
    end()
    await clock.advance(1_000)
    expect(begun).toBe(200)
  })

  it('of a stream that nobody answers stays bounded', async () => {
    const clock = new TestClock()
    let begun = 0
    stream(
      500,
      () => {
        begun++
        return new Promise(() => {})
      },
      clock,
    )
    await clock.advance(100 * BEAT_MS)
    expect(begun).toBe(UNDER_WAY_MAX)
  })
})

/** Thin spaces are hard to tell from others in a test. */
function said(outage: Outage): string {
  return outageText(outage).replaceAll('\u202f', ' ')
}

interface Parts {
  readonly values?: readonly string[]
  readonly isSent?: boolean
  readonly isServed?: boolean
  readonly words?: string
}

function visitOf(chosen: string, parts: Parts = {}): VisitRecord {
  const { values = [chosen], isSent = true, isServed = true, words = 'hello' } = parts
  return {
    ...{ atMs: NOON, client: 1, queries: isSent ? 1 : 0 },
    ...{ answers: [{ type: A, values, ttlSeconds: 30, isSent }] },
    tries: [{ address: chosen, isServed, words, ms: 1 }],
    ...{ chosen, ms: 2 },
    ...(isServed ? { served: chosen } : { why: words }),
  }
}
