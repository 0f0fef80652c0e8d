/**
 * Goal: who says in time that he is up is up, and silence is noticed, but not before it is due.
 * Method: beats on a manual clock.
 */

import { describe, expect, it } from 'vitest'

import { createTarget } from '../../../src/health/check.ts'
import { createHeartbeats, LABELS_MAX } from '../../../src/health/heartbeats.ts'
import { createAttempt } from '../../../src/health/probes/attempt.ts'
import { checkWith } from '../../support/check.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function watching() {
  const clock = new ManualClock()
  const heartbeats = createHeartbeats()
  const attempt = createAttempt({ clock, heartbeats })
  const check = checkWith({ probe: { kind: 'heartbeat' }, intervalMs: 10_000 })
  const target = createTarget('web/a', check)
  const look = () => attempt(target, new AbortController().signal, () => {})
  return { clock, heartbeats, look }
}

describe('a heartbeat', () => {
  it('is what it said, for an interval and a tenth', async () => {
    const { clock, heartbeats, look } = watching()
    heartbeats.beat('web/a', { isUp: true, evidence: 'fine', report: { load: 3 } }, clock.now())
    await clock.advance(11_000)
    expect(await look()).toEqual({ isSuccess: true, evidence: 'fine', report: { load: 3 } })
    await clock.advance(1_000)
    expect(await look()).toEqual({ isSuccess: false, evidence: 'no heartbeat for 12s' })
  })

  it('may say that its sender is down', async () => {
    const { heartbeats, look } = watching()
    heartbeats.beat('web/a', { isUp: false, evidence: 'disk full' }, 0)
    expect(await look()).toEqual({ isSuccess: false, evidence: 'disk full' })
  })

  it('of another member counts for nobody else', async () => {
    const { clock, heartbeats, look } = watching()
    await look()
    await clock.advance(11_500)
    heartbeats.beat('web/b', { isUp: true, evidence: 'fine' }, clock.now())
    expect((await look()).evidence).toBe('no heartbeat for 11s')
  })

  it('that has never come is no failure before it is due', async () => {
    const { clock, look } = watching()
    expect(await look()).toMatchObject({ isOwnFault: true, evidence: 'no heartbeat is due yet' })
    await clock.advance(11_000)
    expect((await look()).isOwnFault).toBe(true)
    await clock.advance(1)
    expect(await look()).toEqual({ isSuccess: false, evidence: 'no heartbeat for 11s' })
  })
})

describe('heartbeats', () => {
  it('are kept for so many labels and no more: those heard of last', () => {
    const heartbeats = createHeartbeats()
    const said = { isUp: true, evidence: '' }
    for (let i = 0; i < LABELS_MAX; i++) heartbeats.beat(`web/${i}`, said, 0)
    heartbeats.beat('web/0', said, 5)
    heartbeats.beat('web/more', said, 6)
    expect(heartbeats.last('web/0')?.atMs).toBe(5)
    expect(heartbeats.last('web/more')?.atMs).toBe(6)
    expect(heartbeats.last('web/1')).toBeUndefined()
  })

  it('are expected of so many labels and no more: those asked for last', () => {
    const heartbeats = createHeartbeats()
    for (let i = 0; i < LABELS_MAX; i++) heartbeats.expectedSince(`web/${i}`, 0)
    expect(heartbeats.expectedSince('web/0', 5)).toBe(0)
    expect(heartbeats.expectedSince('web/more', 6)).toBe(6)
    expect(heartbeats.expectedSince('web/more', 7)).toBe(6)
    expect(heartbeats.expectedSince('web/0', 8)).toBe(0)
    expect(heartbeats.expectedSince('web/1', 9)).toBe(9)
  })
})
