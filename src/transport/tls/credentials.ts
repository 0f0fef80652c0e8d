/**
 * The identity that listeners show now, and the watch on its files: a certificate that was renewed
 * is shown to the next who connects, and one that is broken is not. No connection ends for it.
 *
 * Folders are watched and not files: ACME clients write a new file beside the old one and rename
 * it, or turn a symbolic link elsewhere. Where a system cannot watch, the files are read now and
 * then anyway.
 */

import { type FSWatcher, realpathSync, watch } from 'node:fs'
import { dirname } from 'node:path'

import type { Clock } from '../../base/clock.ts'

import { concernsOf, type Identity, type IdentityFiles, readIdentity } from './identity.ts'

/** Certificate and key are two files, and are written one after the other. */
export const SETTLE_MS = 500
/** What is wrong after so long is no half of a change any more. */
export const CONFIRM_MS = 5_000
export const POLL_MS = 60_000

export interface CredentialsOptions {
  readonly identity: Identity
  readonly files: IdentityFiles
  readonly clock: Clock
  /** Called when another identity is shown from now on. */
  readonly onTaken: (identity: Identity) => void
  /** Called when the files have changed to what cannot be shown, with the reason. */
  readonly onKept: (reason: string) => void
}

export class Credentials {
  readonly #options: CredentialsOptions
  readonly #followers = new Set<(identity: Identity) => void>()
  readonly #watchers = new Map<string, FSWatcher>()
  #files: IdentityFiles
  #identity: Identity
  /** Why what the files hold is not shown, from when it was seen first. */
  #doubt: { readonly reason: string; readonly sinceMs: number; isTold: boolean } | undefined
  #cancelLook = () => {}
  #cancelPoll = () => {}
  #isStopped = false

  constructor(options: CredentialsOptions) {
    this.#options = options
    this.#files = options.files
    this.#identity = options.identity
    this.#watch()
    this.#poll()
  }

  get identity(): Identity {
    return this.#identity
  }

  /** What should be looked at: the certificate's end, or why it is not the newest that is shown. */
  warnings(): string[] {
    const { clock } = this.#options
    const concerns = concernsOf(this.#identity, this.#files, clock.wall())
    const kept = this.#doubt?.isTold ? [keptText(this.#doubt.reason)] : []
    return [...kept, ...concerns.map(({ problem }) => problem)]
  }

  /** Has `take` called with the identity now and whenever it changes, until it is called off. */
  follow(take: (identity: Identity) => void): () => void {
    this.#followers.add(take)
    take(this.#identity)
    return () => this.#followers.delete(take)
  }

  /** Looks at once, as whoever asks for a reload expects; from other files, if they are others. */
  refresh(files: IdentityFiles): void {
    this.#files = files
    this.#look(0)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelLook()
    this.#cancelPoll()
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  /** `confirmMs`: how long something must be wrong before it is told. */
  #look(confirmMs: number): void {
    if (this.#isStopped) return
    this.#watch()
    const found = this.#judged()
    if (typeof found !== 'string') {
      this.#doubt = undefined
      if (found.digest === this.#identity.digest) return
      this.#identity = found
      for (const take of this.#followers) take(found)
      this.#options.onTaken(found)
      return
    }
    const { clock, onKept } = this.#options
    if (this.#doubt?.reason !== found) {
      this.#doubt = { reason: found, sinceMs: clock.now(), isTold: false }
    }
    const doubt = this.#doubt
    if (doubt.isTold) return
    if (clock.now() - doubt.sinceMs < confirmMs) this.#lookIn(confirmMs)
    else {
      doubt.isTold = true
      onKept(keptText(found))
    }
  }

  /** What could be shown instead, or why not. */
  #judged(): Identity | string {
    const found = readIdentity(this.#files)
    if ('problem' in found) return found.problem
    const nowWall = this.#options.clock.wall()
    const isOver = (one: Identity) => one.endsWall <= nowWall
    if (isOver(found) && !isOver(this.#identity)) {
      return concernsOf(found, this.#files, nowWall)[0]!.problem
    }
    return found
  }

  #lookIn(delayMs: number): void {
    this.#cancelLook()
    this.#cancelLook = this.#options.clock.after(delayMs, () => this.#look(CONFIRM_MS))
  }

  #poll(): void {
    this.#cancelPoll = this.#options.clock.after(POLL_MS, () => {
      this.#look(CONFIRM_MS)
      if (!this.#isStopped) this.#poll()
    })
  }

  /** Watches the folders of the files and of what they lead to, and no others. */
  #watch(): void {
    const folders = new Set(Object.values(this.#files).flatMap(foldersOf))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#open(folder)
  }

  #open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#lookIn(SETTLE_MS))
      watcher.on('error', () => {
        watcher.close() // The folder has gone.
        this.#watchers.delete(folder)
      })
      this.#watchers.set(folder, watcher)
    } catch {
      // No such folder, or no watch left to have: the next poll reads the files.
    }
  }
}

function keptText(reason: string): string {
  return `the certificate from before is still shown: ${reason}`
}

function foldersOf(path: string): string[] {
  try {
    return [dirname(path), dirname(realpathSync(path))]
  } catch {
    return [dirname(path)]
  }
}
