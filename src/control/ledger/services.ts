/**
 * Who is led to by SRV, SVCB and HTTPS records. The engine does not note these: while records lead
 * to an address it counts as answered, and from then on for as long as their TTL says, counted from
 * when the last worker has heard that they lead there no more.
 */

import type { LedgerOptions } from './ledger.ts'

/** What leads to a member's address. */
interface Led {
  /** The longest TTL of it, since it does. */
  readonly seconds: number
  /** Which records, the first of them, for people. */
  readonly by: readonly string[]
}

interface Lost {
  readonly mark: number
  readonly ttlMs: number
  /** Known once all have heard (clock). */
  untilMs: number | undefined
}

export interface ServiceStanding {
  /** Which records lead to it, the first of them; none where nobody is led to it. */
  readonly ledBy: readonly string[]
  readonly isHeard: boolean
  /** 0 where nobody was ever led to it (clock). */
  readonly untilMs: number
}

/** How often is looked whether workers have heard: half of what one sleeps at most. */
const LOOK_MS = 50

export class Services {
  readonly #options: LedgerOptions
  /** By `leadKey`. */
  #led = new Map<string, Led>()
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
    const led = new Map<string, Led>()
    for (const { leadsTo = [], roster } of decisions()) {
      for (const { address, by, pools } of leadsTo) {
        const keys = pools.size === 0 ? [address] : [...pools].map((one) => leadKey(address, one))
        for (const key of keys) {
          const before = this.#led.get(key)?.seconds ?? 0
          // Who was led there before, under a longer TTL, may outlast who is led there now.
          const lost = (this.#lost.get(key)?.ttlMs ?? 0) / 1_000
          const { seconds = 0, by: others = [] } = led.get(key) ?? {}
          const isNamed = others.length === NAMED_MAX || others.includes(by)
          led.set(key, {
            seconds: Math.max(before, lost, seconds, roster.ttl),
            by: isNamed ? others : [...others, by],
          })
          this.#lost.delete(key)
        }
      }
    }
    for (const [key, { seconds }] of this.#led) {
      if (led.has(key)) continue
      this.#lost.set(key, { mark: told(), ttlMs: seconds * 1_000, untilMs: undefined })
    }
    this.#led = led
    this.#look()
  }

  /** Of an address of a pool's members: a drain is about these, and leaves those of others be. */
  standing(address: string, pool: string): ServiceStanding {
    const own = this.#standing(leadKey(address, pool))
    const anybody = this.#standing(address)
    if (anybody === NOBODY) return own
    return {
      ledBy: [...own.ledBy, ...anybody.ledBy].slice(0, NAMED_MAX),
      isHeard: own.isHeard && anybody.isHeard,
      untilMs: Math.max(own.untilMs, anybody.untilMs),
    }
  }

  #standing(key: string): ServiceStanding {
    const { clock } = this.#options
    const led = this.#led.get(key)
    if (led) {
      return { ledBy: led.by, isHeard: false, untilMs: clock.now() + led.seconds * 1_000 }
    }
    const lost = this.#lost.get(key)
    if (!lost) return NOBODY
    this.#settle(lost)
    const untilMs = lost.untilMs ?? clock.now() + lost.ttlMs
    return { ledBy: [], isHeard: lost.untilMs !== undefined, untilMs }
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
    for (const [key, { untilMs = Number.POSITIVE_INFINITY }] of this.#lost) {
      if (untilMs + FORGET_MS < nowMs) this.#lost.delete(key)
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

const NOBODY: ServiceStanding = { ledBy: [], isHeard: true, untilMs: 0 }

/** The address by itself where no pool that leads there knows whose it is: it may be anybody's. */
function leadKey(address: string, pool: string): string {
  return `${address} ${pool}`
}

/** An address may be that of ten thousand names, each with records of its own. */
const NAMED_MAX = 20

/** What is over is kept a while longer, and goes when something else changes. */
const FORGET_MS = 60_000
