/**
 * Goal: every target is observed in its time, evenly, never twice at once, and nothing can hang.
 * Method: a manual clock, a seeded generator, and probes that answer when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { createDice, type Random, roll } from '../../src/base/random.ts'
import { createTarget, type Target } from '../../src/health/check.ts'
import { nextStartMs } from '../../src/health/pace.ts'
import { faultOutcome } from '../../src/health/probes/faults.ts'
import { failure, type Outcome, type Probe, success } from '../../src/health/probes/probe.ts'
import { createProber, type Prober, type ProberOptions } from '../../src/health/prober.ts'
import { checkWith, targetsWith } from '../support/check.ts'
import { ManualClock } from '../support/manual-clock.ts'

const SEEDS = [1, 2, 3, 5, 8]

describe('the pace', () => {
  it.each(SEEDS)(
    'keeps an interval of 5 s within a tenth, and varies it (seed %i)',
    async (seed) => {
      const { clock, prober, startsOf } = bench({ seed })
      const [target] = targetsWith(1)
      prober.retarget([target!])
      await clock.advance(300_000)
      // The first leads onto the course, however soon that comes.
      const spans = gaps(startsOf(target!).slice(1))
      expect(spans.length).toBeGreaterThan(50)
      expect(Math.min(...spans)).toBeGreaterThanOrEqual(4_500)
      expect(Math.max(...spans)).toBeLessThanOrEqual(5_500)
      expect(new Set(spans).size).toBeGreaterThan(40)
    },
  )

  it.each(SEEDS)('looks at new targets at once, and then spread (seed %i)', async (seed) => {
    const { clock, prober, starts } = bench({ seed })
    prober.retarget(targetsWith(100))
    await clock.advance(5_500)
    expect(new Set(starts.filter(({ atMs }) => atMs === 0).map(({ key }) => key)).size).toBe(100)
    for (let second = 1; second < 5; second++) {
      const inSecond = starts.filter(({ atMs }) => Math.floor(atMs / 1_000) === second)
      expect(inSecond.length).toBeGreaterThanOrEqual(12)
      expect(inSecond.length).toBeLessThanOrEqual(28)
    }
  })

  it('does not let two servers with the same targets probe in step', async () => {
    const [one, other] = [bench({ seed: 1 }), bench({ seed: 2 })]
    for (const { prober } of [one, other]) prober.retarget(targetsWith(10))
    for (const { clock } of [one, other]) await clock.advance(5_000)
    const shared = one.starts.filter(
      ({ atMs }) => atMs > 0 && other.starts.some((start) => start.atMs === atMs),
    )
    expect(shared).toEqual([])
  })

  it('looks at a newcomer among many at once', async () => {
    const { clock, prober, startsOf } = bench()
    const targets = targetsWith(1_000)
    prober.retarget(targets.slice(0, 999))
    await clock.advance(60_000)
    prober.retarget(targets)
    await clock.advance(0)
    expect(startsOf(targets[999]!)).toEqual([60_000])
  })

  it('never starts twice the mean of 10,000 observed targets in any tenth of a second', async () => {
    const { clock, prober, starts } = bench({ latencyMs: 0 })
    const targets = targetsWith(10_000)
    prober.retarget(targets)
    await clock.advance(15_000)
    const mean = targets.length / 50
    expect(Math.max(...tenths(starts, 100, 15_000))).toBeLessThanOrEqual(2 * mean)
  })

  it('is as even after the volley of a first round', async () => {
    const { clock, prober, starts } = bench({ latencyMs: 0 })
    prober.retarget(targetsWith(2_000))
    void prober.firstRound(10_000)
    await clock.advance(20_000)
    expect(starts.filter(({ atMs }) => atMs === 0)).toHaveLength(2_000)
    expect(Math.max(...tenths(starts, 100, 20_000))).toBeLessThanOrEqual(2 * (2_000 / 50))
  })

  it('spreads targets again after the process stood still for longer than an interval', async () => {
    const { clock, prober, starts } = bench({ latencyMs: 0 })
    prober.retarget(targetsWith(1_000))
    await clock.advance(20_000)
    clock.freeze(60_000)
    await clock.advance(20_000)
    expect(Math.max(...tenths(starts, 80_100, 100_000))).toBeLessThanOrEqual(2 * (1_000 / 50))
  })

  it('waits with one timer, however many targets there are', async () => {
    const { clock, prober } = bench({ latencyMs: undefined })
    prober.retarget(targetsWith(500))
    for (let step = 0; step < 20; step++) {
      expect(clock.pendingCount).toBe(1)
      await clock.advance(333)
    }
  })
})

describe('the timer', () => {
  it('is moved, not doubled, when somebody comes who is due before all others', async () => {
    const { clock, prober } = bench()
    const hourly = { intervalMs: 3_600_000 }
    prober.retarget(targetsWith(1, hourly))
    await clock.advance(3_600_000)
    prober.retarget([...targetsWith(1, hourly), createTarget('192.0.2.1', checkWith())])
    expect(clock.pendingCount).toBe(1)
    await clock.advance(5_500)
    expect(prober.counters().attempts).toBeGreaterThanOrEqual(2)
  })
})

describe('a transition', () => {
  it('is watched in the fast interval until it is over', async () => {
    const backend = { isUp: true }
    const { clock, prober, startsOf, flips } = bench({ reply: () => reply(backend.isUp) })
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
    const { clock, prober } = bench({
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

describe('the pace of one target', () => {
  const steady = () => 0.5

  it('runs from due to due, so that a late start shifts nothing', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 1_800, endedMs: 1_900 }, 5_000, steady)).toBe(
      6_000,
    )
  })

  it('begins anew, within one interval, after a whole interval was missed', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 9_000, endedMs: 9_100 }, 5_000, steady)).toBe(
      11_500,
    )
  })

  it('never goes back behind the end of the probe, so that nobody jumps the queue', () => {
    expect(nextStartMs({ dueMs: 1_000, startedMs: 1_000, endedMs: 9_000 }, 5_000, steady)).toBe(
      9_000,
    )
  })
})

describe('a probe', () => {
  it('that hangs and ignores its signal fails at its deadline', async () => {
    const { clock, prober, observations } = bench({ latencyMs: undefined })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    const done = prober.firstRound(60_000)
    await clock.advance(1_999)
    expect(observations).toEqual([])
    await clock.advance(1)
    await done
    expect(observations).toEqual([
      { isSuccess: false, atMs: 2_000, elapsedMs: 2_000, evidence: 'timed out after 2s' },
    ])
    expect(prober.state(target!.key)).toMatchObject({ verdict: 'down', sinceMs: 2_000 })
    expect(prober.counters().timeouts).toBe(1)
  })

  it('is told by its signal, and says how far it had come', async () => {
    let wasAborted = false
    const { clock, prober, observations } = bench({
      attempt: (_, signal, onStage) => {
        onStage('connected, no answer')
        signal.addEventListener('abort', () => (wasAborted = true))
        return new Promise(() => {})
      },
    })
    prober.retarget(targetsWith(1))
    await clock.advance(7_000)
    expect(wasAborted).toBe(true)
    expect(observations[0]!.evidence).toBe('timed out after 2s: connected, no answer')
  })

  it('that ends after its deadline is not heard any more', async () => {
    const { clock, prober, observations } = bench({ latencyMs: 2_500 })
    prober.retarget(targetsWith(1))
    void prober.firstRound(60_000)
    await clock.advance(2_600)
    expect(observations.map(({ evidence }) => evidence)).toEqual(['timed out after 2s'])
  })

  it('whose answer came while the process stood still over its deadline is heard', async () => {
    const { clock, prober } = bench({ latencyMs: 2_001 })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(0)
    clock.freeze(3_000)
    await clock.advance(0)
    expect(prober.state(target!.key)!.verdict).toBe('up')
    expect(prober.counters().timeouts).toBe(0)
  })

  it('that brought no answer either while the process stood still is over after that', async () => {
    const { clock, prober } = bench({ latencyMs: undefined })
    prober.retarget(targetsWith(2))
    await clock.advance(0)
    clock.freeze(3_000)
    await clock.advance(0)
    expect(prober.counters()).toMatchObject({ timeouts: 2 })
  })

  it('that this machine could not make changes no verdict, and is counted', async () => {
    const own = faultOutcome(Object.assign(new Error('connect'), { code: 'EMFILE' }))
    const replies = [reply(true)]
    const { clock, prober, observations, flips } = bench({ reply: () => replies.pop() ?? own })
    const [target] = targetsWith(1)
    prober.retarget([target!])
    await clock.advance(60_000)
    expect(flips).toHaveLength(1)
    expect(observations).toHaveLength(1)
    expect(prober.state(target!.key)).toMatchObject({ verdict: 'up', streak: 0 })
    expect(prober.counters().ownFaults).toBeGreaterThan(8)
  })

  it('that throws or rejects is a failed observation', async () => {
    const faults: Probe[] = [
      () => Promise.reject(new Error('no such thing')),
      () => {
        throw new Error('no such thing')
      },
    ]
    for (const attempt of faults) {
      const { clock, prober, observations } = bench({ attempt })
      prober.retarget(targetsWith(1))
      await clock.advance(5_000)
      expect(observations[0]).toMatchObject({
        isSuccess: false,
        evidence: 'probe broke: no such thing',
      })
    }
  })

  it('that succeeds says how long it took', async () => {
    const { clock, prober, observations } = bench({ latencyMs: 1.25 })
    prober.retarget(targetsWith(1))
    await clock.advance(5_000)
    expect(observations[0]).toMatchObject({ elapsedMs: 1.25, evidence: 'connected in 1.3 ms' })
  })

  it('is alone at its target even where it outlasts the interval', async () => {
    const { clock, prober, starts, mostInFlight } = bench({ latencyMs: 1_500 })
    prober.retarget(targetsWith(1, { intervalMs: 1_000 }))
    await clock.advance(30_000)
    expect(mostInFlight()).toBe(1)
    expect(starts.length).toBeGreaterThan(15)
  })
})

describe('the limit of probes in flight', () => {
  it('is never exceeded, starves nobody, and is counted', async () => {
    const { clock, prober, startsOf, mostInFlight } = bench({ latencyMs: 900, inFlightMax: 10 })
    const targets = targetsWith(100)
    prober.retarget(targets)
    await clock.advance(120_000)
    expect(mostInFlight()).toBe(10)
    expect(prober.counters().limitHits).toBeGreaterThan(0)
    // One interval until it is due again, then the turns of all the others: 100 × 0.9 s in tens.
    for (const target of targets) {
      expect(Math.max(...gaps(startsOf(target)))).toBeLessThanOrEqual(5_500 + 9_000)
      expect(startsOf(target).length).toBeGreaterThan(8)
    }
  })

  it('counts nothing where it is not met', async () => {
    const { clock, prober } = bench({ inFlightMax: 10, latencyMs: 1 })
    prober.retarget(targetsWith(100))
    await clock.advance(10_000)
    const { limitHits } = prober.counters()
    await clock.advance(60_000)
    expect(prober.counters()).toMatchObject({ limitHits, timeouts: 0, targets: 100 })
  })
})

describe('the first round', () => {
  it('asks everybody at once and ends when all have answered', async () => {
    const { clock, prober, starts } = bench({ latencyMs: 30 })
    const targets = targetsWith(50)
    prober.retarget(targets)
    const round = watched(prober.firstRound(2_000))
    await clock.advance(29)
    expect(starts).toHaveLength(50)
    expect(round.isOver).toBe(false)
    await clock.advance(1)
    expect(round.isOver).toBe(true)
    expect(targets.every(({ key }) => prober.state(key)!.verdict === 'up')).toBe(true)
  })

  it('ends with its budget where somebody hangs', async () => {
    const { clock, prober } = bench({ latencyMs: undefined })
    prober.retarget(targetsWith(3))
    const round = watched(prober.firstRound(500))
    await clock.advance(499)
    expect(round.isOver).toBe(false)
    await clock.advance(1)
    expect(round.isOver).toBe(true)
  })

  it('goes on under the limit after its budget, until all are observed', async () => {
    const { clock, prober, observations } = bench({ latencyMs: 400, inFlightMax: 2 })
    prober.retarget(targetsWith(6))
    const round = watched(prober.firstRound(500))
    await clock.advance(500)
    expect(round.isOver).toBe(true)
    expect(observations).toHaveLength(2)
    await clock.advance(700)
    expect(observations).toHaveLength(6)
  })

  it('of nobody is over at once', async () => {
    await bench().prober.firstRound(1_000)
  })

  it('does not wait for a target that has been taken away', async () => {
    const { clock, prober } = bench({ latencyMs: undefined })
    prober.retarget(targetsWith(1))
    const round = watched(prober.firstRound(60_000))
    prober.retarget([])
    await clock.advance(0)
    expect(round.isOver).toBe(true)
  })
})

describe('a second round', () => {
  it('is not ended by the budget of the first', async () => {
    const { clock, prober } = bench({ latencyMs: 300 })
    prober.retarget(targetsWith(1))
    const first = watched(prober.firstRound(500))
    await clock.advance(300)
    expect(first.isOver).toBe(true)
    const second = watched(prober.firstRound(1_000))
    await clock.advance(299)
    expect(second.isOver).toBe(false)
    await clock.advance(1)
    expect(second.isOver).toBe(true)
    expect(clock.pendingCount).toBe(1)
  })
})

describe('retarget', () => {
  it('keeps the state and the pace of those who stay', async () => {
    const { clock, prober, startsOf } = bench()
    const [stays, goes, comes] = targetsWith(3)
    prober.retarget([stays!, goes!])
    await clock.advance(20_000)
    const before = prober.state(stays!.key)
    prober.retarget([stays!, comes!])

    expect(prober.state(stays!.key)).toBe(before)
    expect(prober.state(goes!.key)).toBeUndefined()
    expect(prober.state(comes!.key)).toMatchObject({ verdict: 'unknown', sinceMs: 20_000 })
    await clock.advance(20_000)
    expect(startsOf(goes!).at(-1)).toBeLessThanOrEqual(20_000)
    expect(Math.max(...gaps(startsOf(stays!)))).toBeLessThanOrEqual(5_500)
  })

  it('gives the verdict on to a target of which only the timing is new', async () => {
    const { clock, prober } = bench({ reply: () => reply(false) })
    prober.retarget([createTarget('192.0.2.1', checkWith())])
    await clock.advance(6_000)
    const patient = createTarget('192.0.2.1', checkWith({ intervalMs: 60_000 }))
    const other = createTarget('192.0.2.1', checkWith({ probe: { kind: 'tcp', port: 81 } }))
    prober.retarget([patient, other])
    expect(prober.state(patient.key)!.verdict).toBe('down')
    expect(prober.state(other.key)!.verdict).toBe('unknown')
  })

  it('aborts and forgets the probe of a target that goes', async () => {
    const { clock, prober, observations, signals } = bench({ latencyMs: 1_000 })
    prober.retarget(targetsWith(1))
    void prober.firstRound(5_000)
    prober.retarget([])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await clock.advance(60_000)
    expect(observations).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })

  it('shares the probes of two pools that ask the same, and reports the newer name', async () => {
    const { clock, prober, starts } = bench()
    const shared = ['web', 'also-web'].map((name) => createTarget('192.0.2.1', checkWith({ name })))
    prober.retarget(shared)
    await clock.advance(5_500)
    expect(prober.counters().targets).toBe(1)
    expect(starts.length).toBeLessThanOrEqual(2)
  })

  it('may be called from a report', async () => {
    const [first, second] = targetsWith(2)
    let prober: Prober | undefined
    const test = bench({ onFlip: () => prober?.retarget([second!]) })
    prober = test.prober
    prober.retarget([first!])
    await test.clock.advance(11_000)
    expect(prober.state(first!.key)).toBeUndefined()
    expect(prober.state(second!.key)!.verdict).toBe('up')
  })
})

describe('stop', () => {
  it('called from a report silences the reports that would follow', async () => {
    let prober: Prober | undefined
    const test = bench({ onObservation: () => prober?.stop() })
    prober = test.prober
    prober.retarget(targetsWith(3))
    await test.clock.advance(20_000)
    expect(test.observations).toHaveLength(1)
    expect(test.flips).toEqual([])
    expect(test.clock.pendingCount).toBe(0)
  })

  it('aborts what is in flight, ends the first round and calls nobody back', async () => {
    const { clock, prober, observations, signals } = bench({ latencyMs: 100 })
    prober.retarget(targetsWith(5))
    const round = watched(prober.firstRound(60_000))
    await clock.advance(50)
    prober.stop()
    await clock.advance(60_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true, true])
    expect(round.isOver).toBe(true)
    expect(observations).toEqual([])
    expect(prober.counters()).toMatchObject({ targets: 0, inFlight: 0 })
  })

  it('leaves no timer behind', async () => {
    const { clock, prober } = bench({ attempt: () => new Promise(() => {}) })
    prober.retarget(targetsWith(20))
    await clock.advance(3_000)
    prober.stop()
    expect(clock.pendingCount).toBe(0)
  })
})

interface Bench extends Partial<ProberOptions> {
  seed?: number
  /** Undefined never answers. */
  latencyMs?: number | undefined
  reply?: (target: Target) => Outcome
}

