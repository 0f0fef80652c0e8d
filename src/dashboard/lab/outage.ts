/**
 * A backend that somebody stopped or started by a click, and how long the answers took to follow:
 * measured by the run's own visits and held against what the configuration promises.
 */

export interface Outage {
  readonly name: string
  readonly address: string
  readonly kind: 'stop' | 'start'
  readonly atMs: number
  /** How long it may take at worst; undefined where nothing is promised. */
  readonly withinMs?: number | undefined
  /** The last visit that was sent there, or the first again, in milliseconds after the click. */
  readonly seenMs?: number
  /** Visits since, of those who asked after `seenMs`, that were sent elsewhere. */
  readonly elsewhere: number
  /** Users since the click that nobody served. */
  readonly failed: number
}

export function createOutage(
  which: Pick<Outage, 'name' | 'address' | 'kind' | 'atMs' | 'withinMs'>,
): Outage {
  return { ...which, elsewhere: 0, failed: 0 }
}

export interface Seen {
  readonly atMs: number
  readonly chosen?: string | undefined
  readonly served?: string | undefined
}

/** Takes one more visit into account; those that began before the click say nothing. */
export function follow(outage: Outage, { atMs, chosen, served }: Seen): Outage {
  if (atMs < outage.atMs || chosen === undefined) return outage
  const failed = outage.failed + (served === undefined ? 1 : 0)
  const sinceMs = atMs - outage.atMs
  if (chosen !== outage.address) return { ...outage, failed, elsewhere: outage.elsewhere + 1 }
  if (outage.kind === 'start') return { ...outage, failed, seenMs: outage.seenMs ?? sinceMs }
  return { ...outage, failed, seenMs: Math.max(outage.seenMs ?? 0, sinceMs), elsewhere: 0 }
}

/** As many visits in a row elsewhere say that an address is out, rather than not in its turn. */
export const ELSEWHERE_ENOUGH = 30

/** Whether the answers have followed. */
export function isSettled({ kind, seenMs, elsewhere }: Outage): boolean {
  return kind === 'start' ? seenMs !== undefined : elsewhere >= ELSEWHERE_ENOUGH
}

export function outageText(outage: Outage, spanText: (spanMs: number) => string): string {
  const { name, kind, seenMs = 0, withinMs, failed } = outage
  const promise = withinMs === undefined ? '' : `; promised within ${spanText(withinMs)}`
  const users = failed === 0 ? '' : `; ${failed} ${failed === 1 ? 'user' : 'users'} met nobody`
  if (!isSettled(outage)) {
    const state = kind === 'stop' ? 'may still be answered' : 'not answered yet'
    return `${name} ${kind === 'stop' ? 'stopped' : 'started'}: ${state}${promise}${users}`
  }
  if (kind === 'start') return `${name} started: answered again after ${spanText(seenMs)}${users}`
  const kept = seenMs === 0 ? 'at once' : `after ${spanText(seenMs)}`
  return `${name} stopped: out of the answers ${kept}${promise}${users}`
}
