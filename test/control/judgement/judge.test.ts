/**
 * Goal: whatever happens to a tree of pools, nobody is answered who may not be, and judgement is a
 * function of what is known.
 * Method: random stories about three pools that lead to each other, and laws that hold after each
 * step of them.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isSameRoster } from '../../../src/balance/roster.ts'
import { isTakenOut } from '../../../src/control/judgement/standing.ts'
import { FAMILIES, type Family } from '../../../src/control/judgement/targets.ts'
import { type Scene, scene } from './scene.ts'

const POOLS = ['world', 'dc', 'sorry'] as const
const TREE = `world: { check: web, policy: weighted, slow_start: 20s, min_healthy: 2,
    when_all_down: [last_good for 30s, pool: sorry for 30s, all for 10s, nodata],
    members: { dc: { pool: dc, weight: 2 }, a: { v4: 192.0.2.1, weight: 5 },
      b: { v4: 192.0.2.2, v6: "2001:db8::2" }, s: { v4: 192.0.2.9, weight: 0 } } },
  dc: { check: web, policy: fastest, when_all_down: [pool: sorry, all],
    members: { x: 198.51.100.1, y: { v4: 198.51.100.2, v6: "2001:db8::1:2" } } },
  sorry: { check: web, policy: failover, fail_back: false, when_all_down: nodata,
    members: { p: 203.0.113.1, q: { v4: 203.0.113.2, v6: "2001:db8::2:2" } } }`

const MEMBERS = ['a', 'b', 's', 'x', 'y', 'p', 'q'] as const
const LABELS = ['world/dc', 'world/a', 'world/b', 'dc/x', 'dc/y', 'sorry/p', 'sorry/q'] as const

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      who: fc.constantFrom(...MEMBERS),
      belief: fc.constantFrom('up', 'down', 'down', 'up in doubt', 'unknown'),
    }),
  },
  fc.record({
    label: fc.constantFrom(...LABELS),
    word: fc.constantFrom('up', 'down', 'drain', 'nothing'),
    forSeconds: fc.constantFrom(undefined, 5, 40),
  }),
  fc.record({ who: fc.constantFrom(...MEMBERS), takesMs: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ who: fc.constantFrom(...MEMBERS), word: fc.constantFrom('drain', 'down', 'up') }),
  fc.record({ seconds: fc.integer({ min: 1, max: 50 }) }),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

describe('whatever happens', () => {
  it('nobody is answered who may not be, unless the ladder says so', () => {
    forStories((story) => {
      for (const pool of POOLS) for (const family of FAMILIES) expectLawful(story, pool, family)
    })
  })

  it('the same is judged from the same, and judging again changes nothing', () => {
    forStories((story) => {
      const before = story.decision.roster
      const memory = story.judgements.memory()
      story.judge()
      expect(isSameRoster(story.decision.roster, before)).toBe(true)
      expect(story.judgements.memory()).toEqual(memory)
      const fresh = story.judgements.afresh()
      for (const { pool } of story.judgements.nodes()) {
        expect(fresh(pool.config).lineups).toEqual(story.judgements.of(pool.config).lineups)
      }
    })
  })

  it('memory means the same to the next process', () => {
    forStories((story) => {
      const before = story.decision.roster
      story.judgements.recall(JSON.parse(JSON.stringify(story.judgements.memory())))
      expect(isSameRoster(story.judge().decision.roster, before)).toBe(true)
    })
  })

  it('weights are whole and from 1', () => {
    forStories((story) => {
      for (const pool of POOLS) {
        for (const { weight } of story.lineup(pool).candidates) {
          expect(Number.isInteger(weight) && weight >= 1).toBe(true)
        }
      }
    })
  })
})

function expectLawful(story: Scene, pool: string, family: Family): void {
  const judgement = story.family(pool, family)
  const { standings, ladder, healthyCount, neededCount } = judgement
  expect(ladder !== undefined).toBe(healthyCount < neededCount)
  const shown = story.lineup(pool).candidates.filter((candidate) => candidate[family])
  for (const { name, index } of shown) {
    if (ladder?.inForce.kind === 'pool') continue
    const standing = standings.find((one) => one.index === index)!
    expect(standing.name).toBe(name)
    expect(isTakenOut(standing)).toBe(false)
    if (!ladder) expect(standing.isEligible).toBe(true)
  }
  if (ladder?.inForce.kind === 'nodata') expect(shown).toEqual([])
  if (!ladder) expect(shown.length).toBeGreaterThan(0)
}

function forStories(law: (story: Scene) => void): void {
  const stories = fc.array(step, { minLength: 1, maxLength: 15 })
  fc.assert(
    fc.property(stories, (steps) => {
      const story = scene(TREE)
      for (const one of steps) {
        tell(story, one)
        law(story)
      }
    }),
    { numRuns: 60, seed: 11 },
  )
}

function tell(story: Scene, one: Step): void {
  if ('belief' in one) story.believe(one.who, one.belief)
  else if ('label' in one) story.decide(one.label, one.word, one.forSeconds)
  else if ('takesMs' in one) story.takes(one.who, one.takesMs)
  else if ('seconds' in one) story.after(one.seconds)
  else story.report(one.who, { word: one.word })
}
