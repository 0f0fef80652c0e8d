/**
 * The flight recorder: gives each event its number and its moment, keeps the latest in memory, has
 * the journal write all of them down, and then tells whoever listens. Noting an event waits for
 * nobody.
 */

import { assert } from '../../base/assert.ts'

import type { Event, Happening } from './event.ts'
import type { History, Since, Wanted } from './history.ts'
import { Journal, JOURNAL_FILE, type JournalOptions } from './journal.ts'
import { matches } from './matches.ts'

/** Of the latest; about a megabyte, as events mostly are. */
export const MEMORY_MAX = 2_000
/** As many as one may ask for at once. */
const FOUND_MAX = 1_000
/** What the disk has not taken by then is told all the same: alarms do not wait for it. */
const UNTOLD_MS = 1_000
/** Clocks that are kept right are put back by less, so what is older than this comes before. */
const PUT_BACK_MS = 3_600_000

export interface RecorderOptions
  extends Pick<JournalOptions, 'clock' | 'onFault' | 'onCaughtUp' | 'fileOctetsMax'> {
  /** Hears what was damaged in the files that were found. */
  readonly onDamage: (damage: string) => void
}

export class Recorder implements History {
  readonly #options: RecorderOptions
  readonly #listeners = new Set<(event: Event) => void>()
  /** The oldest first. */
  #memory: Event[] = []
  #lastId = 0
  #toldId = 0
  /** Those that may not have been handed to the system, the oldest first. */
  readonly #untold: Event[] = []
  #cancelHurry: (() => void) | undefined
  /** Who waits for events up to this one to be told; whoever came first is first. */
  readonly #whenTold: { readonly id: number; readonly resolve: () => void }[] = []
  #journal: Journal | undefined
  /** Files are read by one at a time: who asks for all that there is costs a while. */
  #lastReading: Promise<unknown> = Promise.resolve()

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /**
   * Goes on with what an earlier process wrote down in the folder. `lastKnownId` is the highest
   * number that anybody else remembers, in case the files are gone.
   */
  async open(folder: string, lastKnownId = 0): Promise<void> {
    assert(this.#lastId === 0, 'the history is opened before anything happens')
    const journal = new Journal({ ...this.#options, folder, onHanded: (id) => this.#tell(id) })
    try {
      const tornOctets = await journal.repair()
      if (tornOctets > 0) {
        this.#options.onDamage(
          `the last ${tornOctets} octets of ${JOURNAL_FILE} were no whole line`,
        )
      }
      this.#memory = await latestOf(journal)
    } catch (error) {
      this.#options.onFault(error)
    }
    this.#lastId = Math.max(lastKnownId, this.#memory.at(-1)?.id ?? 0)
    this.#toldId = this.#lastId
    this.#journal = journal
  }

  record(happening: Happening): void {
    const at = new Date(this.#options.clock.wall()).toISOString()
    const event: Event = { id: ++this.#lastId, at, ...happening }
    this.#memory.push(event)
    if (this.#memory.length > MEMORY_MAX) this.#memory.shift()
    this.#untold.push(event)
    if (this.#journal) this.#journal.append(event)
    else this.#tell(event.id)
    this.#hurry()
  }

  get lastId(): number {
    return this.#toldId
  }

  since(id: number): Since {
    const { length } = this.#memory
    const first = this.#memory.findIndex((event) => event.id > id)
    const end = this.#memory.findLastIndex((event) => event.id <= this.#toldId) + 1
    const events = this.#memory.slice(first < 0 ? length : first, end)
    // Numbers have no gaps but where something was lost; one from the future is of another past.
    return { events, isComplete: events.length === this.#toldId - id }
  }

  async told(): Promise<void> {
    if (this.#untold.length === 0) return
    const id = this.#lastId
    await new Promise<void>((resolve) => this.#whenTold.push({ id, resolve }))
  }

  async find(wanted: Wanted): Promise<readonly Event[]> {
    const limit = Math.min(wanted.limit, FOUND_MAX)
    const memory = [...this.#memory]
    const found = memory.reverse().filter((event) => matches(event, wanted))
    const oldestId = this.#memory[0]?.id ?? Number.POSITIVE_INFINITY
    const journal = this.#journal
    if (found.length >= limit || !journal || oldestId <= 1) return found.slice(0, limit)
    const readFiles = () => readBack(journal, wanted, oldestId, found, limit)
    const reading = this.#lastReading.then(readFiles).catch(this.#options.onFault)
    this.#lastReading = reading
    await reading
    return found
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells what came up to this one: a process that is killed can take none of it back. */
  #tell(id: number): void {
    const count = this.#untold.findLastIndex((event) => event.id <= id) + 1
    for (const event of this.#untold.splice(0, count)) {
      this.#toldId = event.id
      for (const listener of this.#listeners) listener(event)
    }
    while (this.#whenTold.length > 0 && this.#whenTold[0]!.id <= this.#toldId) {
      this.#whenTold.shift()!.resolve()
    }
    this.#cancelHurry?.()
    this.#cancelHurry = undefined
    this.#hurry()
  }

  #hurry(): void {
    if (this.#untold.length === 0) return
    this.#cancelHurry ??= this.#options.clock.after(UNTOLD_MS, () => this.#tell(this.#lastId))
  }

  /** Resolves when all is written that can be. */
  async close(): Promise<void> {
    await this.#journal?.close()
  }
}

/** The events that memory holds, as an earlier process left them; the oldest first. */
async function latestOf(journal: Journal): Promise<Event[]> {
  const latest: Event[] = []
  let nextId = Number.POSITIVE_INFINITY
  for await (const events of journal.backwards()) {
    for (const event of events) {
      if (event.id >= nextId) continue // Another's, or out of order: numbers only ever grow.
      nextId = event.id
      latest.push(event)
      if (latest.length === MEMORY_MAX) return latest.reverse()
    }
  }
  return latest.reverse()
}

/** Adds what stands in the files alone, or is yet to be written there. */
async function readBack(
  journal: Journal,
  wanted: Wanted,
  oldestId: number,
  found: Event[],
  limit: number,
): Promise<void> {
  let nextId = oldestId
  const isOver = (event: Event) =>
    wanted.fromWall !== undefined && Date.parse(event.at) < wanted.fromWall - PUT_BACK_MS
  const take = (events: readonly Event[]): boolean => {
    for (const event of events) {
      if (event.id >= nextId) continue // A file that is renamed meanwhile is met again.
      nextId = event.id
      if (matches(event, wanted)) found.push(event)
      if (found.length >= limit || isOver(event)) return false
    }
    return true
  }
  if (!take([...journal.unwritten].reverse())) return
  for await (const events of journal.backwards()) if (!take(events)) break
}
