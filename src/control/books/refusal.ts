/** What somebody asked for and does not get, with what would help: a value, never an exception. */

/**
 * `invalid`: not a legal wish. `unknown`: there is no such thing. `forbidden`: the configuration
 * does not allow it. `conflict`: as things stand now, it cannot be. `unavailable`: this server
 * cannot do that.
 */
export type RefusalKind = 'invalid' | 'unknown' | 'forbidden' | 'conflict' | 'unavailable'

export interface Refusal {
  readonly refused: RefusalKind
  /** A fragment that names the object and, where there is one, the legal range. */
  readonly detail: string
  /** What would make it possible. */
  readonly remedy?: string
  /** Which part of the wish is not legal, where it is one. */
  readonly at?: string
}

export function refusal(refused: RefusalKind, detail: string, remedy?: string): Refusal {
  return { refused, detail, ...(remedy !== undefined && { remedy }) }
}

/** Of a wish of which this part is not legal. */
export function faultAt(at: string, detail: string): Refusal {
  return { refused: 'invalid', detail, at }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
