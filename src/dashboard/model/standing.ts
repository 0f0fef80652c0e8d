/** How an address stands, in one word and one shape: what its checks say, and who decided else. */

import type { AddressStatus, MemberStatus } from '../../admin/status.ts'

import type { Shape } from '../shared/icons.tsx'

export type Tone = 'up' | 'down' | 'wait' | 'soft'

export interface Standing {
  readonly shape: Shape
  readonly word: string
  readonly tone: Tone
  /** What the word leaves open: why it is not answered, or is all the same. */
  readonly note?: string
}

type Judged = Pick<AddressStatus, 'verdict' | 'isServing' | 'why'>

export function standingOf(member: Pick<MemberStatus, 'override'>, address: Judged): Standing {
  const { override } = member
  if (override && override.word !== 'up') {
    const isDrain = override.word === 'drain'
    return { shape: 'drain', word: isDrain ? 'drained' : 'forced down', tone: 'wait' }
  }
  if (override) return { shape: 'up', word: 'forced up', tone: 'wait', ...noteOf(address) }
  return { ...byVerdict(address.verdict), ...noteOf(address) }
}

function byVerdict(verdict: AddressStatus['verdict']): Omit<Standing, 'note'> {
  switch (verdict) {
    case 'up':
      return { shape: 'up', word: 'up', tone: 'up' }
    case 'down':
      return { shape: 'down', word: 'down', tone: 'down' }
    case 'unknown':
      return { shape: 'unknown', word: 'unknown', tone: 'wait' }
    case undefined:
      return { shape: 'unknown', word: 'unchecked', tone: 'soft' }
  }
}

function noteOf({ verdict, isServing, why }: Judged): Pick<Standing, 'note'> {
  if (isServing) return verdict === 'down' ? { note: 'but answered' } : {}
  if (why === undefined) return { note: 'not in turn' }
  return why === 'down' ? {} : { note: why }
}
