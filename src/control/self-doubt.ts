/**
 * Who tells the prober whether to doubt itself: the targets of all pools, and the anchors, by the
 * limits of the configuration.
 */

import type { Witness } from '../health/census.ts'
import { createTarget, type Observation, type Target } from '../health/check.ts'
import { type Doubt, SelfDoubt, type SelfDoubtOptions } from '../health/self-doubt.ts'
import type { Credence } from '../health/verdict.ts'

import type { SelfDoubtConfig, Settings } from '../config/config.ts'
import * as defaults from '../config/defaults.ts'

import type { Concern } from './concerns.ts'

type Limits = Pick<SelfDoubtConfig, 'suspectPercent' | 'freezeMs'>
type Listeners = Required<Pick<SelfDoubtOptions, 'onChange' | 'onCurious'>>

export class Doubts {
  readonly #listeners: Listeners
  #limits: Limits = defaults.SELF_DOUBT
  #doubt: SelfDoubt

  constructor(listeners: Listeners) {
    this.#listeners = listeners
    this.#doubt = new SelfDoubt({ ...this.#limits, ...listeners })
  }

  /** Takes the limits of a configuration; where they differ, what was seen is forgotten. */
  take({ selfDoubt = defaults.SELF_DOUBT }: Settings): void {
    const { suspectPercent, freezeMs } = selfDoubt
    const before = this.#limits
    if (suspectPercent === before.suspectPercent && freezeMs === before.freezeMs) return
    this.#limits = { suspectPercent, freezeMs }
    this.#doubt = new SelfDoubt({ ...this.#limits, ...this.#listeners })
  }

  track(
    concerns: readonly Concern[],
    anchors: readonly Target[],
    isUp: (targetKey: string) => boolean,
  ): void {
    this.#doubt.track(witnessesOf(concerns, anchors, isUp))
  }

  isCredible(target: Target, observation: Observation): Credence {
    return this.#doubt.isCredible(target, observation)
  }

  state(nowMs: number): Doubt {
    return this.#doubt.state(nowMs)
  }
}

/** Targets that are probed to trust what this machine sees, and are never answered. */
export function anchorsOf({ selfDoubt }: Settings): Target[] {
  const { addresses = [], check } = selfDoubt?.anchors ?? {}
  return check ? addresses.map((address) => createTarget(address, check)) : []
}

/** A pool is a group: what happens to one alone is its own trouble. */
function witnessesOf(
  concerns: readonly Concern[],
  anchors: readonly Target[],
  isUp: (targetKey: string) => boolean,
): Witness[] {
  const witnesses = concerns.map(({ target, pools }) => ({
    ...witnessOf(target, isUp),
    groups: [...pools].map(({ key }) => key),
  }))
  return [
    ...witnesses,
    ...anchors.map((target) => ({ ...witnessOf(target, isUp), groups: [], isAnchor: true })),
  ]
}

function witnessOf({ key, address, check }: Target, isUp: (targetKey: string) => boolean) {
  return { key, address, intervalMs: check.intervalMs, isUp: isUp(key) }
}
