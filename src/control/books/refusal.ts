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
}

export function refusal(refused: RefusalKind, detail: string, remedy?: string): Refusal {
  return { refused, detail, ...(remedy !== undefined && { remedy }) }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
