/** Goal: who is here and who is gone is known of everybody, and of no more than there is room for. */

import { expect, it } from 'vitest'

import { GONE_MAX, Holdings } from '../../../src/control/ledger/holdings.ts'
import { NO_CELL } from '../../../src/engine/tally.ts'

it('those who share the cell of those without are gone one by one', () => {
  const holdings = new Holdings()
  for (const member of ['a', 'b']) holdings.hold(seatOf(member, NO_CELL), 0)
  holdings.keep(new Set(['web/a v4']))
  const gone = [...holdings.all()].filter(({ isGone }) => isGone)
  expect(gone.map(({ member }) => member)).toEqual(['b'])
})

it('of those who are gone the first is forgotten where there is no more room', () => {
  const holdings = new Holdings()
  for (let at = 0; at <= GONE_MAX; at++) holdings.hold(seatOf(`m${at}`, at + 1), 0)
  holdings.keep(new Set(['web/m0 v4']))
  expect([...holdings.all()]).toHaveLength(GONE_MAX + 1)
  holdings.hold(seatOf('m1', 2), 0)
  holdings.keep(new Set(['web/m1 v4']))
  holdings.keep(new Set())
  const members = [...holdings.all()].map(({ member }) => member)
  expect(members).toHaveLength(GONE_MAX)
  expect(members).not.toContain('m2')
})

function seatOf(member: string, cell: number) {
  return { pool: 'web', member, family: 'v4', address: '192.0.2.1', cell } as const
}
