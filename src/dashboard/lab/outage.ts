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
  /** Undone since by another click: what is known of it by then is all. */
  readonly isUndone: boolean
}

export function createOutage(
  which: Pick<Outage, 'name' | 'address' | 'kind' | 'atMs' | 'withinMs'>,
): Outage {
  return { ...which, elsewhere: 0, failed: 0, isUndone: false }
}

export interface Seen {
  readonly atMs: number
  readonly chosen?: string | undefined
  readonly served?: string | undefined
}

/** Takes one more visit into account; those that began before the click say nothing. */
export function follow(outage: Outage, { atMs, chosen, served }: Seen): Outage {
  if (outage.isUndone || atMs < outage.atMs || chosen === undefined) return outage
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

export function outageText(outage: Outage): string {
  const { name, kind, seenMs = 0, withinMs, failed, isUndone } = outage
  const promise = withinMs === undefined ? '' : `; promised within ${secondsText(withinMs)}`
  const users = failed === 0 ? '' : `; ${failed} ${failed === 1 ? 'user' : 'users'} met nobody`
  const head = `${name} ${kind === 'stop' ? 'stopped' : 'started'}`
  if (!isSettled(outage)) {
    const states = isUndone ? ['was answered until', 'was not answered before'] : NOT_YET
    const state = kind === 'stop' ? states[0] : states[1]
    return isUndone
      ? `${head}: ${state} the next click${users}`
      : `${head}: ${state}${promise}${users}`
  }
  if (kind === 'start') return `${head}: answered again after ${secondsText(seenMs)}${users}`
  const kept = seenMs === 0 ? 'at once' : `after ${secondsText(seenMs)}`
  return `${head}: out of the answers ${kept}${promise}${users}`
}

const NOT_YET = ['may still be answered', 'not answered yet']

/** To a tenth: of a promise of 3.4 s nobody wants to read 3 s. */
function secondsText(spanMs: number): string {
  return `${(spanMs / 1_000).toFixed(1)}\u202fs`
}
