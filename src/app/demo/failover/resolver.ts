/**
 * A resolver with a cache that keeps to the TTL, as one user's stub or as an office's.
 *
 * Always true: an answer is used for no longer than its TTL from when it was asked for, which is a
 * little less than from when it came.
 */

import type { Clock } from '../../../base/clock.ts'

export interface Answer {
  readonly addresses: readonly string[]
  readonly ttlSeconds: number
}

/** Asks the server for the users' name; text says why there was no answer. */
export type AskServer = () => Promise<Answer | string>

export interface Resolved {
  readonly addresses: readonly string[]
  readonly isCached: boolean
}

export interface ResolverOptions {
  readonly ask: AskServer
  readonly clock: Clock
  /** Whether it turns the addresses for each that asks, as recursive servers do. */
  readonly isTurning: boolean
  /** So long answers are kept whatever their TTL says. */
  readonly keepMs?: number | undefined
}

export class CachingResolver {
  readonly #options: ResolverOptions
  #cached: { readonly addresses: readonly string[]; readonly untilWall: number } | undefined
  #asking: Promise<Answer | string> | undefined
  #turns = 0
  /** So many times the server was asked. */
  queries = 0

  constructor(options: ResolverOptions) {
    this.#options = options
  }

  /** The addresses to go to, or why there are none. Users who ask at once share one query. */
  async resolve(): Promise<Resolved | string> {
    const cached = this.#cached
    if (cached && this.#options.clock.wall() < cached.untilWall) {
      return { addresses: this.#turned(cached.addresses), isCached: true }
    }
    this.#asking ??= this.#ask()
    const answer = await this.#asking
    if (typeof answer === 'string') return answer
    return { addresses: this.#turned(answer.addresses), isCached: false }
  }

  async #ask(): Promise<Answer | string> {
    const { ask, clock, keepMs } = this.#options
    const askedWall = clock.wall()
    this.queries++
    try {
      const answer = await ask()
      if (typeof answer === 'string') return answer
      if (answer.addresses.length === 0) return 'the answer holds no address'
      const untilWall = askedWall + (keepMs ?? answer.ttlSeconds * 1_000)
      this.#cached = { addresses: answer.addresses, untilWall }
      return answer
    } finally {
      this.#asking = undefined
    }
  }

  #turned(addresses: readonly string[]): readonly string[] {
    if (!this.#options.isTurning) return addresses
    const first = this.#turns++ % addresses.length
    return [...addresses.slice(first), ...addresses.slice(0, first)]
  }
}
