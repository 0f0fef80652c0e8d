/**
 * Goal: a row says in one word how an address stands, and whoever is in trouble is found among many.
 * Method: members as the server tells them, one thing changed at a time.
 */

import { describe, expect, it } from 'vitest'

import type { AddressStatus, OverrideStatus, PoolStatus } from '../../src/admin/status.ts'
import { nothingText, openPools, soughtPools } from '../../src/dashboard/model/finding.ts'
import { censusOf, censusText, poolViews, titleText } from '../../src/dashboard/model/pools.ts'
import { standingOf } from '../../src/dashboard/model/standing.ts'
import { addressOf, isoOf, ledBy, memberOf, NOON, statusOf } from './statuses.ts'

const DRAIN: OverrideStatus = {
  ...{ pool: 'web', member: 'a', word: 'drain', reason: 'disk swap', author: 'ana' },
  since: isoOf(NOON),
}
const NOT_YET = { spanMs: 0, turns: new Map<string, number>() }

describe('how an address stands', () => {
  it.each<[string, Partial<AddressStatus>, string, string | undefined]>([
    ['is well', {}, 'up', undefined],
    ['has failed', { verdict: 'down', isServing: false, why: 'down' }, 'down', undefined],
    ['is the last resort', { verdict: 'down' }, 'down', 'but answered'],
    ['is not probed yet', { verdict: 'unknown' }, 'unknown', undefined],
    ['stands by', { isServing: false }, 'up', 'not in turn'],
    ['says so itself', { isServing: false, why: 'reported drain' }, 'up', 'reported drain'],
  ])('that %s', (_, own, word, note) => {
    const standing = standingOf({}, addressOf(own))
    expect([standing.word, standing.note]).toEqual([word, note])
  })

  it('that nobody checks', () => {
    const { verdict: _, ...unchecked } = addressOf()
    expect(standingOf({}, unchecked)).toMatchObject({ word: 'unchecked', tone: 'soft' })
  })

  it.each([
    ['drain', 'drained'],
    ['down', 'forced down'],
    ['up', 'forced up'],
  ])('that an operator decided about: %s', (word, shown) => {
    const { word: said, tone } = standingOf({ override: { ...DRAIN, word } }, addressOf())
    expect([said, tone]).toEqual([shown, 'wait'])
  })
})

describe('shares', () => {
  it('are parts of what the family led, since the start and of late', () => {
    const answered = { spanMs: 60_000, turns: new Map(Object.entries({ 'web/a/v4': 3 })) }
    const [pool] = poolViews(ledBy({ a: 60, b: 40 }), answered)
    expect(pool!.rows.map(({ sinceStart, ofLate }) => [sinceStart, ofLate])).toEqual([
      [60, 100],
      [40, 0],
    ])
  })

  it('are unknown where nobody was answered', () => {
    const [pool] = poolViews(ledBy({ a: 0 }), NOT_YET)
    expect(pool!.rows[0]).not.toHaveProperty('sinceStart')
    expect(pool!.rows[0]).not.toHaveProperty('ofLate')
  })
})

describe('many pools', () => {
  const views = poolViews(manyPools(300), NOT_YET)

  it('are counted by how their members stand', () => {
    const census = censusOf(views)
    expect(census).toEqual({ rows: 300, up: 298, down: 1, other: 1, pools: 300, failed: 0 })
    expect(censusText(census)).toBe('298 up, 1 down, 1 other')
    expect(censusText(censusOf([]))).toBe('none')
  })

  it('are told by the title of the page where something is wrong', () => {
    const census = censusOf(views)
    expect(titleText(census, true)).toBe('1 down · Rota')
    expect(titleText({ ...census, failed: 2 }, true)).toBe('2 failed, 1 down · Rota')
    expect(titleText(census, false)).toBe('connection lost · Rota')
    expect(titleText(censusOf([]), true)).toBe('Rota')
  })

  it('are folded but for those in trouble, and as the reader decides', () => {
    const wanted = { words: '', isTroubleOnly: false }
    expect([...openPools(views, new Map(), wanted)]).toEqual(['pool-7', 'pool-9'])
    const decided = new Map(Object.entries({ 'pool-7': false, 'pool-1': true }))
    expect([...openPools(views, decided, wanted)]).toEqual(['pool-9', 'pool-1'])
    expect(openPools(views.slice(0, 20), new Map(), wanted).size).toBe(20)
  })

  it('are no longer than a page, however many are in trouble or found', () => {
    const drowned = views.map((view) => ({ ...view, isTroubled: true }))
    expect(openPools(drowned, new Map(), { words: '', isTroubleOnly: false }).size).toBe(120)
    expect(openPools(views, new Map(), { words: 'p', isTroubleOnly: false }).size).toBe(120)
  })

  it('are found by words, all of which must be there, and by trouble', () => {
    const found = (words: string, isTroubleOnly = false) =>
      soughtPools(views, { words, isTroubleOnly }).map(({ name }) => name)
    expect(found('')).toHaveLength(300)
    expect(found('pool-29 ')).toHaveLength(11)
    expect(found('POOL-7/a drained')).toEqual(['pool-7'])
    expect(found('', true)).toEqual(['pool-7', 'pool-9'])
    expect(found('nowhere')).toEqual([])
    expect(nothingText({ words: ' nowhere', isTroubleOnly: true })).toBe(
      'Nobody in trouble has “nowhere” in it.',
    )
  })
})

/** Pools of one member each; the member of one is drained, that of another is down. */
function manyPools(count: number) {
  const [pool] = statusOf([memberOf('a')]).pools
  const drained = memberOf('a', { override: DRAIN })
  const down = memberOf('a', { addresses: [addressOf({ verdict: 'down', isServing: false })] })
  const pools = Array.from({ length: count }, (_, index): PoolStatus => {
    const members = [index === 7 ? drained : index === 9 ? down : memberOf('a')]
    return { ...pool!, name: `pool-${index}`, members }
  })
  return statusOf([], { pools })
}
