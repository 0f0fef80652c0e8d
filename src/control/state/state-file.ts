/**
 * What must survive a restart, in one file: verdicts, overrides, registrations and the like. It is
 * written whole, beside itself, and put in place by renaming, so that whoever is killed at whatever
 * moment leaves either what was or what is to be.
 *
 * Always true: one write at a time, and each takes what there is when it begins. A damaged file is
 * never lost: it is kept under another name, and what can be saved of it is taken.
 */

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pid } from 'node:process'

import type { Clock } from '../../base/clock.ts'

import { decodeState, encodeState, nothing, type Sections } from './state-codec.ts'

export const STATE_FILE = 'state.json'
const TEMPORARY = `${STATE_FILE}.new-`
/** What a process before left, once another has answered that could write nothing of its own. */
export const OUTDATED_FILE = `${STATE_FILE}.outdated`
/** So many damaged files are kept; then the oldest go. */
export const DAMAGED_MAX = 10

/** What changes is on disk after so long, together with what changed meanwhile. */
const SOON_MS = 1_000
/** It is written anew so often though nothing has changed: its age tells how far to believe it. */
const EVERY_MS = 60_000

export interface StateFileOptions<C> {
  /** Absolute path of a folder; made if it is missing. */
  readonly folder: string
  readonly sections: Sections<C>
  readonly clock: Clock
  /** What there is to write, asked for when a write begins. */
  readonly contents: () => C
  /** Called with every write that failed; the next one tries again. */
  readonly onFault: (error: unknown) => void
}

export interface OpenedState<C> {
  readonly contents: C
  /** Milliseconds since 1970; undefined if there was no file, or none that could be read. */
  readonly writtenWall: number | undefined
  /** Whether a process has answered since that could not write; see `outdate`. */
  readonly isOutdated: boolean
  /** One line for the operator where the file was damaged. */
  readonly damage?: string
}

/** How far what is on disk can be believed. */
export interface StateWritten {
  /** When this process has written it last; undefined if it never has. */
  readonly wall?: number
  /** Why the last write has failed. */
  readonly fault?: string
}

/** The folder cannot be used; the message says why and what to do. */
export class StateFolderFault extends Error {
  override readonly name = 'StateFolderFault'
}

/**
 * Reads the state of the process before. Throws a StateFolderFault where the folder can be neither
 * made nor written.
 */
export async function openState<C extends object>(
  folder: string,
  sections: Sections<C>,
): Promise<OpenedState<C>> {
  await prepare(folder)
  const latest = await readIfThere(folder, STATE_FILE)
  const isOutdated = latest === undefined
  const octets = latest ?? (await readIfThere(folder, OUTDATED_FILE))
  if (octets === undefined) {
    return { contents: nothing(sections), writtenWall: undefined, isOutdated }
  }
  const { contents, writtenWall, faults } = decodeState(octets.toString(), sections)
  if (faults.length === 0) return { contents, writtenWall, isOutdated }
  const kept = await setAside(folder, octets)
  const more = faults.length > 1 ? `; ${faults.length - 1} more like it` : ''
  const rest = writtenWall === undefined ? 'it starts empty' : 'all else was taken'
  const where = join(folder, isOutdated ? OUTDATED_FILE : STATE_FILE)
  const damage = `${where}: ${faults[0]}${more}; the file is kept as ${kept}, and ${rest}`
  return { contents, writtenWall, isOutdated, damage }
}

/**
 * What the process before left says no more how things stand, and cannot be replaced: the next
 * process is to know. A full disk has room for this. Throws where there is no such file.
 */
export async function outdate(folder: string): Promise<void> {
  await rename(join(folder, STATE_FILE), join(folder, OUTDATED_FILE))
  await syncFolder(folder)
}

/** Writes the state from now on, whenever something changes and every minute. */
export class StateFile<C extends object> {
  readonly #options: StateFileOptions<C>
  #writing: Promise<void> = Promise.resolve()
  /** The write that waits for the one under way, and is still to take what there is. */
  #next: Promise<void> | undefined
  #dueMs = Number.POSITIVE_INFINITY
  #cancel = () => {}
  #isClosed = false
  #written: StateWritten = {}

