/**
 * Goal: how a member stands follows from decisions first, then from what it says of itself, then
 * from its checks; and its weight from what it has earned, keeps and asks for.
 * Method: scenes with a pool of three.
 */

import { describe, expect, it } from 'vitest'

import type { Condition } from '../../../src/health/check.ts'
import { checkWith } from '../../support/check.ts'
import { scene } from './scene.ts'

const WEB = `web: { check: web, policy: weighted,
  members: { a: { v4: 192.0.2.1, weight: 5 }, b: { v4: 192.0.2.2, weight: 3 }, c: 192.0.2.3 } }`

describe('an override', () => {
  it('up answers a member that is down', () => {
    expect(scene(WEB).believe('a', 'down').decide('web/a', 'up').v4).toBe('a=5 b=3 c=1')
  })

  it.each(['down', 'drain'] as const)('%s leaves out a member that is up', (word) => {
    const story = scene(WEB).decide('web/a', word)
    expect(story.v4).toBe('b=3 c=1')
    expect(story.why('web/a')).toBe(`override ${word}`)
  })

  it('ends by itself, and the checks decide again', () => {
    const story = scene(WEB).decide('web/a', 'drain', 60).believe('b', 'down')
    story.decide('web/b', 'up', 90)
    expect(story.after(59).v4).toBe('b=3 c=1')
    expect(story.after(1).v4).toBe('a=5 b=3 c=1')
    expect(story.after(30).v4).toBe('a=5 c=1')
  })

  it('goes before what the member says of itself', () => {
    expect(scene(WEB).report('a', { word: 'drain' }).decide('web/a', 'up').v4).toBe('a=5 b=3 c=1')
  })

  it('settles a member that is in transition', () => {
    const story = scene(WEB).believe('a', 'up in doubt')
    expect(story.ttl).toBe(5)
    expect(story.decide('web/a', 'up').ttl).toBe(30)
  })

  it('counts as healthy, or not, towards min_healthy', () => {
    const strict = WEB.replace('check: web,', 'check: web, min_healthy: 2, when_all_down: nodata,')
    const story = scene(strict).believe('a', 'down').decide('web/b', 'drain')
    expect(story.v4).toBe('')
    expect(story.decide('web/a', 'up').v4).toBe('a=5 c=1')
  })
})

describe('a report', () => {
  it.each([
    ['down', { word: 'down' }, 'reported down'],
    ['drain', { word: 'drain' }, 'reported drain'],
    ['a share of nothing', { share: 0 }, 'reported drain'],
  ] as const)('of %s leaves the member out though its checks succeed', (_, report, why) => {
    const story = scene(WEB).report('a', report)
    expect(story.v4).toBe('b=3 c=1')
    expect(story.why('web/a')).toBe(why)
  })

  it('of up does not answer a member that is down', () => {
    expect(scene(WEB).believe('a', 'down').report('a', { word: 'up' }).v4).toBe('b=3 c=1')
  })

  it('of a share gives that part of its weight', () => {
    expect(scene(WEB).report('a', { share: 40 }).v4).toBe('a=2 b=3 c=1')
    expect(scene(WEB).report('a', { share: 50 }).v4).toBe('a=5 b=6 c=2')
  })

  it('of more than its weight gives its weight', () => {
    expect(scene(WEB).report('a', { share: 250 }).v4).toBe('a=5 b=3 c=1')
  })

  it('bears on rotation too, where weights mean nothing', () => {
    const even = WEB.replace('policy: weighted', 'policy: rotate')
    expect(scene(even).report('a', { share: 50 }).v4).toBe('a=1 b=2 c=2')
  })
})

describe('shedding', () => {
  it('gives a part of the weight to the others', () => {
    const shed = WEB.replace('weight: 5 }', 'weight: 5, shed: 20% }')
    expect(scene(shed).v4).toBe('a=4 b=3 c=1')
  })
})

