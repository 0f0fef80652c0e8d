/**
 * One process to a state folder: two would undo what the other wrote down, each with its whole
 * file. The lock is a socket in the folder on which the holder listens. It is given up with the
 * process, however that ends, and nobody is kept out by a number that now belongs to another.
 */

import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join, relative } from 'node:path'

export const LOCK_FILE = 'lock'
/** Of a socket's path: the least that systems allow. */
const PATH_OCTETS_MAX = 103
/** One that is left behind is taken away; whoever is faster then has the lock. */
const ATTEMPTS = 2

export type Lock =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'taken' }
  /** This file system cannot tell. */
  | { readonly kind: 'impossible'; readonly reason: string }

/** Never throws: that a folder cannot be used at all is for others to say. */
export async function lockFolder(folder: string): Promise<Lock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = shortest(join(folder, LOCK_FILE))
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const lock = await listenAt(path)
      if (lock) return lock
      if (await answersAt(path)) return { kind: 'taken' }
      await rm(path, { force: true })
    }
    return { kind: 'taken' }
  } catch (error) {
    return { kind: 'impossible', reason: (error as Error).message }
  }
}

/** Undefined where something is there already. */
async function listenAt(path: string): Promise<Lock | undefined> {
  const server = createServer((socket) => socket.destroy())
  try {
    server.listen(path)
    await once(server, 'listening')
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return
    throw error
  }
  server.unref()
  return {
    kind: 'held',
    release: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

async function answersAt(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch (error) {
    return !['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))
  } finally {
    socket.destroy()
  }
}

function shortest(path: string): string {
  const near = relative('', path)
  const shorter = near.length < path.length ? near : path
  if (Buffer.byteLength(shorter) <= PATH_OCTETS_MAX) return shorter
  throw new Error(`its path is above ${PATH_OCTETS_MAX} octets`)
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code)
}
