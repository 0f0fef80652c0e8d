/**
 * The file of the flight recorder: events as lines of JSON, appended in order by one writer. It is
 * bounded: when it is full it becomes the older of two, and the older one goes. What cannot be
 * written waits, and follows when the disk takes it.
 *
 * It says what was handed to the system: that is there after a crash of the process; after one of
 * the machine, the last seconds may be missing.
 */

import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'

import type { Clock } from '../../base/clock.ts'

import type { Event } from './event.ts'
import { cutTornLine, linesBackwards } from './read-back.ts'

export const JOURNAL_FILE = 'history.jsonl'
const OLDER_FILE = 'history.1.jsonl'
/** Some 30,000 events, and there are two files. */
export const FILE_OCTETS_MAX = 8 * 1024 * 1024
/** Twice as many as targets that may flip at once; past that the oldest are lost, and counted. */
export const WAITING_MAX = 20_000
/** Written at once: so much is made into text in a moment. */
const BATCH_OCTETS = 256 * 1024
const RETRY_MS = 5_000

export interface JournalOptions {
  readonly folder: string
  readonly clock: Clock
  /** Hears of the first write that fails, once until one succeeds. */
  readonly onFault: (error: unknown) => void
  /** Hears when one succeeds again, and how many events were lost meanwhile. */
  readonly onCaughtUp: (lostCount: number) => void
  /** Hears that nothing more is to be waited for by who waits for events up to this one. */
  readonly onHanded: (id: number) => void
  readonly fileOctetsMax?: number
}

export class Journal {
  readonly #options: JournalOptions
  readonly #waiting: Event[] = []
  /** Taken from those who wait, and not known to be in the file yet. */
  #inFlight: readonly Event[] = []
  #writing: Promise<void> | undefined
  #isFaulty = false
  #lostCount = 0
  /** Of the file, without what a failed write may have left in it. */
  #soundSize: number | undefined
  #cancelRetry = () => {}

  constructor(options: JournalOptions) {
    this.#options = options
  }

  /** Repairs what a writer that died has left. Returns how many octets of a torn line that were. */
  repair(): Promise<number> {
    return cutTornLine(this.#path(JOURNAL_FILE))
  }

  /** Writes the event soon, after those before it. */
  append(event: Event): void {
    this.#waiting.push(event)
    this.#trim()
    if (this.#isFaulty) this.#options.onHanded(event.id)
    else void this.#write()
  }

  /** Those that are not in the file yet, the oldest first. */
  get unwritten(): readonly Event[] {
    return [...this.#inFlight, ...this.#waiting]
  }

  /** The events of both files, a few at a time, the latest first; what is no event is left out. */
  async *backwards(): AsyncGenerator<readonly Event[]> {
    for (const name of [JOURNAL_FILE, OLDER_FILE]) {
      for await (const lines of linesBackwards(this.#path(name))) {
        yield lines.flatMap((line) => parseEvent(line) ?? [])
      }
    }
  }

  /** Resolves when all is written, or once more could not be. */
  async flush(): Promise<void> {
    await this.#writing
    await this.#write()
  }

  /** Writes a last time. */
  async close(): Promise<void> {
    await this.flush()
    this.#cancelRetry()
  }

  #write(): Promise<void> {
    this.#cancelRetry()
    this.#writing ??= this.#writeAll()
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve() // What happens in one breath is one batch.
    while (this.#waiting.length > 0 && (await this.#writeBatch()));
    this.#writing = undefined // At once: who is appended a moment later begins anew.
  }

  /** False where it cannot be written now. */
  async #writeBatch(): Promise<boolean> {
    const lines = this.#take()
    try {
      await this.#appendLines(Buffer.from(lines))
    } catch (error) {
      this.#putBack(error)
      return false
    }
    const { id } = this.#inFlight.at(-1)!
    this.#inFlight = []
    this.#noteSuccess()
    this.#options.onHanded(id)
    return true
  }

  /** Takes a batch from those who wait, as text. */
  #take(): string {
    let lines = ''
    let count = 0
    while (lines.length < BATCH_OCTETS && count < this.#waiting.length) {
      lines += `${JSON.stringify(this.#waiting[count++])}\n`
    }
    this.#inFlight = this.#waiting.splice(0, count)
    return lines
  }

  #putBack(error: unknown): void {
    this.#waiting.unshift(...this.#inFlight)
    this.#inFlight = []
    this.#trim()
    const { clock, onFault } = this.#options
    if (!this.#isFaulty) onFault(error)
    this.#isFaulty = true
    this.#cancelRetry = clock.after(RETRY_MS, () => void this.#write())
    this.#options.onHanded(this.#waiting.at(-1)!.id)
  }

  #noteSuccess(): void {
    if (this.#isFaulty || this.#lostCount > 0) this.#options.onCaughtUp(this.#lostCount)
    this.#isFaulty = false
    this.#lostCount = 0
  }

  #trim(): void {
    const excess = this.#waiting.length + this.#inFlight.length - WAITING_MAX
    if (excess <= 0) return
    this.#lostCount += this.#waiting.splice(0, excess).length
  }

  /** The file is opened each time: whoever moves it away, to rotate logs, is no trouble. */
  async #appendLines(octets: Buffer): Promise<void> {
    const { fileOctetsMax = FILE_OCTETS_MAX } = this.#options
    const path = this.#path(JOURNAL_FILE)
    let file = await open(path, 'a', 0o600)
    try {
      let { size } = await file.stat()
      if (this.#soundSize !== undefined && this.#soundSize < size) {
        await file.truncate(this.#soundSize)
        size = this.#soundSize
      }
      if (size > 0 && size + octets.length > fileOctetsMax) {
        await rename(path, this.#path(OLDER_FILE))
        await file.close()
        file = await open(path, 'a', 0o600)
        size = 0
      }
      this.#soundSize = size
      await file.appendFile(octets)
      this.#soundSize = undefined
    } finally {
      await file.close()
    }
  }

  #path(name: string): string {
    return join(this.#options.folder, name)
  }
}

/** The event of a line; undefined where something else stands there. */
function parseEvent(line: string): Event | undefined {
  try {
    const value = JSON.parse(line) as Partial<Event> | null
    const isEvent =
      Number.isSafeInteger(value?.id) &&
      typeof value?.kind === 'string' &&
      !Number.isNaN(Date.parse(value.at ?? ''))
    return isEvent ? (value as Event) : undefined
  } catch {
    return undefined // Damaged, or another's: its neighbours are not to blame.
  }
}
