/**
 * The stops and starts of backends that a run has seen, whoever was behind them: the page notices
 * that a backend runs no more, or again, and knows the moment of a click of its own.
 */

import type { Clock } from './clock.ts'
import type { DemoBackend, Promised } from './demo-api.ts'
import { createOutage, follow, isSettled, type Outage } from './outage.ts'
import type { VisitRecord } from './visitor.ts'

const OUTAGES_MAX = 6

/** Who asks for what: it decides what is promised. */
export interface Asked {
  readonly name: string
  readonly isCaching: boolean
  readonly promises: readonly Promised[]
}

export interface Outages {
  /** The latest first. */
  all(): readonly Outage[]
  noteClick(name: string): void
  /** What is new since the last look. */
  look(backends: readonly DemoBackend[], asked: Asked): readonly Outage[]
  /** Takes a visit into account; returns those that it settled. */
  follow(record: VisitRecord): readonly Outage[]
  clear(): void
}

export function createOutages(clock: Clock): Outages {
  let known: readonly Outage[] = []
  let wasRunning = new Map<string, boolean>()
  const clicks = new Map<string, number>()

  return {
    all: () => known,
    noteClick: (name) => void clicks.set(name, clock.wall()),
    look(backends, asked) {
      const changed = backends.filter(
        ({ name, isRunning }) => (wasRunning.get(name) ?? isRunning) !== isRunning,
      )
      wasRunning = new Map(backends.map(({ name, isRunning }) => [name, isRunning]))
      const fresh = changed.map(({ name, address, isRunning }) => {
        const atMs = clicks.get(name) ?? clock.wall()
        const kind = isRunning ? 'start' : 'stop'
        const withinMs = isRunning ? undefined : promisedMs(asked)
        return createOutage({ name, address, kind, atMs, withinMs })
      })
      // One that has changed nothing by now was for what had been noticed before.
      clicks.clear()
      const earlier = known.map((outage) =>
        fresh.some(({ name }) => name === outage.name) ? { ...outage, isUndone: true } : outage,
      )
      known = [...fresh, ...earlier].slice(0, OUTAGES_MAX)
      return fresh
    },
    follow(record) {
      const before = known
      known = before.map((outage) => (isSettled(outage) ? outage : follow(outage, record)))
      return known.filter((outage, index) => isSettled(outage) && !isSettled(before[index]!))
    },
    clear() {
      known = []
    },
  }
}

/** A client with a cache may be sent to the dead for as long as its cache; others no longer. */
export function promisedMs({ name, isCaching, promises }: Asked): number | undefined {
  const plain = name.toLowerCase().replace(/\.$/, '')
  const found =
    promises.find((one) => one.name === plain) ??
    promises.find((one) => one.name.startsWith('*.') && plain.endsWith(one.name.slice(1)))
  return isCaching ? found?.cachesMs : found?.answersMs
}
