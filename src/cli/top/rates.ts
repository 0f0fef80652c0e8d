/** What happens now: differences of counters over the last seconds, from status to status. */

import type { Status } from '../../admin/status.ts'

/** The counters of one status. */
export interface Sample {
  readonly nowWall: number
  /** Another start is another process: its counters began anew. */
  readonly startedAt: string
  readonly queries: number
  readonly answers: number
  /** By `pool/member/family`. */
  readonly turns: ReadonlyMap<string, number>
  /** By `pool/family`, the sum over its members. */
  readonly sums: ReadonlyMap<string, number>
}

export interface Rates {
  /** Each second; absent until there are two statuses to compare. */
  readonly queries?: number
  readonly answers?: number
  /** How often an address leads an answer, each second. */
  turns(pool: string, member: string, family: string): number | undefined
  /** Its part of the turns of its family, in percent; absent where there were none. */
  share(pool: string, member: string, family: string): number | undefined
}

/** Long enough for shares to be steady, short enough to see a change. */
const SPAN_MS = 10_000
const SAMPLES_MAX = 32

/** The samples with another, without those that are too old to tell what happens now. */
export function withSample(samples: readonly Sample[], status: Status): readonly Sample[] {
  const sample = sampleOf(status)
  const known = samples.filter(({ startedAt }) => startedAt === sample.startedAt)
  // The server judges itself once a second; who asks sooner is told the same.
  if (known.at(-1)?.nowWall === sample.nowWall) return known
  const fresh = known.filter(({ nowWall }) => nowWall >= sample.nowWall - SPAN_MS)
  return [...fresh, sample].slice(-SAMPLES_MAX)
}

export function ratesOf(samples: readonly Sample[]): Rates {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.nowWall <= first.nowWall) {
    return { turns: () => undefined, share: () => undefined }
  }
  const seconds = (last.nowWall - first.nowWall) / 1_000
  const risen = (map: 'turns' | 'sums', key: string) =>
    Math.max(0, (last[map].get(key) ?? 0) - (first[map].get(key) ?? 0))
  return {
    queries: (last.queries - first.queries) / seconds,
    answers: (last.answers - first.answers) / seconds,
    turns: (pool, member, family) => risen('turns', `${pool}/${member}/${family}`) / seconds,
    share(pool, member, family) {
      const all = risen('sums', `${pool}/${family}`)
      return all === 0 ? undefined : (risen('turns', `${pool}/${member}/${family}`) / all) * 100
    },
  }
}

function sampleOf({ now, startedAt, queries, answers, pools }: Status): Sample {
  const turns = new Map<string, number>()
  const sums = new Map<string, number>()
  for (const pool of pools) {
    for (const member of pool.members) {
      for (const { family, turns: count } of member.addresses) {
        turns.set(`${pool.name}/${member.name}/${family}`, count)
        const sum = `${pool.name}/${family}`
        sums.set(sum, (sums.get(sum) ?? 0) + count)
      }
    }
  }
  return { nowWall: Date.parse(now), startedAt, queries, answers, turns, sums }
}
