/**
 * What is noted of one connection of DNS over HTTPS, so that it stays within the limits: what its
 * client has not read, what it has not finished sending, and when it finished a request last.
 */

import type { Client } from '../../engine/world.ts'

import type { HttpsLimits } from './limits.ts'

export class Visit {
  readonly client: Client
  readonly #limits: HttpsLimits
  readonly #patience: NodeJS.Timeout | undefined
  readonly #sinceMs = performance.now()
  #unsent = 0
  #pending = 0
  #finished = 0
  #resets = 0

  /**
   * `expire` is called when the client has finished no request for too long; without it somebody
   * else has patience.
   */
  constructor(client: Client, limits: HttpsLimits, expire?: () => void) {
    this.client = client
    this.#limits = limits
    this.#patience = expire && setTimeout(expire, limits.quietMs)
  }

  /** Whether so much is unread that nothing more is answered. */
  get isDeaf(): boolean {
    return this.#unsent >= this.#limits.unsentOctets
  }

  /** Whether it has lasted long enough. */
  get isOld(): boolean {
    return performance.now() - this.#sinceMs >= this.#limits.lifeMs
  }

  /** Whether its client takes back too much of what it asked. */
  get isRestless(): boolean {
    return this.#resets > this.#limits.resets + this.#finished
  }

  /** Notes octets of a body that have come; false where there is no room for them. */
  expect(octets: number): boolean {
    this.#pending += octets
    return this.#pending <= this.#limits.pendingOctets
  }

  /** Notes that a body is not held any more. */
  drop(octets: number): void {
    this.#pending -= octets
  }

  /** Notes an answer on its way. */
  owe(octets: number): void {
    this.#unsent += octets
  }

  /** Notes that an answer has gone, or never will: `isTaken` where the client has it. */
  settle(octets: number, isTaken: boolean): void {
    this.#unsent -= octets
    if (!isTaken) {
      this.#resets++
      return
    }
    this.#finished++
    this.#patience?.refresh()
  }

  end(): void {
    clearTimeout(this.#patience)
  }
}
