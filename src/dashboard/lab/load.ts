/** How visits are sent off: so many as fast as they go, or so many each second until the end. */

import type { Clock } from './clock.ts'

export type SendOne = () => Promise<void>

/** A browser opens no more connections to one origin over HTTP/1.1; more would queue there. */
export const LANES = 6

/** Makes `count` visits, LANES at a time; resolves when they are over, or soon after `isEnough`. */
export async function burst(count: number, one: SendOne, isEnough: () => boolean): Promise<void> {
  let begun = 0
  const lane = async () => {
    while (begun < count && !isEnough()) {
      begun++
      await one()
    }
  }
  await Promise.all(Array.from({ length: Math.min(LANES, count) }, lane))
}

/** Often enough that a rate looks steady, seldom enough that the page has time for its own. */
export const BEAT_MS = 50
/** A server that does not answer must not be asked ever more. */
export const UNDER_WAY_MAX = 64
export const RATE_MAX = 500

/** Makes `perSecond` visits each second until the returned function is called. */
export function stream(perSecond: number, one: SendOne, clock: Clock): () => void {
  const startedMs = clock.now()
  let due = 0
  let underWay = 0
  let cancel = () => {}
  const beat = () => {
    const shouldBe = Math.floor(((clock.now() - startedMs) / 1_000) * perSecond)
    // A page that was asleep does not catch up: what was due then is over.
    for (due = Math.max(due, shouldBe - perSecond); due < shouldBe; due++) {
      if (underWay >= UNDER_WAY_MAX) continue
      underWay++
      void one().finally(() => underWay--)
    }
    cancel = clock.after(BEAT_MS, beat)
  }
  beat()
  return () => cancel()
}
