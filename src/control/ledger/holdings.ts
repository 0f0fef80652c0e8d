/**
 * Whom the ledger knows: every address of every member that has, or lately had, a cell. One that is
 * gone stays until its time is over; what its cell says by then is kept, since the cell may go to
 * another.
 */

import type { LedgerReading } from '../../engine/ledger.ts'

import { cellLabel, type Holder } from '../judgement/targets.ts'

/** One address of one member, as the configuration or a registration has it. */
export interface Seat extends Holder {
  readonly cell: number
}

export interface Holding extends Seat {
  /** Its `holderKey` and its `offerKey`, put together once. */
  readonly key: string
  readonly offer: string
  /** When it got its cell: what that says of before is about another (clock). */
  readonly sinceMs: number
  isGone: boolean
  /** What its cell said when nobody could note anything for it any more. */
  last: LastReading | undefined
}

export interface LastReading extends LedgerReading {
  readonly resolvers: number
}

/** As many are kept of those who are gone; the first to have gone is forgotten first. */
export const GONE_MAX = 65_536

export class Holdings {
  /** By `seatKey`; those that are here, and those that are gone. */
  readonly #all = new Map<string, Holding>()
  /** Which address each member has now in each family, by the label of its cell. */
  readonly #now = new Map<string, Holding>()
  /** The one that has been gone for longest comes first. */
  readonly #gone = new Set<Holding>()

  /** A member has this address from now on, in place of any other in that family. */
  hold(seat: Seat, nowMs: number): void {
    const label = labelOf(seat)
    const key = seatKey(seat)
    const before = this.#now.get(label)
    if (before && seatKey(before) === key) return
    if (before) this.#leave(before)
    const known = this.#all.get(key)
    if (known?.isGone) {
      known.isGone = false
      known.last = undefined
      this.#gone.delete(known)
    }
    const holding = known ?? {
      ...{ ...seat, key: holderKey(seat), offer: offerKey(seat), sinceMs: nowMs },
      ...{ isGone: false, last: undefined },
    }
    this.#all.set(key, holding)
    this.#now.set(label, holding)
  }

  /** All whose labels are not among these are gone: many may share the cell of those without. */
  keep(labels: ReadonlySet<string>): void {
    for (const [label, holding] of this.#now) if (!labels.has(label)) this.#leave(holding)
  }

  forget(holding: Holding): void {
    if (this.#gone.delete(holding)) this.#all.delete(seatKey(holding))
  }

  all(): IterableIterator<Holding> {
    return this.#all.values()
  }

  gone(): IterableIterator<Holding> {
    return this.#gone.values()
  }

  #leave(holding: Holding): void {
    holding.isGone = true
    this.#now.delete(labelOf(holding))
    this.#gone.add(holding)
    if (this.#gone.size <= GONE_MAX) return
    const [first] = this.#gone
    if (first) this.forget(first)
  }
}

function labelOf({ pool, member, family }: Holder): string {
  return cellLabel(pool, member, family)
}

/** Tells one address of a member from all others, and from those that it had. */
export function holderKey(holder: Holder): string {
  return `${labelOf(holder)} ${holder.address}`
}

function seatKey(seat: Seat): string {
  return `${holderKey(seat)} ${seat.cell}`
}

/** How a roster names one: by cell and address. */
export function offerKey({ cell, address }: Pick<Seat, 'cell' | 'address'>): string {
  return `${cell} ${address}`
}
