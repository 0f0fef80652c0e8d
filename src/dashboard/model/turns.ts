/**
 * Who led how many answers of late: the server counts since its start, so that a share of the last
 * minute is the difference between two times of asking.
 */

import type { Status } from '../../admin/status.ts'

/** What each address had led at a moment of the server's clock. */
export interface TurnSample {
  readonly atMs: number
  readonly startedAt: string
  readonly turns: ReadonlyMap<string, number>
}

/** Answers led within a span, by address, and how long the span was in truth. */
export interface Answered {
  readonly spanMs: number
  readonly turns: ReadonlyMap<string, number>
}

export const WINDOWS_MS = [10_000, 60_000] as const
const WINDOW_MAX_MS = 60_000
/** After such a gap, as in a tab that was hidden, nobody knows what of it was of late. */
const GAP_MS = 60_000
/** Of ten thousand members each sample is large: the older ones stand farther apart. */
const SPACING = 10

/** An address wherever it is known by a word. */
export function addressKey(pool: string, member: string, family: string): string {
  return `${pool}/${member}/${family}`
}

/** The samples with one more, without those that no window needs; a restart begins anew. */
export function withSample(samples: readonly TurnSample[], status: Status): readonly TurnSample[] {
  const sample = sampleOf(status)
  const last = samples.at(-1)
  if (!last) return [sample]
  if (last.startedAt !== sample.startedAt || last.atMs > sample.atMs) return [sample]
  if (sample.atMs - last.atMs > GAP_MS) return [sample]
  if (last.atMs === sample.atMs) return samples
  return [...thinned(samples, sample.atMs), sample]
}

/** What was led within the last `windowMs`, or since the first sample where that is later. */
export function answeredOver(samples: readonly TurnSample[], windowMs: number): Answered {
  const last = samples.at(-1)
  if (!last) return { spanMs: 0, turns: new Map() }
  const first = samples.findLast(({ atMs }) => atMs <= last.atMs - windowMs) ?? samples[0]!
  const turns = new Map<string, number>()
  for (const [key, count] of last.turns) {
    const before = first.turns.get(key) ?? 0
    // Where the count began anew, all of it is of late.
    turns.set(key, count >= before ? count - before : count)
  }
  return { spanMs: last.atMs - first.atMs, turns }
}

function sampleOf({ now, startedAt, pools }: Status): TurnSample {
  const turns = new Map<string, number>()
  for (const { name: pool, members } of pools) {
    for (const { name: member, addresses } of members) {
      for (const one of addresses) turns.set(addressKey(pool, member, one.family), one.turns)
    }
  }
  return { atMs: Date.parse(now), startedAt, turns }
}

/** Keeps one that is older than the longest window: it is where that window begins. */
function thinned(samples: readonly TurnSample[], nowMs: number): TurnSample[] {
  const begin = samples.findLastIndex(({ atMs }) => atMs <= nowMs - WINDOW_MAX_MS)
  const kept: TurnSample[] = []
  for (const sample of samples.slice(Math.max(0, begin))) {
    const before = kept.at(-1)
    const next = samples[samples.indexOf(sample) + 1]
    const isNeeded = !before || !next || next.atMs - before.atMs > (nowMs - before.atMs) / SPACING
    if (isNeeded) kept.push(sample)
  }
  return kept
}