/** A prober on a manual clock, and a record of all that it does. */
function bench(options: Bench = {}) {
  const clock = new ManualClock()
  const starts: { key: string; atMs: number }[] = []
  const signals: AbortSignal[] = []
  const observations: Parameters<NonNullable<ProberOptions['onObservation']>>[2][] = []
  const flips: string[] = []
  const { seed = 1, reply: replyTo = () => reply(true) } = options
  const latencyMs = 'latencyMs' in options ? options.latencyMs : 20
  let inFlight = 0
  let most = 0

  const attempt: Probe = (target, signal) => {
    starts.push({ key: target.key, atMs: clock.now() })
    signals.push(signal)
    most = Math.max(most, ++inFlight)
    if (latencyMs === undefined) return new Promise(() => {})
    const outcome = replyTo(target)
    if (latencyMs === 0) {
      inFlight--
      return Promise.resolve(outcome)
    }
    return new Promise((resolve) => {
      clock.after(latencyMs, () => {
        inFlight--
        resolve(outcome)
      })
    })
  }
  const prober = createProber({
    clock,
    random: seededRandom(seed),
    attempt: options.attempt ?? attempt,
    inFlightMax: options.inFlightMax ?? 100_000,
    onObservation: (...event) => {
      observations.push(event[2])
      options.onObservation?.(...event)
    },
    onFlip: (target, state, previous) => {
      flips.push(`${target.address} ${previous.verdict} -> ${state.verdict}`)
      options.onFlip?.(target, state, previous)
    },
  })
  const startsOf = ({ key }: Target) =>
    starts.filter((start) => start.key === key).map(({ atMs }) => atMs)
  return { clock, prober, starts, startsOf, signals, observations, flips, mostInFlight: () => most }
}

function reply(isUp: boolean): Outcome {
  return isUp ? success('connected') : failure('connection refused')
}

function seededRandom(seed: number): Random {
  const dice = createDice(seed * 7_919)
  return () => roll(dice, 2 ** 31) / 2 ** 31
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]!)
}

/** How many starts fall into each tenth of a second from `fromMs` to `toMs`. */
function tenths(starts: readonly { atMs: number }[], fromMs: number, toMs: number): number[] {
  const counts = new Array<number>(Math.ceil((toMs - fromMs) / 100)).fill(0)
  for (const { atMs } of starts) {
    if (atMs >= fromMs && atMs < toMs) counts[Math.floor((atMs - fromMs) / 100)]!++
  }
  return counts
}

function watched(promise: Promise<void>): { isOver: boolean } {
  const watch = { isOver: false }
  void promise.then(() => (watch.isOver = true))
  return watch
}
