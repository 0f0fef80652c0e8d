/**
 * The books of overrides and registrations as they hold now. Changes follow one another, and each
 * is written down before it holds: who was told that a member is drained finds it drained after a
 * crash. What time ends, ends by itself, and is written down when there is leisure.
 */

import type { Clock } from '../../base/clock.ts'
import { momentOf } from '../../base/moment.ts'

import type { PoolConfig } from '../../config/config.ts'

import type { Musters } from './muster.ts'
import { endOverride, expireOverrides, nextExpiryWall, NO_OVERRIDES } from './overrides.ts'
import { type Override, type OverrideBook, type OverrideWish, setOverride } from './overrides.ts'
import { isRefusal, type Refusal, refusal } from './refusal.ts'
import { expireLeases, fitRegistrations, leave } from './registrations.ts'
import {
  nextLeaseEndMs,
  register,
  type Registered,
  type Registration,
  registrationOf,
} from './registrations.ts'
import { type RegistrationBook, type RegistrationWish, renew } from './registrations.ts'

export interface Pages {
  readonly overrides: OverrideBook
  readonly registrations: RegistrationBook
}

/** Where the books are written down. */
export interface Desk {
  /** Resolves when it would survive a crash. */
  write(pages: Pages): Promise<void>
  /** The same, some time soon. */
  writeSoon(pages: Pages): void
}

export interface BooksOptions {
  readonly clock: Clock
  readonly desk: Desk
  /** Called after each change of who may be answered; a lease that is renewed is none. */
  readonly onChange: (before: Pages, now: Pages) => void
}

/** The wall clock may be set meanwhile: a moment that lies far ahead is looked at again. */
const NAP_MAX_MS = 60_000

export class Books {
  readonly #options: BooksOptions
  #pages: Pages = { overrides: NO_OVERRIDES, registrations: [] }
  /** Settles when the changes so far are over. */
  #last: Promise<unknown> = Promise.resolve()
  #cancelWake = () => {}
  #isStopped = false

  constructor(options: BooksOptions) {
    this.#options = options
  }

  get pages(): Pages {
    return this.#pages
  }

  /** Takes what an earlier process wrote down, but for what has ended since. */
  restore(pages: Pages): void {
    this.#pages = this.#current(pages)
    this.#setTimer()
  }

  /** `musters` is asked when the turn has come, since an earlier override changes them. */
  override(wish: OverrideWish, musters: () => Musters): Promise<Override | Refusal> {
    return this.#change(async () => {
      const nowWall = this.#options.clock.wall()
      const outcome = setOverride(this.#pages.overrides, wish, musters(), nowWall)
      if (isRefusal(outcome)) return outcome
      return (await this.#write({ overrides: outcome.book })) ?? outcome.override
    })
  }

  endOverride(
    which: Pick<OverrideWish, 'pool' | 'member' | 'author'>,
  ): Promise<Override | Refusal> {
    return this.#change(async () => {
      const outcome = endOverride(this.#pages.overrides, which, this.#options.clock.wall())
      if (isRefusal(outcome)) return outcome
      return (await this.#write({ overrides: outcome.book })) ?? outcome.ended
    })
  }

  register(wish: RegistrationWish, pool: PoolConfig): Promise<Registered | Refusal> {
    return this.#change(async () => {
      const { registrations } = this.#pages
      const outcome = register(registrations, wish, pool, momentOf(this.#options.clock))
      if (isRefusal(outcome)) return outcome
      return (await this.#write({ registrations: outcome.book })) ?? outcome
    })
  }

  /**
   * A lease that is lost in a crash is renewed a moment later, so nobody waits for the disk, nor
   * for others who do: who beats in time keeps its lease, however long a write may hang.
   */
  renew(pool: string, member: string): Registration | undefined {
    const before = this.#pages
    const now = momentOf(this.#options.clock)
    const was = registrationOf(before.registrations, pool, member)
    const renewed = renew(before.registrations, pool, member, now)
    if (!was || !renewed) return
    this.#pages = { ...before, registrations: renewed.book }
    this.#options.desk.writeSoon(this.#pages)
    this.#setTimer()
    // It may have been taken out already, and is back.
    const isBack = was.untilMs <= now.ms
    if (isBack && !this.#isStopped) this.#options.onChange(before, this.#pages)
    return renewed.registration
  }

  leave(pool: PoolConfig, member: string): Promise<Refusal | undefined> {
    return this.#change(async () => {
      const book = leave(this.#pages.registrations, pool, member)
      return isRefusal(book) ? book : this.#write({ registrations: book })
    })
  }

  /** Lets go of those whom the pools take no more, after a reload. Returns whom. */
  refit(poolOf: (name: string) => PoolConfig | undefined): Promise<readonly Registration[]> {
    return this.#change(async () => {
      const before = this.#pages.registrations
      const registrations = fitRegistrations(before, poolOf)
      if (registrations !== before) this.#turnTo({ ...this.#pages, registrations })
      return before.filter((one) => !registrations.includes(one))
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelWake()
  }

  #change<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step)
    this.#last = done.catch(() => {})
    return done
  }

  async #write(part: Partial<Pages>): Promise<Refusal | undefined> {
    const before = this.#pages
    const pages = { ...before, ...part }
    try {
      await this.#options.desk.write(pages)
    } catch (error) {
      return refusal(
        'unavailable',
        `nothing has changed, since it cannot be written down: ${(error as Error).message}`,
        'make room and grant access in the state folder, then try again',
      )
    }
    this.#hold({ ...pages, registrations: this.#withRenewals(pages, before) })
    return
  }

  /** What was written, with the leases that were renewed since `before`. */
  #withRenewals({ registrations }: Pages, before: Pages): RegistrationBook {
    const now = this.#pages.registrations
    if (now === before.registrations) return registrations
    const old = new Set(before.registrations)
    const renewals = now.filter((one) => !old.has(one))
    return registrations.map((one) =>
      old.has(one) ? (registrationOf(renewals, one.pool, one.member) ?? one) : one,
    )
  }

  /** What time or a reload has brought about: it would come about again after a crash. */
  #turnTo(pages: Pages): void {
    this.#options.desk.writeSoon(pages)
    this.#hold(pages)
  }

  #hold(pages: Pages): void {
    const before = this.#pages
    this.#pages = pages
    this.#setTimer()
    if (!this.#isStopped) this.#options.onChange(before, pages)
  }

  /** The same pages where nothing has ended. */
  #current(pages: Pages): Pages {
    const now = momentOf(this.#options.clock)
    const overrides = expireOverrides(pages.overrides, now.wall)
    const registrations = expireLeases(pages.registrations, now.ms)
    const isSame = overrides === pages.overrides && registrations === pages.registrations
    return isSame ? pages : { overrides, registrations }
  }

  #setTimer(): void {
    this.#cancelWake()
    if (this.#isStopped) return
    const { clock } = this.#options
    const nextWall = nextExpiryWall(this.#pages.overrides) ?? Number.POSITIVE_INFINITY
    const { ms, wall } = momentOf(clock)
    const nextMs = Math.min(nextWall - wall, nextLeaseEndMs(this.#pages.registrations) - ms)
    if (nextMs === Number.POSITIVE_INFINITY) return
    this.#cancelWake = clock.after(Math.min(NAP_MAX_MS, nextMs), () => {
      void this.#change(async () => {
        const pages = this.#current(this.#pages)
        if (pages === this.#pages) this.#setTimer()
        else this.#turnTo(pages)
      })
    })
  }
}
