/**
 * Who is close enough to the least of a figure to share its turns. To join one must be closer than
 * to stay: two that are as good as each other would else take turns at being alone, and send their
 * clients to and fro with every probe.
 */

import type { Contender } from './contender.ts'

/** How far above the least a figure may be: so many times, and so much besides. */
export interface Margin {
  readonly times: number
  readonly plus: number
}

/**
 * Those whose figure is within `toJoin` of the least, or within `toStay` if they took part before;
 * in their order. Whoever has no figure takes part only where nobody has one.
 */
export function thoseNearLeast(
  eligible: readonly Contender[],
  previous: readonly string[],
  figureOf: (contender: Contender) => number | undefined,
  toJoin: Margin,
  toStay: Margin,
): readonly Contender[] {
  const figures = eligible.map(figureOf)
  const known = figures.filter((figure) => figure !== undefined)
  if (known.length === 0) return eligible
  const least = Math.min(...known)
  return eligible.filter(({ name }, place) => {
    const figure = figures[place]
    const { times, plus } = previous.includes(name) ? toStay : toJoin
    return figure !== undefined && figure <= least * times + plus
  })
}
