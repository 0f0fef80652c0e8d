/**
 * What survives a restart, put together: who fills which section of the state file, and what a
 * server without a state folder does, which is to forget.
 */

import { join } from 'node:path'

import type { Clock } from '../base/clock.ts'
import { momentOf } from '../base/moment.ts'

import type { Desk, Pages } from '../control/books/books.ts'
import { positionSection, type Positions } from '../control/history/webhooks/webhooks.ts'
import type { Recollection } from '../control/keeper-options.ts'
import { type Memory, memoryCodec } from '../control/judgement/memory.ts'
import { overrideBookSection } from '../control/books/overrides.ts'
import { recallRegistrations, registrationSection } from '../control/books/saved-registrations.ts'
import { type SavedRegistration, saveRegistrations } from '../control/books/saved-registrations.ts'
import { recallVerdicts, type SavedVerdicts } from '../control/state/remembered-verdicts.ts'
import { verdictSection } from '../control/state/remembered-verdicts.ts'
import { ledgerSection, type SavedLedger } from '../control/ledger/past.ts'
import type { Sections } from '../control/state/state-codec.ts'
import { type Lock, lockFolder } from '../control/state/folder-lock.ts'
import {
  openState,
  outdate,
  STATE_FILE,
  StateFile,
  StateFolderFault,
  type StateWritten,
} from '../control/state/state-file.ts'

import type { Log } from './log.ts'

/** What is judged; it is gathered when a write begins. */
export interface Judged {
  readonly verdicts: SavedVerdicts
  readonly pools: Memory
}

interface Contents extends Judged, Pick<Pages, 'overrides'> {
  readonly registrations: readonly SavedRegistration[]
  readonly webhooks: Positions
  readonly ledger: SavedLedger
}

const SECTIONS: Sections<Contents> = {
  verdicts: verdictSection,
  pools: { codec: memoryCodec, empty: {} },
  overrides: overrideBookSection,
  registrations: registrationSection,
  webhooks: positionSection,
  ledger: ledgerSection,
}

export interface StateOptions {
  readonly clock: Clock
  readonly log: Log
  readonly judged: () => Judged
  readonly pages: () => Pages
  /** What each webhook has delivered. */
  readonly positions: () => Positions
  /** Who may still be held by whom. */
  readonly ledger: () => SavedLedger
}

/** What the process before left. */
export interface Opened extends Pages {
  readonly recollection: Recollection
  readonly positions: Positions
  readonly ledger: SavedLedger
}

export class State implements Desk {
  readonly #options: StateOptions
  #file: StateFile<Contents> | undefined
  #folder = ''
  #lock: Lock | undefined
  /** Pages that are to hold once they are written. */
  #draft: Pages | undefined

  constructor(options: StateOptions) {
    this.#options = options
  }

  /**
   * Opens the folder and returns what the process before left, if there is a folder. Throws an
   * Error that says what to do where it cannot be used.
   */
  async open(folder: string): Promise<Opened> {
    const { clock, log, judged, pages, positions, ledger } = this.#options
    this.#lock = await lockFolder(folder)
    if (this.#lock.kind === 'taken') throw taken(folder)
    if (this.#lock.kind === 'impossible') {
      const { reason } = this.#lock
      log.warn({ folder, reason }, 'nothing keeps a second server from this state folder')
    }
    const { contents, writtenWall, isOutdated, damage } = await openState(folder, SECTIONS)
    this.#folder = folder
    if (damage !== undefined) log.error({ folder }, damage)
    this.#file = new StateFile({
      folder,
      sections: SECTIONS,
      clock,
      contents: () => ({
        ...judged(),
        ...this.#saved(this.#draft ?? pages()),
        webhooks: positions(),
        ledger: ledger(),
      }),
      onFault: (error) => log.error({ reason: (error as Error).message }, 'state not written'),
    })
    const { overrides, verdicts, pools, webhooks } = contents
    const registrations = recallRegistrations(contents.registrations, momentOf(clock))
    const recollection = { verdicts: recallVerdicts(verdicts, writtenWall, clock), pools }
    // What was lost with the damage, or never written, may be who is held: nothing there says all.
    const isAll = contents.ledger.isFinal && damage === undefined && !isOutdated
    const left = { ...contents.ledger, isFinal: isAll }
    return { overrides, registrations, recollection, positions: webhooks, ledger: left }
  }

  async write(pages: Pages): Promise<void> {
    this.#draft = pages
    try {
      await this.#file?.flush()
    } finally {
      this.#draft = undefined // They hold now, or never will.
    }
  }

  /**
   * To be called before the first answer: the file says then that answers may follow. Where it
   * cannot be written, what it says of the process before is to be believed no more by the next.
   */
  async noteStart(): Promise<void> {
    try {
      await this.#file?.flush() // A failure is logged, and tried again.
    } catch {
      await outdate(this.#folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return
        const file = join(this.#folder, STATE_FILE)
        this.#options.log.error({ file, reason: error.message }, 'believe this no more; remove it')
      })
    }
  }

  #saved({ overrides, registrations }: Pages): Pick<Contents, 'overrides' | 'registrations'> {
    const now = momentOf(this.#options.clock)
    return { overrides, registrations: saveRegistrations(registrations, now) }
  }

  /** Undefined where there is no folder to write to. */
  get written(): StateWritten | undefined {
    return this.#file?.written
  }

  writeSoon(): void {
    this.touch()
  }

  /** A verdict has changed, or what is remembered of a pool. */
  touch(): void {
    this.#file?.touch()
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => {}) // The log has it; the end goes on.
    const lock = this.#lock
    this.#lock = undefined
    if (lock?.kind === 'held') await lock.release()
  }
}

function taken(folder: string): StateFolderFault {
  return new StateFolderFault(
    `another server uses the state folder ${folder}, and each would undo what the other has ` +
      'written; end that one first, or name another folder as "state"',
  )
}
