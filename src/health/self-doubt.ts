/**
 * When so much fails at once that the prober is the likelier culprit: a lost uplink looks, from
 * here, as if every backend had died. Then failures are held back, so that verdicts stay what they
 * last were, until enough answers again or the freeze has lasted its time.
 *
 * Only addresses that were well count, and only failures that began within one interval: who has
 * been down for longer is old news. No single pool can raise a doubt: what one pool explains is the
 * trouble of that pool. There are three phases:
 *
 *   trust  Observations count. While it cannot tell yet (most of those observed since the onset
 *          fail, the others are yet to be observed) failures change no verdict. It asks for enough
 *          of the others to be looked at now, so it can tell as soon as they answer or time out;
 *          then it asks for those whose failures have waited.
 *   doubt  Failures are held back, successes count.
 *   spent  The freeze has lasted its time. Observations count, and no doubt begins before all has
 *          been well in between.
 *
 * Time is that of the observations; nothing here waits.
 */

import {
  areUnrelated,
  countGroups,
  hearAgain,
  isRecent,
  takeCensus,
  type Testimony,
  unheard,
  type Witness,
} from './census.ts'
import type { Observation } from './check.ts'
import type { Credence } from './verdict.ts'

/** With fewer addresses, a bad day of one rack is as likely as one of this machine. */
export const ADDRESSES_MIN = 8
/** So many addresses must fail before it waits with what it cannot tell yet. */
const WAITING_MIN = 3
/** So many are looked at sooner at once, at most, so that it can tell. */
const ASKED_FOR_MAX = 32
/** Anchors must fail so often between them: a lost packet is no outage. */
const ANCHOR_FAILURES_MIN = 2
/** The more addresses there are, the rarer they are counted: so many for each millisecond. */
const COUNTED_PER_MS = 100

export interface SelfDoubtOptions {
  /** Percent of the addresses that must fail within one interval. */
  readonly suspectPercent: number
  /** The longest that failures are held back. */
  readonly freezeMs: number
  /** Called when a doubt begins and when it ends. */
  readonly onChange?: (doubt: Doubt) => void
  /**
   * Called with the keys of targets to be looked at now: those who would help it to tell, and when
   * it can, those who have waited for that.
   */
  readonly onCurious?: (keys: readonly string[]) => void
}

export interface Doubt {
  readonly isSuspect: boolean
  /** Clock milliseconds since when that is so. */
  readonly sinceMs: number
  /** Until when failures are held back at most. */
  readonly untilMs?: number
  /** For people: `13 of 16 addresses in 3 groups fail at once`. */
  readonly why: string
}

export class SelfDoubt {
  readonly #options: SelfDoubtOptions
  /** By the target's key, and by address. Bounded by the config. */
  #byKey = new Map<string, Testimony>()
  #byAddress = new Map<string, Testimony[]>()
  #anchors: readonly Testimony[] = []
  #phase: 'trust' | 'doubt' | 'spent' = 'trust'
  #doubt: Doubt = { isSuspect: false, sinceMs: 0, why: 'never in doubt' }
  /** When that began which the last doubt is about. */
  #onsetMs = Number.POSITIVE_INFINITY
  #isWaiting = false
  /** Keys of targets whose failures have waited since. */
  readonly #postponed = new Set<string>()
  #nextCountMs = Number.NEGATIVE_INFINITY

  constructor(options: SelfDoubtOptions) {
    this.#options = options
  }

  /** Listens to these from now on. Those that it knew, by key, keep what they have shown. */
  track(witnesses: Iterable<Witness>): void {
    const known = this.#byKey
    this.#byKey = new Map()
    this.#byAddress = new Map()
    for (const witness of witnesses) {
      const siblings = this.#byAddress.get(witness.address) ?? []
      const groups = siblings[0]?.groups ?? new Set()
      for (const group of witness.groups) groups.add(group)
      const twin = this.#byKey.get(witness.key)
      if (twin) {
        // The same target again, as where an anchor is a member as well.
        if (witness.isAnchor) twin.witness = witness
        continue
      }
      const testimony = { ...(known.get(witness.key) ?? unheard(witness)), witness, groups }
      siblings.push(testimony)
      this.#byAddress.set(witness.address, siblings)
      this.#byKey.set(witness.key, testimony)
    }
    this.#anchors = [...this.#byKey.values()].filter(({ witness }) => witness.isAnchor)
  }

