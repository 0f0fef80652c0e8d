/**
 * Goal: a pool that has failed goes down its ladder step by step, each for as long as it is of use
 * and its time lasts; and the last step always holds.
 * Method: stories told by a scene; time passes by the timers that judgement asks for.
 */

import { describe, expect, it } from 'vitest'

import { walkLadder } from '../../src/control/judgement/ladder.ts'
import { scene } from './judgement/scene.ts'

const LONG = 'when_all_down: [last_good for 10m, pool: sorry for 5m, all, nodata]'
const MEMBERS = 'members: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 }'
const SORRY = 'sorry: { check: web, members: { s: 198.51.100.1, t: 198.51.100.2 } }'

describe('a ladder', () => {
  it('is not touched while the pool is healthy', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`)
    expect(story.v4).toBe('a=1 b=1 c=1')
    expect(story.family('web').ladder).toBeUndefined()
  })

  it('goes from those who were last good to another pool, and from there to everybody', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`).believe('a', 'down')
    story.believe('b', 'down')
    expect(story.v4).toBe('c=1')
    story.believe('c', 'down')
    expect(story.v4).toBe('c=1')
    expect(story.after(599).v4).toBe('c=1')
    expect(story.after(1).v4).toBe('s=1 t=1')
    expect(story.after(299).v4).toBe('s=1 t=1')
    expect(story.after(1).v4).toBe('a=1 b=1 c=1')
    expect(story.after(86_400).v4).toBe('a=1 b=1 c=1')
  })

  it('is left at once when the pool is well, and begun anew when it fails again', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`).believe('*', 'down')
    story.believe('sorry/s', 'up')
    expect(story.after(700).v4).toBe('s=1')
    expect(story.believe('b', 'up').v4).toBe('b=1')
    expect(story.believe('b', 'down').v4).toBe('b=1')
    expect(story.family('web').ladder!.inForce.kind).toBe('last-good')
    expect(story.after(600).v4).toBe('s=1')
  })

  it('takes the time of a step from now where the wall clock is put back before the failure', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`)
    for (const who of ['a', 'b', 'c']) story.believe(who, 'down')
    story.after(-86_400).judge()
    expect(story.v4).toBe('c=1')
    expect(story.after(599).v4).toBe('c=1')
    expect(story.after(1).v4).toBe('s=1 t=1')
  })

  it('passes over a pool that has failed itself, and goes back to it once it is well', () => {
    const ladder = 'when_all_down: [pool: sorry, nodata]'
    const story = scene(`web: { check: web, ${MEMBERS}, ${ladder} }, ${SORRY}`)
    story.believe('*', 'down')
    expect(story.v4).toBe('')
    expect(story.believe('t', 'up').v4).toBe('t=1')
    expect(story.believe('t', 'down').v4).toBe('')
  })

  it('passes over those who were last good where nobody ever was', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, when_all_down: [last_good, nodata] }`)
    story.believe('*', 'unseen')
    story.judgements.recall({})
    story.believe('*', 'down')
    expect(story.v4).toBe('')
    expect(story.family('web').ladder!.rungs[0]!.reason).toBe('nobody is left who was good')
  })

  it('does not believe that who is unknown has been good', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, when_all_down: [last_good, nodata] }`)
    story.judgements.recall({})
    story.believe('*', 'unknown').believe('a', 'up').believe('*', 'down')
    expect(story.v4).toBe('a=1')
  })

  it.each([
    ['pool: sorry', 'pool: sorry', 's=1 t=1'],
    ['all', 'all', 'a=1 b=1 c=1'],
    ['last_good', 'last_good', ''],
    ['nodata', 'nodata', ''],
  ])('asks nobody for health on its last step: %s', (_, step, expected) => {
    const steps = step === 'all' ? 'all' : `pool: gone for 1s, ${step}`
    const story = scene(
      `web: { check: web, ${MEMBERS}, when_all_down: [${steps}] }, ${SORRY},
       gone: { check: web, members: [198.51.100.9] }`,
    )
    story.believe('*', 'unknown')
    story.judgements.recall({})
    story.believe('*', 'down')
    expect(story.after(3_600).v4).toBe(expected)
  })

  it('stands in for one family and not for the other that is well', () => {
    const dual = 'a: { v4: 192.0.2.1, v6: "2001:db8::1" }, b: { v4: 192.0.2.2, v6: "2001:db8::2" }'
    const sorry = 'sorry: { members: { s: { v4: 198.51.100.1, v6: "2001:db8::9" } } }'
    const story = scene(
      `web: { check: web, members: { ${dual} }, when_all_down: [pool: sorry] }, ${sorry}`,
    )
    story.believe('a v6', 'down').believe('b v6', 'down')
    expect([story.v4, story.v6]).toEqual(['a=1 b=1', 'sorry=1(s=1)'])
  })

  it('does not lead to a family that the pool never had', () => {
    const sorry = 'sorry: { members: { s: { v4: 198.51.100.1, v6: "2001:db8::9" } } }'
    const story = scene(
      `web: { check: web, ${MEMBERS}, when_all_down: [pool: sorry] }, ${sorry}`,
    ).believe('*', 'down')
    expect([story.v4, story.v6]).toEqual(['sorry=1(s=1)', ''])
  })

  it('leaves out whom an operator took out, on every step', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`)
    story.believe('*', 'down').decide('web/a', 'drain').decide('web/b', 'down')
    expect(story.v4).toBe('c=1')
    expect(story.after(900).v4).toBe('c=1')
    expect(story.decide('web/c', 'drain').v4).toBe('')
  })

  it('wakes nobody before its next step is due', () => {
    const story = scene(`web: { check: web, ${MEMBERS}, ${LONG} }, ${SORRY}`).believe('*', 'down')
    const { nowWall } = story.facts()
    expect(story.judgements.wakeAtWall() - nowWall).toBe(600_000)
    expect(story.believe('a', 'up').judgements.wakeAtWall()).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('walkLadder', () => {
  it('counts the times of steps together, those of no use included', () => {
    const steps = [
      { kind: 'last-good', forMs: 10 },
      { kind: 'pool', pool: 'x', forMs: 20 },
      { kind: 'all', forMs: 5 },
      { kind: 'nodata' },
    ] as const
    const isUsed = (used: readonly string[]) => (nowWall: number) =>
      walkLadder(steps, 1_000, 1_000 + nowWall, ({ kind }) =>
        used.includes(kind) ? undefined : 'none',
      ).inForce.kind
    const all = isUsed(['last-good', 'pool', 'all'])
    expect([0, 9, 10, 29, 30, 34, 35].map(all)).toEqual([
      ...['last-good', 'last-good', 'pool', 'pool', 'all', 'all', 'nodata'],
    ])
    expect([0, 29, 30].map(isUsed(['pool', 'all']))).toEqual(['pool', 'pool', 'all'])
    expect([0, 34, 35].map(isUsed(['all']))).toEqual(['all', 'all', 'nodata'])
  })

  it('gives the last step no end, whatever is written', () => {
    const steps = [
      { kind: 'last-good', forMs: 10 },
      { kind: 'all', forMs: 10 },
    ] as const
    expect(walkLadder(steps, 0, 1_000, () => undefined)).toMatchObject({
      inForce: { kind: 'all' },
      rungs: [{ state: 'over' }, { state: 'in force' }],
    })
  })

  it('shows how every step fared', () => {
    const steps = [{ kind: 'last-good', forMs: 10 }, { kind: 'all' }, { kind: 'nodata' }] as const
    const { rungs, untilWall } = walkLadder(steps, 0, 5, () => undefined)
    expect(rungs.map(({ state }) => state)).toEqual(['in force', 'not reached', 'not reached'])
    expect(untilWall).toBe(10)
    const later = walkLadder(steps, 0, 50, () => 'none')
    expect(later.rungs.map(({ state }) => state)).toEqual(['over', 'of no use', 'in force'])
  })
})
