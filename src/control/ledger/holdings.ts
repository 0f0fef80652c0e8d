/**
 * Whom the ledger knows: every address of every member that has, or lately had, a cell. One that is
 * gone stays until its time is over; what its cell says by then is kept, since the cell may go to
 * another.
 */

import type { LedgerReading } from '../../engine/ledger.ts'

import type { Holder } from '../judgement/targets.ts'

/** One address of one member, as the configuration or a registration has it. */
export interface Seat extends Holder {
  readonly cell: number
}

export interface Holding extends Seat {
  /** When it got its cell: what that says of before is about another (clock). */
  readonly sinceMs: number
  isGone: boolean
  /** What its cell said when nobody could note anything for it any more. */
  last: LedgerReading | undefined
}

/** As many are kept of those who are gone; the first to have gone is forgotten first. */
const GONE_MAX = 65_536

export class Holdings {
  /** By `seatKey`; those that are here, and those that are gone. */
  readonly #all = new Map<string, Holding>()
  /** Which address each member has now in each family, by `slotKey`. */
  readonly #now = new Map<string, Holding>()
  #goneCount = 0

  /** A member has this address from now on, in place of any other in that family. */
  hold(seat: Seat, nowMs: number): void {
    const slot = slotKey(seat)
    const key = seatKey(seat)
    const before = this.#now.get(slot)
    if (before && seatKey(before) === key) return
    if (before) this.#leave(before)
    const known = this.#all.get(key)
    if (known?.isGone) {
      known.isGone = false
      known.last = undefined
      this.#goneCount--
    }
    const holding = known ?? { ...seat, sinceMs: nowMs, isGone: false, last: undefined }
    this.#all.set(key, holding)
    this.#now.set(slot, holding)
  }

  /** All whose cells are not among these are gone. */
  keep(cells: ReadonlySet<number>): void {
    for (const holding of this.#now.values()) if (!cells.has(holding.cell)) this.#leave(holding)
  }

  forget(holding: Holding): void {
    if (!holding.isGone || !this.#all.delete(seatKey(holding))) return
    this.#goneCount--
  }

  all(): IterableIterator<Holding> {
    return this.#all.values()
  }

  #leave(holding: Holding): void {
    holding.isGone = true
    this.#now.delete(slotKey(holding))
    // At the end, so that the first is the one that has been gone for longest.
    this.#all.delete(seatKey(holding))
    this.#all.set(seatKey(holding), holding)
    if (++this.#goneCount <= GONE_MAX) return
    const first = [...this.#all.values()].find(({ isGone }) => isGone)
    if (first) this.forget(first)
  }
}

function slotKey({ pool, member, family }: Holder): string {
  return `${pool}/${member} ${family}`
}

/** Tells one address of a member from all others, and from those that it had. */
export function holderKey(holder: Holder): string {
  return `${slotKey(holder)} ${holder.address}`
}

function seatKey(seat: Seat): string {
  return `${holderKey(seat)} ${seat.cell}`
}

/** How a roster names one: by cell and address. */
export function offerKey({ cell, address }: Pick<Seat, 'cell' | 'address'>): string {
  return `${cell} ${address}`
}
