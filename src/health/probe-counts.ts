/**
 * How the probes of each check came out, and how long they took, since the prober was created. For
 * those who watch the prober itself: what it thinks of a target does not depend on any of this.
 */

/** Own faults are probes that this machine could not make. */
export const PROBE_OUTCOMES = ['success', 'failure', 'timeout', 'own_fault'] as const
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number]

/** The bounds of the buckets that probes are counted in by their time. */
export const PROBE_BOUNDS_MS: readonly number[] = [
  ...[1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
]

/** The probes of one check. */
export interface ProbeCount {
  readonly outcomes: Record<ProbeOutcome, number>
  /** How many took no longer than each bound but longer than the one before; the last: longer. */
  readonly buckets: number[]
  sumMs: number
}

/** So many checks are counted apart; thousands of names may each have one of their own. */
export const CHECKS_COUNTED_MAX = 100
/** What all others are counted as. */
export const OTHER_CHECKS = 'other'

export class ProbeCounts {
  #counts = new Map<string, ProbeCount>()

  /** By the name of the check. */
  get all(): ReadonlyMap<string, ProbeCount> {
    return this.#counts
  }

  /** Counts probes of these checks from now on; those that it knew go on, others are forgotten. */
  take(checks: ReadonlySet<string>): void {
    const before = this.#counts
    this.#counts = new Map()
    for (const check of checks) {
      const name = this.#counts.size < CHECKS_COUNTED_MAX ? check : OTHER_CHECKS
      if (this.#counts.has(name)) continue
      this.#counts.set(name, before.get(name) ?? zero())
    }
  }

  note(check: string, outcome: ProbeOutcome, elapsedMs: number): void {
    const count = this.#counts.get(check) ?? this.#counts.get(OTHER_CHECKS)
    if (!count) return
    count.outcomes[outcome]++
    if (outcome === 'own_fault') return
    const bucket = PROBE_BOUNDS_MS.findIndex((bound) => elapsedMs <= bound)
    count.buckets[bucket < 0 ? PROBE_BOUNDS_MS.length : bucket]!++
    count.sumMs += elapsedMs
  }
}

function zero(): ProbeCount {
  return {
    outcomes: { success: 0, failure: 0, timeout: 0, own_fault: 0 },
    buckets: new Array<number>(PROBE_BOUNDS_MS.length + 1).fill(0),
    sumMs: 0,
  }
}
