/**
 * Goal: each probe is counted once, under its check, by how it came out and by its time; and however
 * many checks there are, what is kept of them is bounded.
 * Method: a prober on a manual clock, whose probes take the time and come out as the test says.
 */

import { describe, expect, it } from 'vitest'

import {
  CHECKS_COUNTED_MAX,
  OTHER_CHECKS,
  PROBE_BOUNDS_MS,
  type ProbeCount,
  ProbeCounts,
} from '../../src/health/probe-counts.ts'
import { ownFault } from '../../src/health/probes/probe.ts'
import { targetsWith } from '../support/check.ts'
import { proberBench, reply } from '../support/prober-bench.ts'

describe('the probes of a check', () => {
  it.each([
    ['success', 20, reply(true), { '25': 1 }],
    ['failure', 2.5, reply(false), { '2.5': 1 }],
    ['timeout', undefined, reply(true), { '2500': 1 }],
    ['own_fault', 20, ownFault('no route'), {}],
  ] as const)('are counted that end in %s', async (outcome, latencyMs, said, buckets) => {
    const { clock, prober } = proberBench({ latencyMs, reply: () => said })
    prober.retarget(targetsWith(1, { name: 'api' }))
    expect(prober.counters().byCheck.get('api')!.outcomes[outcome]).toBe(0)
    await clock.advance(2_000)

    const { byCheck, attempts } = prober.counters()
    const ended = outcome === 'timeout' ? 1 : attempts - prober.counters().inFlight
    expect([...byCheck.keys()]).toEqual(['api'])
    const count = byCheck.get('api')!
    expect(count.outcomes).toEqual({
      ...{ success: 0, failure: 0, timeout: 0, own_fault: 0 },
      [outcome]: ended,
    })
    const bounds = bucketsOf(count)
    expect(Object.keys(bounds)).toEqual(Object.keys(buckets))
    expect(sum(Object.values(bounds))).toBe(outcome === 'own_fault' ? 0 : ended)
    const eachMs = outcome === 'own_fault' ? 0 : (latencyMs ?? 2_000)
    expect(count.sumMs).toBe(ended * eachMs)
  })

  it('go on being counted over a reload, and are forgotten with their check', async () => {
    const { clock, prober } = proberBench()
    prober.retarget([
      ...targetsWith(1, { name: 'old' }),
      ...targetsWith(1, { name: 'api', rise: 1 }),
    ])
    await clock.advance(100)
    prober.retarget([
      ...targetsWith(1, { name: 'api', rise: 1 }),
      ...targetsWith(1, { name: 'new' }),
    ])

    const { byCheck } = prober.counters()
    expect([...byCheck.keys()]).toEqual(['api', 'new'])
    expect(byCheck.get('api')!.outcomes.success).toBe(1)
  })
})

describe('counts of more checks than are kept apart', () => {
  it('are those of the first, and one of all others', () => {
    const names = Array.from({ length: CHECKS_COUNTED_MAX + 50 }, (_, index) => `check-${index}`)
    const counts = new ProbeCounts()
    counts.take(new Set(names))
    for (const name of names) counts.note(name, 'success', 1)
    counts.note('not taken', 'failure', 1e6)

    expect(counts.all.size).toBe(CHECKS_COUNTED_MAX + 1)
    expect(counts.all.get('check-0')!.outcomes).toMatchObject({ success: 1, failure: 0 })
    const others = counts.all.get(OTHER_CHECKS)!
    expect(others.outcomes).toMatchObject({ success: 50, failure: 1 })
    expect(others.buckets[PROBE_BOUNDS_MS.length]).toBe(1)
  })

  it('leave out nobody who is there alone', () => {
    const counts = new ProbeCounts()
    counts.take(new Set(['web']))
    counts.note('not taken', 'success', 1)
    expect([...counts.all.keys()]).toEqual(['web'])
  })
})

/** How many probes in each bucket that holds any, by its bound. */
function bucketsOf({ buckets }: ProbeCount): Record<string, number> {
  const bounded = PROBE_BOUNDS_MS.map((bound, index) => [bound, buckets[index]!] as const)
  return Object.fromEntries(bounded.filter(([, count]) => count > 0))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
