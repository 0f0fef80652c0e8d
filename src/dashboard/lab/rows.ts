/** The rows of the table of members: those of the pool in their order, then whoever else came. */

import type { Run, Tally } from './run.ts'
import type { Target, TargetMember } from './target.ts'

export interface MemberRow extends Tally {
  readonly name: string
  readonly address: string
  readonly weight?: number
  /** `out` is up, and not answered all the same. */
  readonly state: 'up' | 'down' | 'unknown' | 'out'
  readonly why?: string | undefined
  /** Of the visits that were sent to somebody, 0 to 1. */
  readonly share?: number
  /** What the shares in force at each visit come to, or those of now before there is one. */
  readonly promised?: number
}

/** As many as a table can show with sense. */
const ROWS_MAX = 100

export function memberRows(run: Run, { members }: Target): MemberRow[] {
  const isV6 = run.settings.type === 'AAAA'
  const isDual = run.settings.model === 'eyeballs'
  const own = members.filter(({ family }) => isDual || (family === 'v6') === isV6)
  const strangers = [...run.tallies.keys()].filter((key) => !own.some((one) => one.address === key))
  return [
    ...own.map((member) => rowOf(run, member)),
    ...strangers.map((address) => rowOf(run, { name: address, address })),
  ].slice(0, ROWS_MAX)
}

const NOTHING: Tally = { chosen: 0, expected: 0, listed: 0, served: 0, failed: 0 }

type Known = Pick<TargetMember, 'name' | 'address'> & Partial<TargetMember>

function rowOf(run: Run, member: Known): MemberRow {
  const { name, address, weight, verdict, why } = member
  const tally = run.tallies.get(address) ?? NOTHING
  const promised = run.judged > 0 ? tally.expected / run.judged : member.share
  return {
    ...{ name, address, ...tally, state: stateOf(member), why },
    ...(weight !== undefined && { weight }),
    ...(run.chosen > 0 && { share: tally.chosen / run.chosen }),
    ...(promised !== undefined && verdict !== undefined && { promised }),
  }
}

function stateOf({ verdict, share, weight }: Known): MemberRow['state'] {
  if (weight === undefined) return 'unknown'
  if (verdict === 'down') return 'down'
  if (share === undefined) return 'out'
  return verdict === 'unknown' ? 'unknown' : 'up'
}