describe('slow start', () => {
  const SLOW = WEB.replace('check: web,', 'check: web, slow_start: 90s,')

  it('does not slow anybody at a start', () => {
    expect(scene(SLOW).v4).toBe('a=5 b=3 c=1')
    expect(scene(SLOW).believe('*', 'unknown').believe('*', 'up').v4).toBe('a=5 b=3 c=1')
  })

  it('lets a member that has come back earn its weight by tenths', () => {
    const story = scene(SLOW).believe('b', 'down').believe('b', 'up')
    expect(story.v4).toBe('a=50 b=3 c=10')
    expect(story.after(9).v4).toBe('a=50 b=3 c=10')
    expect(story.after(1).v4).toBe('a=25 b=3 c=5')
    expect(story.after(10).v4).toBe('a=50 b=9 c=10')
    expect(story.after(60).v4).toBe('a=50 b=27 c=10')
    expect(story.after(10).v4).toBe('a=5 b=3 c=1')
    expect(story.judgements.wakeAtWall()).toBe(Number.POSITIVE_INFINITY)
  })

  it('begins anew when the member falls again', () => {
    const story = scene(SLOW).believe('b', 'down').believe('b', 'up').after(80)
    expect(story.believe('b', 'down').believe('b', 'up').v4).toBe('a=50 b=3 c=10')
  })

  it('goes on over a restart', () => {
    const story = scene(SLOW).believe('b', 'down').believe('b', 'up').after(30)
    const memory = JSON.parse(JSON.stringify(story.judgements.memory()))
    const next = scene(SLOW)
    next.judgements.recall(memory)
    next.after(30).believe('*', 'up')
    expect(next.v4).toBe('a=25 b=6 c=5')
  })

  it('begins anew, and lasts no longer, where the wall clock is put back before it', () => {
    const story = scene(SLOW).believe('b', 'down').believe('b', 'up').after(50)
    expect(story.after(-86_400).judge().v4).toBe('a=50 b=3 c=10')
    expect(story.after(90).v4).toBe('a=5 b=3 c=1')
  })

  it('counts for who was down before a restart, and is seen up after it', () => {
    const story = scene(SLOW).believe('b', 'down')
    const memory = JSON.parse(JSON.stringify(story.judgements.memory()))
    const next = scene(SLOW).believe('*', 'unknown')
    next.judgements.recall(memory)
    expect(next.judge().v4).toBe('a=5 b=3 c=1')
    expect(next.believe('*', 'up').v4).toBe('a=50 b=3 c=10')
  })

  it('of one family slows the member in both, which have one weight', () => {
    const dual = (first: string, second: string) => `web: { check: web, slow_start: 90s, members: {
      a: { v4: 192.0.2.1, v6: "2001:db8::1" }, b: { ${first}, ${second} } } }`
    for (const family of ['v4', 'v6'] as const) {
      const story = scene(dual('v4: 192.0.2.2', 'v6: "2001:db8::2"'))
      story.believe(`b ${family}`, 'down').believe(`b ${family}`, 'up')
      expect([story.v4, story.v6]).toEqual(['a=10 b=1', 'a=10 b=1'])
    }
  })

  it('does not slow those who come back together with nobody beside them', () => {
    const story = scene(SLOW).believe('*', 'down').believe('*', 'up')
    expect(story.v4).toBe('a=5 b=3 c=1')
  })
})