  constructor(options: StateFileOptions<C>) {
    this.#options = options
    this.#expect(EVERY_MS)
  }

  get written(): StateWritten {
    return this.#written
  }

  /** Something has changed, and will be written soon. */
  touch(): void {
    this.#expect(SOON_MS)
  }

  /** Resolves when what there is now is on disk; rejects if it could not be written. */
  flush(): Promise<void> {
    this.#next ??= this.#writing
      .catch(() => {}) // Told already; this one tries again.
      .then(() => {
        this.#writing = this.#next!
        this.#next = undefined
        return this.#write()
      })
    return this.#next
  }

  /** Writes a last time. Nothing is written after that, unless somebody flushes. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel()
    await this.flush()
  }

  async #write(): Promise<void> {
    const { folder, clock, contents, onFault } = this.#options
    this.#cancel()
    this.#dueMs = Number.POSITIVE_INFINITY
    try {
      const wall = clock.wall()
      await replaceFile(folder, encodeState(contents(), wall))
      this.#written = { wall }
    } catch (error) {
      this.#written = { ...this.#written, fault: (error as Error).message }
      onFault(error)
      throw error
    } finally {
      this.#expect(EVERY_MS)
    }
  }

  #expect(delayMs: number): void {
    const { clock } = this.#options
    const dueMs = clock.now() + delayMs
    if (this.#isClosed || dueMs >= this.#dueMs) return
    this.#cancel()
    this.#dueMs = dueMs
    this.#cancel = clock.after(delayMs, () => {
      this.flush().catch(() => {}) // `onFault` has heard of it.
    })
  }
}

/** The new text is on disk before its name is, and the name before this resolves. */
async function replaceFile(folder: string, text: string): Promise<void> {
  const temporary = join(folder, temporaryName())
  try {
    await createFile(temporary, text)
    await rename(temporary, join(folder, STATE_FILE))
    await rm(join(folder, OUTDATED_FILE), { force: true })
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Makes the folder, sees that it can be written, and clears what a killed writer has left. */
async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(folder)) {
      if (name.startsWith(TEMPORARY)) await rm(join(folder, name), { force: true })
    }
    const trial = join(folder, temporaryName())
    await createFile(trial, '')
    await rm(trial)
  } catch (error) {
    throw folderFault(folder, 'cannot be written', error)
  }
}

async function readIfThere(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw folderFault(folder, `has a ${name} that cannot be read`, error)
  }
}

function folderFault(folder: string, what: string, error: unknown): StateFolderFault {
  const reason = error instanceof Error ? error.message : String(error)
  return new StateFolderFault(
    `the state folder ${folder} ${what} (${reason}); let it belong to the user who runs rota, ` +
      'or name another folder as "state"',
  )
}

/** Keeps a damaged file under a number of its own, and returns its name there. */
async function setAside(folder: string, octets: Buffer): Promise<string> {
  const numbers = await damagedNumbers(folder)
  const last = numbers.at(-1)
  // The original stays until the next write, so one who is killed before that meets it again.
  if (last !== undefined && octets.equals(await readFile(join(folder, damagedName(last))))) {
    return damagedName(last)
  }
  const name = damagedName((last ?? 0) + 1)
  await createFile(join(folder, name), octets)
  await syncFolder(folder)
  for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - DAMAGED_MAX))) {
    await rm(join(folder, damagedName(old)))
  }
  return name
}

async function damagedNumbers(folder: string): Promise<number[]> {
  const prefix = damagedName('')
  return (await readdir(folder))
    .filter((name) => name.startsWith(prefix) && /^\d{1,9}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b)
}

function damagedName(number: number | ''): string {
  return `${STATE_FILE}.damaged-${number}`
}

function temporaryName(): string {
  return `${TEMPORARY}${pid}`
}

/** A file that was not there before, with its content on disk; for its owner alone. */
async function createFile(path: string, content: string | Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What has been created in or renamed to a folder is on disk only after this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
