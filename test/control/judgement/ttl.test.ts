/**
 * Goal: a cache never keeps an answer for longer than its mode promises.
 * Method: outlooks and scenes; the intervals of the check web are 5 s, and 1 s in transition.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { Outlook } from '../../../src/control/judgement/outlook.ts'
import { ttlOf } from '../../../src/control/judgement/ttl.ts'
import { scene } from './scene.ts'

const WEB = 'web: { check: web, members: { a: 192.0.2.1, b: 192.0.2.2 } }'
const HEALTH = { name: 'ttl: 60/1, ttl_mode: health' }

describe('mode step', () => {
  it('is the most while nobody is in transition, and else the least', () => {
    expect(scene(WEB).ttl).toBe(30)
    expect(scene(WEB).believe('a', 'up in doubt').ttl).toBe(5)
    expect(scene(WEB).believe('a', 'unknown').decision.ttlReason).toBe('in transition: web/a')
  })
})

describe('mode fixed', () => {
  it('is the most, whoever is in transition', () => {
    const story = scene(WEB, { name: 'ttl: 60/1, ttl_mode: fixed' }).believe('a', 'up in doubt')
    expect(story.ttl).toBe(60)
  })
})

describe('mode health', () => {
  it.each([
    // Three failures: the next in 4.5 s at the earliest, the others after 0.9 s each.
    ['all are up', 'up', 6],
    ['somebody has failed once', 'up in doubt', 1],
    // Two successes, one in 4.5 s and another after 0.9 s.
    ['somebody is down', 'down', 5],
    ['somebody has succeeded once', 'down in doubt', 1],
    ['somebody is unknown', 'unknown', 1],
  ] as const)('while %s is the seconds until anybody could flip', (_, belief, expected) => {
    expect(scene(WEB, HEALTH).believe('a', belief).ttl).toBe(expected)
  })

  it('stays within its range', () => {
    expect(scene(WEB, { name: 'ttl: 4/3, ttl_mode: health' }).ttl).toBe(4)
    const story = scene(WEB, { name: 'ttl: 4/3, ttl_mode: health' })
    expect(story.believe('a', 'up in doubt').ttl).toBe(3)
  })

  it('is the most where nobody is checked', () => {
    expect(scene('web: { members: [192.0.2.1] }', HEALTH).ttl).toBe(60)
  })

  it('looks at everybody in the tree', () => {
    const tree = `world: { members: { dc: { pool: dc }, x: 192.0.2.9 } },
      dc: { check: web, members: { a: 192.0.2.1 } }`
    expect(scene(tree, HEALTH).ttl).toBe(6)
    expect(scene(tree, HEALTH).believe('a', 'up in doubt').ttl).toBe(1)
  })

  it('ends before an override does, whenever the answer was given', () => {
    const story = scene('web: { members: { a: 192.0.2.1, b: 192.0.2.2 } }', HEALTH)
    story.decide('web/a', 'down', 100)
    const seen = new Set<number>()
    for (let second = 0; second < 100; second++) {
      seen.add(story.ttl)
      expect(story.ttl).toBeLessThanOrEqual(Math.max(1, 100 - second))
      story.after(1)
    }
    expect(story.v4).toBe('a=1 b=1')
    expect(story.ttl).toBe(60)
    expect([...seen]).toEqual([60, 30, 15, 7, 3, 1])
  })

  it('ends before an override in a pool below does', () => {
    const tree = 'world: { members: { dc: { pool: dc } } }, dc: { members: { a: 192.0.2.1 } }'
    expect(scene(tree, HEALTH).decide('dc/a', 'up', 20).ttl).toBe(10)
  })

  it('ends before a step of the ladder does', () => {
    const web = 'web: { check: web, members: [192.0.2.1], when_all_down: [all for 4s, nodata] }'
    const story = scene(web, HEALTH).believe('*', 'down')
    expect(story.ttl).toBe(2)
    expect(story.after(2).ttl).toBe(1)
    expect(story.after(2).v4).toBe('')
  })
})

describe('any TTL', () => {
  const outlook = fc.record({
    unsettled: fc.array(fc.constant('web/a'), { maxLength: 1 }),
    flipsInMs: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.constant(Infinity)),
    plannedWall: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
  })

  it('is a whole number of seconds within its range', () => {
    fc.assert(
      fc.property(
        outlook,
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        fc.constantFrom('step', 'health', 'fixed'),
        (shown, min, more, mode) => {
          const { seconds, wakeAtWall } = ttlOf({ min, max: min + more }, mode, shown as Outlook, 0)
          expect(Number.isInteger(seconds)).toBe(true)
          expect(seconds).toBeGreaterThanOrEqual(min)
          expect(seconds).toBeLessThanOrEqual(min + more)
          if (wakeAtWall !== undefined) expect(wakeAtWall).toBeGreaterThan(0)
        },
      ),
    )
  })
})
