/**
 * A contender is a member that may be answered in one family now, as a policy sees it when it says
 * who takes part. Whether it is healthy has been decided; what it answers does not matter here.
 */

export interface Contender {
  readonly name: string
  /** Its ordinal among the pool's members as configured. */
  readonly index: number
  /** Effective weight, a whole number from 1. */
  readonly weight: number
  /** Lower tiers are preferred; a member that was given none has its ordinal. */
  readonly tier: number
  /** The load that it has reported, in whatever unit its pool reports; absent where it has not. */
  readonly loadFigure?: number
  /** How long its checks take, smoothed; absent where none has succeeded. */
  readonly timeMs?: number
}

/** What the operator has asked of a policy beyond its name. */
export interface LineUpOptions {
  /** Whether a tier that is well again takes over at once (`failover`). */
  readonly failBack: boolean
}
