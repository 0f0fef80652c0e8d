/**
 * The users of the test: each looks the name up, goes to the first address, and thinks a while
 * before the next time. What became of each request is kept.
 */

import type { Clock } from '../../../base/clock.ts'
import { type Dice, roll } from '../../../base/random.ts'

import type { Resolved } from './resolver.ts'

/** One request, from the click to the page or to the error. Moments are wall milliseconds. */
export interface RequestRecord {
  readonly phase: number
  readonly user: number
  readonly beganWall: number
  readonly endedWall: number
  readonly tookMs: number
  /** Whether its addresses were in the cache. */
  readonly isCached: boolean
  /** The backends that it went to, in order; empty where the name could not be resolved. */
  readonly tried: readonly string[]
  /** Absent where it failed. */
  readonly servedBy?: string
  /** Why the first backend, or the resolver, did not do. */
  readonly reason?: string
}

export interface User {
  readonly number: number
  readonly dice: Dice
  resolve(): Promise<Resolved | string>
}

export interface Outing {
  readonly phase: number
  readonly requests: number
  readonly paceMs: number
  /** Whether the next address is tried where one fails. */
  readonly isPersistent: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** What a user finds at an address: undefined is the page, text the reason that there is none. */
  readonly visit: (address: string) => Promise<string | undefined>
  readonly backendAt: (address: string) => string
  readonly note: (record: RequestRecord) => void
}

/** Draws are to a thousandth of the pace. */
const GRAIN = 1_000

/** Sends one user through a phase. The first request comes within one pace, none in step. */
export async function goOut(user: User, outing: Outing): Promise<void> {
  const { requests, paceMs, clock, signal } = outing
  const startedMs = clock.now()
  const offsetMs = (paceMs * roll(user.dice, GRAIN)) / GRAIN
  for (let turn = 0; turn < requests; turn++) {
    // A third of the pace sooner or later, so that users do not march in step.
    const driftMs = turn === 0 ? 0 : (paceMs * (roll(user.dice, GRAIN) / GRAIN - 0.5)) / 3
    const dueMs = startedMs + offsetMs + turn * paceMs + driftMs
    await pause(clock, dueMs - clock.now(), signal)
    if (signal.aborted) return
    outing.note(await once(user, outing))
  }
}

async function once({ number, resolve }: User, outing: Outing): Promise<RequestRecord> {
  const { phase, isPersistent, clock, visit, backendAt } = outing
  const [beganWall, beganMs] = [clock.wall(), clock.now()]
  const tried: string[] = []
  let reason: string | undefined
  let servedBy: string | undefined
  const found = await resolve()
  if (typeof found === 'string') reason = `not resolved: ${found}`
  else {
    const { addresses } = found
    for (const address of isPersistent ? addresses : addresses.slice(0, 1)) {
      tried.push(backendAt(address))
      const fault = await visit(address)
      if (fault === undefined) {
        servedBy = tried.at(-1)!
        break
      }
      reason ??= fault
    }
  }
  return {
    ...{ phase, user: number, beganWall, endedWall: clock.wall(), tookMs: clock.now() - beganMs },
    ...{ isCached: typeof found !== 'string' && found.isCached, tried },
    ...(servedBy !== undefined && { servedBy }),
    ...(reason !== undefined && { reason }),
  }
}

/** Resolves after so long, or at once where the test is given up. */
export function pause(clock: Clock, spanMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(spanMs, done)
    signal.addEventListener('abort', done)
  })
}
