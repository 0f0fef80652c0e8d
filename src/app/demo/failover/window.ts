/**
 * The window of a failover: from the kill of a backend until the last cache has let go of it, by
 * what the server itself says of it: its flip, and its ledger of what it answered when.
 */

import type { AddressStatus, Status } from '../../../admin/status.ts'

import type { RequestRecord } from './users.ts'

/** Moments are wall milliseconds; what has not happened (yet) is absent. */
export interface FailoverWindow {
  readonly backend: string
  /** The phase that began with the kill. */
  readonly phase: number
  readonly killedWall: number
  /** When the server believed it, and told those who answer. */
  readonly downWall?: number
  /** What it saw. */
  readonly evidence?: string
  /** The last answer that named the backend, by the ledger: up to a quarter of a second late. */
  readonly lastAnswerWall?: number
  /** From here on no cache that keeps to the TTL holds the backend. */
  readonly letsGoWall?: number
  readonly startedWall?: number
  /** When it was answered again. */
  readonly upWall?: number
}

/** What a status adds to what is known of a window while its backend is dead. */
export function withDeath(window: FailoverWindow, status: Status, member: string): FailoverWindow {
  const address = addressOf(status, member)
  // A backend that was believed dead before it was is an odd case, but then its flip is older.
  const sinceWall = address?.verdict === 'down' ? 0 : window.killedWall
  const flip =
    flipOf(status, member, 'down', window.killedWall) ?? flipOf(status, member, 'down', sinceWall)
  if (!flip && window.downWall === undefined) return window
  const ledger = address?.ledger
  const letsGo = [window.letsGoWall, wall(flip?.lastCacheAt), wall(ledger?.heldUntil)]
  const lastAnswerWall = wall(ledger?.lastAnswerAt)
  const letsGoWall = Math.max(...letsGo.map((one) => one ?? 0))
  return {
    ...window,
    ...(flip && { downWall: wall(flip.at)!, evidence: flip.evidence }),
    ...(lastAnswerWall !== undefined && { lastAnswerWall }),
    ...(letsGoWall > 0 && { letsGoWall }),
  }
}

/** What a status adds once the backend has been started again. */
export function withReturn(window: FailoverWindow, status: Status, member: string): FailoverWindow {
  if (window.startedWall === undefined) return window
  const flip = flipOf(status, member, 'up', window.startedWall)
  return flip ? { ...window, upWall: wall(flip.at)! } : window
}

/**
 * Whether a request that failed is one of those that a failover costs: until the last cache lets
 * go, and no longer than was promised, however late the server was.
 */
export function isWithin(
  window: FailoverWindow,
  request: RequestRecord,
  promisedMs: number,
): boolean {
  const { backend, killedWall, letsGoWall } = window
  return (
    request.tried.includes(backend) &&
    letsGoWall !== undefined &&
    request.endedWall >= killedWall &&
    request.beganWall <= Math.min(letsGoWall, killedWall + promisedMs)
  )
}

/** The first such flip since then. */
function flipOf({ flips }: Status, member: string, to: string, sinceWall: number) {
  return flips.findLast(
    (flip) => flip.to === to && flip.members.includes(member) && wall(flip.at)! >= sinceWall,
  )
}

function addressOf({ pools }: Status, label: string): AddressStatus | undefined {
  const [pool, name] = label.split('/')
  const members = pools.find((one) => one.name === pool)?.members
  return members?.find((one) => one.name === name)?.addresses[0]
}

function wall(moment: string | undefined): number | undefined {
  return moment === undefined ? undefined : Date.parse(moment)
}