  /**
   * Takes note of an observation and says whether it counts: made for the prober to ask. Anchors
   * always count, since they are not answered; who is not tracked yet counts as others do.
   */
  isCredible({ key }: { readonly key: string }, observation: Observation): Credence {
    const testimony = this.#byKey.get(key)
    if (!testimony) return observation.isSuccess || !this.state(observation.atMs).isSuspect
    hearAgain(testimony, observation)
    const { isSuccess, atMs } = observation
    this.#endFreeze(atMs)
    const mayChange = this.#phase === 'trust' ? !isSuccess || this.#isWaiting : true
    if (mayChange && atMs >= this.#nextCountMs) this.#count(atMs)
    if (isSuccess || testimony.witness.isAnchor) return true
    if (this.#phase !== 'trust') return this.#phase === 'spent'
    if (!this.#isWaiting) return true
    this.#postponed.add(key)
    return 'not yet'
  }

  /** What it thinks of itself now. */
  state(nowMs: number): Doubt {
    this.#endFreeze(nowMs)
    return this.#doubt
  }

  #count(nowMs: number): void {
    this.#nextCountMs = nowMs + Math.floor(this.#byAddress.size / COUNTED_PER_MS)
    if (this.#phase === 'trust') this.#seekDoubt(nowMs)
    else this.#seekTrust(nowMs)
    if (this.#isWaiting || this.#postponed.size === 0) return
    // It can tell now, and who has waited for that waits no longer.
    const keys = [...this.#postponed]
    this.#postponed.clear()
    if (this.#phase === 'trust') this.#options.onCurious?.(keys)
  }

  #seekDoubt(nowMs: number): void {
    const census = takeCensus(this.#byAddress.values())
    const failing = census.failing.filter((one) => isRecent(one.failingMs, one, nowMs))
    const well = census.well.filter((one) => isRecent(one.observedMs, one, nowMs))
    const onsetMs = failing.reduce((least, one) => Math.min(least, one.failingMs), nowMs)
    const total = failing.length + well.length
    const { suspectPercent } = this.#options

    const isMass = areUnrelated(failing) && share(failing, well) >= suspectPercent
    if (isMass && total >= ADDRESSES_MIN) {
      const why = `${failing.length} of ${total} addresses in ${countGroups(failing)} groups fail`
      this.#begin(nowMs, onsetMs, `${why} at once`)
      return
    }
    if (this.#doAllAnchorsFail()) {
      this.#begin(nowMs, onsetMs, 'all anchors fail')
      return
    }
    this.#noteBlame(failing, well)
    const suspects = failing.filter(({ isToBlame }) => !isToBlame)
    const sinceMs = suspects.reduce((least, one) => Math.min(least, one.failingMs), nowMs)
    const wellSince = well.filter(({ observedMs }) => observedMs >= sinceMs)
    this.#isWaiting =
      suspects.length >= WAITING_MIN &&
      failing.length + census.well.length >= ADDRESSES_MIN &&
      areUnrelated(suspects) &&
      share(suspects, wellSince) >= suspectPercent
    if (this.#isWaiting) this.#askForOthers(suspects.length, wellSince.length, sinceMs, census.well)
  }

  /** Of whom so many others were well since it fails is to blame itself, until it is well again. */
  #noteBlame(failing: readonly Testimony[], well: readonly Testimony[]): void {
    const suspects = failing.filter(({ isToBlame }) => !isToBlame)
    if (suspects.length < WAITING_MIN) return
    for (const one of suspects) {
      const wellSince = well.filter(({ observedMs }) => observedMs >= one.failingMs)
      one.isToBlame = share(suspects, wellSince) < this.#options.suspectPercent
    }
  }

  /** So many of the well that, are they well still, they are too many for a doubt. */
  #askForOthers(
    failingCount: number,
    wellCount: number,
    onsetMs: number,
    well: readonly Testimony[],
  ): void {
    const { suspectPercent, onCurious } = this.#options
    const enough = Math.floor((failingCount * 100) / suspectPercent) + 1 - failingCount
    const others = well.filter(({ observedMs }) => observedMs < onsetMs)
    const asked = others.slice(0, Math.min(enough - wellCount, ASKED_FOR_MAX))
    onCurious?.(asked.map(({ witness }) => witness.key))
  }

  /** Ends the doubt, or what follows a freeze, once so much answers that it is not this machine. */
  #seekTrust(nowMs: number): void {
    const { failing, well } = takeCensus(this.#byAddress.values())
    const isOurs = ({ failingMs }: Testimony) => failingMs >= this.#onsetMs
    const isHeard = ({ observedMs }: Testimony) => observedMs >= this.#doubt.sinceMs
    const stillFailing = failing.filter(isOurs)
    // What one pool explains by now may have begun with more, but is the trouble of that pool.
    const isMass =
      areUnrelated(stillFailing) &&
      share(stillFailing, well.filter(isHeard)) >= this.#options.suspectPercent / 2
    if (isMass || this.#doAllAnchorsFail()) return
    const wasSuspect = this.#doubt.isSuspect
    this.#phase = 'trust'
    if (wasSuspect) this.#change({ isSuspect: false, sinceMs: nowMs, why: 'enough answers again' })
  }

  #begin(nowMs: number, onsetMs: number, why: string): void {
    this.#phase = 'doubt'
    this.#isWaiting = false
    this.#onsetMs = onsetMs
    const untilMs = nowMs + this.#options.freezeMs
    this.#change({ isSuspect: true, sinceMs: nowMs, untilMs, why })
  }

  #endFreeze(nowMs: number): void {
    const { isSuspect, untilMs } = this.#doubt
    if (!isSuspect || nowMs < untilMs!) return
    this.#phase = 'spent'
    this.#change({ isSuspect: false, sinceMs: untilMs!, why: 'the freeze has lasted its time' })
  }

  #change(doubt: Doubt): void {
    this.#doubt = doubt
    this.#options.onChange?.(doubt)
  }

  #doAllAnchorsFail(): boolean {
    const anchors = this.#anchors.filter(({ wasUp }) => wasUp)
    const failures = anchors.reduce((sum, anchor) => sum + anchor.failures, 0)
    return failures >= ANCHOR_FAILURES_MIN && anchors.every((anchor) => anchor.failures > 0)
  }
}

/** Percent that fail. */
function share(failing: readonly Testimony[], well: readonly Testimony[]): number {
  if (failing.length === 0) return 0
  return (failing.length * 100) / (failing.length + well.length)
}