describe('a lease', () => {
  const OPEN = WEB.replace('check: web,', 'check: web, register: { networks: [192.0.2.0/24] },')

  it('that is over leaves the member out of everything', () => {
    const story = scene(OPEN).lease('web/a', 30)
    expect(story.after(29).v4).toBe('a=5 b=3 c=1')
    expect(story.after(1).v4).toBe('b=3 c=1')
    expect(story.why('web/a')).toBe('lease expired')
    expect(story.believe('*', 'down').v4).toBe('b=3 c=1')
  })

  it('that was renewed meanwhile holds', () => {
    const story = scene(OPEN).lease('web/a', 30).after(20)
    story.lease('web/a', 30)
    expect(story.after(29).v4).toBe('a=5 b=3 c=1')
  })

  it('that is new gives its member nothing to answer until it has been probed', () => {
    const story = scene(OPEN).lease('web/a', 30).believe('a', 'unseen').believe('b', 'unseen')
    expect(story.v4).toBe('b=3 c=1')
    expect(story.why('web/a')).toBe('not probed yet')
    expect(story.believe('a', 'up').v4).toBe('a=5 b=3 c=1')
  })

  it('that is new takes nobody else down, and is the last resort where there is nobody else', () => {
    const strict = OPEN.replace('check: web,', 'check: web, min_healthy: 100%,')
    const story = scene(strict.replace('check: web,', 'check: web, when_all_down: nodata,'))
    expect(story.lease('web/a', 30).believe('a', 'unseen').v4).toBe('b=3 c=1')
    const alone = scene(OPEN).lease('web/a', 30).believe('a', 'unseen')
    expect(alone.believe('b', 'down').believe('c', 'down').v4).toBe('a=5 b=3 c=1')
  })

  it('that is over counts for no member towards min_healthy', () => {
    const strict = OPEN.replace('check: web,', 'check: web, min_healthy: 100%,')
    expect(scene(strict).lease('web/a', 1).after(1).family('web').neededCount).toBe(2)
  })
})

describe('a condition of several checks', () => {
  const check = (name: string, port: number) =>
    ({ kind: 'check', check: checkWith({ name, probe: { kind: 'tcp', port } }) }) as const
  const [http, db, mail] = [check('http', 80), check('db', 5432), check('mail', 25)]
  const atLeast = (count: number, ...of: Condition[]): Condition => ({
    kind: 'at-least',
    count,
    of,
  })
  const CONDITIONS = {
    'all of two': atLeast(2, http, db),
    'any of two': atLeast(1, http, db),
    'two of three': atLeast(2, http, db, mail),
    'one, and one of two': atLeast(2, http, atLeast(1, db, mail)),
  }
  const pool = (name: keyof typeof CONDITIONS) =>
    scene('web: { check: web, members: { a: 192.0.2.1, b: 192.0.2.2 } }', {
      conditions: { web: CONDITIONS[name] },
    })

  it.each([
    ['all of two', ['http'], 'b=1'],
    ['any of two', ['http'], 'a=1 b=1'],
    ['any of two', ['http', 'db'], 'b=1'],
    ['two of three', ['http'], 'a=1 b=1'],
    ['two of three', ['http', 'mail'], 'b=1'],
    ['one, and one of two', ['mail'], 'a=1 b=1'],
    ['one, and one of two', ['http'], 'b=1'],
    ['one, and one of two', ['db', 'mail'], 'b=1'],
  ] as const)('of %s with %j down shows %s', (name, down, expected) => {
    const story = pool(name)
    for (const which of down) story.believe(`a ${which}`, 'down')
    expect(story.v4).toBe(expected)
  })

  it('shows the evidence of the checks that decide', () => {
    const story = pool('two of three').believe('a http', 'down').believe('a mail', 'down')
    const [a, b] = story.family('web').standings
    expect(a!.evidence).toBe('http: it is down; mail: it is down')
    expect(b!.evidence).toBe('http: it is up; db: it is up; mail: it is up')
  })

  it('is in transition while any of its checks is', () => {
    expect(pool('any of two').believe('a http', 'up in doubt').ttl).toBe(5)
  })

  it('carries the worst of what its checks report', () => {
    const story = pool('any of two').report('a http', { share: 80 })
    expect(story.report('a db', { share: 50 }).v4).toBe('a=1 b=2')
    expect(story.report('a http', { word: 'drain' }).v4).toBe('b=1')
  })
})
