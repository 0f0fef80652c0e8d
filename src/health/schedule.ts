/**
 * Who is next: a binary heap of bookings, earliest first. To book, move or drop one costs O(log n),
 * so ten thousand targets need one timer between them.
 *
 * Always true: no entry is later than its children (at 2i+1 and 2i+2), and each entry knows its
 * place. An entry stands in one schedule at a time.
 */

/** What a schedule keeps on each entry; created by `NOT_BOOKED`, written by this file alone. */
export interface Booking {
  atMs: number
  /** Index in the heap; -1 outside of it. */
  place: number
}

export type Schedule<T extends Booking> = T[]

/** Spread into a new entry. */
export const NOT_BOOKED: Readonly<Booking> = { atMs: Number.POSITIVE_INFINITY, place: -1 }

/** Books `entry` at `atMs`, or moves it there. */
export function book<T extends Booking>(schedule: Schedule<T>, entry: T, atMs: number): void {
  if (entry.place < 0) entry.place = schedule.push(entry) - 1
  entry.atMs = atMs
  settle(schedule, entry)
}

/** Takes `entry` out; does nothing if it is not in. */
export function unbook<T extends Booking>(schedule: Schedule<T>, entry: T): void {
  if (entry.place < 0) return
  const last = schedule.pop()!
  if (last !== entry) {
    put(schedule, last, entry.place)
    settle(schedule, last)
  }
  entry.place = -1
}

/** When the first entry is due; Infinity for an empty schedule. */
export function earliestMs<T extends Booking>(schedule: Schedule<T>): number {
  return schedule[0]?.atMs ?? Number.POSITIVE_INFINITY
}

/** Moves an entry up past later ones, or down past earlier ones; never both. */
function settle<T extends Booking>(schedule: Schedule<T>, entry: T): void {
  for (;;) {
    const parent = schedule[(entry.place - 1) >> 1]
    if (!parent || parent.atMs <= entry.atMs) break
    swap(schedule, parent, entry)
  }
  for (;;) {
    const child = earlierChild(schedule, entry.place)
    if (!child || entry.atMs <= child.atMs) break
    swap(schedule, entry, child)
  }
}

function earlierChild<T extends Booking>(schedule: Schedule<T>, place: number): T | undefined {
  const left = schedule[2 * place + 1]
  const right = schedule[2 * place + 2]
  return right && right.atMs < left!.atMs ? right : left
}

function swap<T extends Booking>(schedule: Schedule<T>, above: T, below: T): void {
  const { place } = above
  put(schedule, above, below.place)
  put(schedule, below, place)
}

function put<T extends Booking>(schedule: Schedule<T>, entry: T, place: number): void {
  schedule[place] = entry
  entry.place = place
}
