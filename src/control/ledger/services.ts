/**
 * Who is led to by SRV, SVCB and HTTPS records. The engine does not note these: while records lead
 * to an address it counts as answered, and from then on for as long as their TTL says, counted from
 * when the last worker has heard that they lead there no more.
 */

import type { LedgerOptions } from './ledger.ts'

interface Lost {
  readonly mark: number
  readonly ttlMs: number
  /** Known once all have heard (clock). */
  untilMs: number | undefined
}

export interface ServiceStanding {
  readonly isLed: boolean
  readonly isHeard: boolean
  /** 0 where nobody was ever led to it (clock). */
  readonly untilMs: number
}

/** How often is looked whether workers have heard: half of what one sleeps at most. */
const LOOK_MS = 50

export class Services {
  readonly #options: LedgerOptions
  /** The longest TTL in seconds of what leads to each address, since it does. */
  #led = new Map<string, number>()
  readonly #lost = new Map<string, Lost>()
  #isLooking = false
  /** Whether the present world has any such records. */
  #hasAny = false

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Rosters have been told. */
  follow(isWorld: boolean): void {
    const { decisions, told } = this.#options
    if (isWorld) this.#hasAny = decisions().some(({ leadsTo }) => leadsTo !== undefined)
    if (!this.#hasAny && this.#led.size === 0) return
    const led = new Map<string, number>()
    for (const { leadsTo = [], roster } of decisions()) {
      for (const address of leadsTo) {
        const before = this.#led.get(address) ?? 0
        // Who was led there before, under a longer TTL, may outlast who is led there now.
        const lost = (this.#lost.get(address)?.ttlMs ?? 0) / 1_000
        led.set(address, Math.max(before, lost, led.get(address) ?? 0, roster.ttl))
        this.#lost.delete(address)
      }
    }
    for (const [address, seconds] of this.#led) {
      if (led.has(address)) continue
      this.#lost.set(address, { mark: told(), ttlMs: seconds * 1_000, untilMs: undefined })
    }
    this.#led = led
    this.#look()
  }

  standing(address: string): ServiceStanding {
    const { clock } = this.#options
    const seconds = this.#led.get(address)
    if (seconds !== undefined) {
      return { isLed: true, isHeard: false, untilMs: clock.now() + seconds * 1_000 }
    }
    const lost = this.#lost.get(address)
    if (!lost) return NOBODY
    this.#settle(lost)
    const untilMs = lost.untilMs ?? clock.now() + lost.ttlMs
    return { isLed: false, isHeard: lost.untilMs !== undefined, untilMs }
  }

  #settle(lost: Lost): void {
    const { clock, heard } = this.#options
    if (lost.untilMs === undefined && heard() >= lost.mark) lost.untilMs = clock.now() + lost.ttlMs
  }

  /** Whoever has not heard yet may still lead somebody there. */
  #look(): void {
    const { clock } = this.#options
    for (const lost of this.#lost.values()) this.#settle(lost)
    const nowMs = clock.now()
    for (const [address, { untilMs = Number.POSITIVE_INFINITY }] of this.#lost) {
      if (untilMs + FORGET_MS < nowMs) this.#lost.delete(address)
    }
    const isOpen = [...this.#lost.values()].some(({ untilMs }) => untilMs === undefined)
    if (!isOpen || this.#isLooking) return
    this.#isLooking = true
    clock.after(LOOK_MS, () => {
      this.#isLooking = false
      this.#look()
    })
  }
}

const NOBODY: ServiceStanding = { isLed: false, isHeard: true, untilMs: 0 }

/** What is over is kept a while longer, and goes when something else changes. */
const FORGET_MS = 60_000
