/** How long each name's clients may be sent to a dead member at worst, as people read it. */

import { longest, printSeconds, printTerms } from '../config/budget/budget.ts'
import type { NameFailover } from '../config/budget/failover.ts'

/** Above this many names a person reads pools. */
const NAMES_MAX = 200

/** One aligned line for each name, or for each pool; empty where there is no name. */
export function failoverText(failovers: readonly NameFailover[]): string {
  if (failovers.length === 0) return ''
  const rows = failovers.length > NAMES_MAX ? byPool(failovers) : failovers.map(rowOf)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const lines = rows.map(([subject, pool, sum]) =>
    `  ${subject.padEnd(widths[0]!)}  ${pool.padEnd(widths[1]!)}  ${sum}`.trimEnd(),
  )
  return `until nobody is sent to a dead member, at worst:\n${lines.join('\n')}\n\n`
}

type Row = readonly [subject: string, pool: string, sum: string]

function rowOf(failover: NameFailover): Row {
  return [failover.name, poolText(failover), sumText(failover)]
}

function poolText({ pool }: NameFailover): string {
  return pool ?? '(zone file)'
}

function sumText({ blackHole, refused, never }: NameFailover): string {
  if (!blackHole || !refused) return `never: ${never}`
  const total = printSeconds(blackHole.totalMs)
  const other = `${printSeconds(refused.totalMs)} if it refuses`
  return `${total} = ${printTerms(blackHole)} (black hole; ${other})`
}

/** The worst of each pool's names, which differ in their TTL at most. */
function byPool(failovers: readonly NameFailover[]): Row[] {
  const pools = new Map<string, NameFailover[]>()
  for (const failover of failovers) {
    const known = pools.get(poolText(failover))
    if (known) known.push(failover)
    else pools.set(poolText(failover), [failover])
  }
  return [...pools].map(([pool, names]) => {
    const never = names.find((one) => one.never !== undefined)
    const worst = longest(names.map((one) => ({ ...one, totalMs: one.blackHole?.totalMs ?? 0 })))!
    const count = `${names.length} name${names.length === 1 ? '' : 's'}`
    return [pool, count, sumText(never ?? worst)]
  })
}
