/**
 * Goal: of those who may be answered, those take part whom the policy chooses; and it does not
 * change its mind for little.
 * Method: scenes, with reports and probe times set by name.
 */

import { describe, expect, it } from 'vitest'

import { burdenAfter } from '../../../src/control/judgement/burden.ts'
import { effectiveWeights } from '../../../src/control/judgement/weights.ts'
import { scene } from './scene.ts'

const members = 'members: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 }'

describe('failover', () => {
  const BACK = `web: { check: web, policy: failover, ${members} }`
  const STAY = `web: { check: web, policy: failover, fail_back: false, ${members} }`

  it('goes back to the first as soon as it is well', () => {
    const story = scene(BACK).believe('a', 'down')
    expect(story.v4).toBe('b=1')
    expect(story.believe('a', 'up').v4).toBe('a=1')
  })

  it('without fail-back stays with the standby while that is well', () => {
    const story = scene(STAY).believe('a', 'down')
    expect(story.v4).toBe('b=1')
    expect(story.believe('a', 'up').v4).toBe('b=1')
    expect(story.believe('b', 'down').v4).toBe('a=1')
  })

  it('without fail-back goes back once it is told', () => {
    const story = scene(STAY).believe('a', 'down').believe('a', 'up')
    expect(story.v4).toBe('b=1')
    expect(story.failBack('web').v4).toBe('a=1')
    expect(story.believe('b', 'down').v4).toBe('a=1')
  })

  it('without fail-back remembers with whom it stayed, over a restart and over a total failure', () => {
    const story = scene(STAY).believe('a', 'down').believe('a', 'up')
    const next = scene(STAY)
    next.judgements.recall(JSON.parse(JSON.stringify(story.judgements.memory())))
    expect(next.judge().v4).toBe('b=1')
    const gone = scene(STAY.replace('check: web', 'check: web, when_all_down: nodata'))
    gone.believe('a', 'down').believe('*', 'down').believe('*', 'up')
    expect(gone.v4).toBe('b=1')
  })

  it('draws from all of a tier, by weight', () => {
    const tiers = `web: { check: web, policy: failover, members: {
      a: { v4: 192.0.2.1, tier: 1, weight: 5 }, b: { v4: 192.0.2.2, tier: 1 }, c: { v4: 192.0.2.3, tier: 2 } } }`
    expect(scene(tiers).v4).toBe('a=5 b=1')
    expect(scene(tiers).believe('a', 'down').v4).toBe('b=1')
    expect(scene(tiers).believe('a', 'down').believe('b', 'down').v4).toBe('c=1')
  })
})

describe('fastest', () => {
  const FAST = `web: { check: web, policy: fastest, ${members} }`

  it('draws from those about as fast as the fastest', () => {
    const story = scene(FAST).takes('a', 100).takes('b', 110).takes('c', 300)
    expect(story.v4).toBe('a=1 b=1')
  })

  it('keeps who takes part until much slower, and lets in who is about as fast', () => {
    const story = scene(FAST).takes('c', 300).takes('a', 100).takes('b', 140)
    expect(scene(FAST).takes('c', 300).takes('b', 140).takes('a', 100).v4).toBe('a=1 b=1')
    expect(story.v4).toBe('a=1')
    expect(story.takes('b', 119).v4).toBe('a=1 b=1')
    expect(story.takes('b', 149).v4).toBe('a=1 b=1')
    expect(story.takes('b', 160).v4).toBe('a=1')
  })

  it('takes who has no time only where nobody has one', () => {
    expect(scene(FAST).v4).toBe('a=1 b=1 c=1')
    expect(scene(FAST).takes('b', 100).v4).toBe('b=1')
  })
})

describe('least-load', () => {
  const LEAST = `web: { check: web, policy: least-load, ${members} }`

  it.each([
    ['a load', { load: 10 }, { load: 20 }],
    ['open connections', { connections: 10 }, { connections: 20 }],
    ['the part of its weight that it does not want', { share: 90 }, { share: 20 }],
  ])('draws from who reports the least of %s', (_, less, more) => {
    const story = scene(LEAST).report('a', more).report('b', less).report('c', more)
    expect(story.v4).toMatch(/^b=\d+$/)
  })

  it('keeps who takes part until it is much more loaded', () => {
    const story = scene(LEAST).report('c', { load: 99 }).report('b', { load: 50 })
    story.report('a', { load: 40 })
    expect(story.v4).toBe('a=1 b=1')
    expect(story.report('b', { load: 52 }).v4).toBe('a=1')
    expect(story.report('b', { load: 48 }).v4).toBe('a=1')
    expect(story.report('b', { load: 44 }).v4).toBe('a=1 b=1')
  })
})

describe('the burden of a target', () => {
  const first = burdenAfter({ requests: 1_000, errors: 10 }, 0, undefined)

  it('is unknown after one report, and then the requests a second', () => {
    expect(first!.rate).toBeUndefined()
    expect(burdenAfter({ requests: 1_050, errors: 10 }, 5_000, first)!.rate).toBe(10)
  })

  it('takes a heartbeat that is looked at again for what it was', () => {
    const beat = { requests: 1_050, errors: 10 }
    const second = burdenAfter(beat, 5_000, first)
    expect(burdenAfter(beat, 9_000, second)).toBe(second)
    expect(burdenAfter({ ...beat, requests: 1_100 }, 10_000, second)!.rate).toBe(10)
  })

  it('counts a failed request as ten', () => {
    expect(burdenAfter({ requests: 1_050, errors: 15 }, 5_000, first)!.rate).toBe(19)
  })

  it('takes counters that have fallen to have begun at zero', () => {
    expect(burdenAfter({ requests: 20, errors: 0 }, 5_000, first)!.rate).toBe(4)
  })

  it('says nothing where no requests are counted', () => {
    expect(burdenAfter({ load: 3 }, 0, first)).toBeUndefined()
  })
})

describe('a name that draws in its own way', () => {
  it('shares the judgement of the pool, not who takes part', () => {
    const story = scene(`web: { check: web, ${members} }`, {
      name: 'clients: [{ subnet: 198.51.100.0/24, policy: failover }]',
    })
    expect([story.shows('v4', 0), story.shows('v4', 1)].sort()).toEqual(['a=1', 'a=1 b=1 c=1'])
    story.believe('a', 'down')
    expect([story.shows('v4', 0), story.shows('v4', 1)].sort()).toEqual(['b=1', 'b=1 c=1'])
  })
})

describe('effective weights', () => {
  it('are those configured while all carry their whole weight', () => {
    expect(effectiveWeights([50, 30].map((weight) => ({ weight, millionths: 1e6 })))).toEqual([
      50, 30,
    ])
  })

  it('are whole, at least one and not above a thousand, in about the same proportions', () => {
    const weights = effectiveWeights([
      { weight: 10_000, millionths: 1e6 },
      { weight: 3_333, millionths: 37 * 1e4 },
      { weight: 1, millionths: 1e5 },
    ])
    expect(weights).toEqual([1_000, 123, 1])
  })
})
