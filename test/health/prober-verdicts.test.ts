/**
 * Goal: what observations lead to is told once, in order, and a doubt is looked into sooner.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { targetsWith } from '../support/check.ts'
import { gaps, proberBench, reply } from '../support/prober-bench.ts'

describe('a transition', () => {
  it('is watched in the fast interval until it is over', async () => {
    const backend = { isUp: true }
    const { clock, prober, startsOf, flips } = proberBench({ reply: () => reply(backend.isUp) })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(12_000)
    const firstFailure = startsOf(target!).length
    backend.isUp = false
    await clock.advance(30_000)

    const spans = gaps(startsOf(target!).slice(firstFailure))
    for (const span of spans.slice(0, 2)) expect(span).toBeLessThanOrEqual(1_100)
    for (const span of spans.slice(2)) expect(span).toBeGreaterThanOrEqual(4_500)
    expect(flips).toEqual(['2001:db8::1:0 unknown -> up', '2001:db8::1:0 up -> down'])
  })

  it('is reported once per change, after the observation that made it', async () => {
    const replies = [true, false, false, false, true, true]
    const events: string[] = []
    const { clock, prober } = proberBench({
      reply: () => reply(replies.shift() ?? true),
      onObservation: (_, state, { isSuccess }) =>
        events.push(`${isSuccess ? '+' : '-'} ${state.verdict}`),
      onFlip: (_, state) => events.push(`flip ${state.verdict}`),
    })
    prober.retarget(targetsWith(1))
    await clock.advance(20_000)
    expect(events.slice(0, 9)).toEqual([
      '+ up',
      'flip up',
      '- up',
      '- up',
      '- down',
      'flip down',
      '+ down',
      '+ up',
      'flip up',
    ])
  })
})
