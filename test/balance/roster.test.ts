/**
 * Goal: two rosters are the same exactly where nobody could tell their answers apart.
 * Method: one roster with everything in it, built twice; then one thing changed at a time.
 */

import { describe, expect, it } from 'vitest'

import {
  type Candidate,
  isSameRoster,
  type Lineup,
  type Offer,
  type Roster,
} from '../../src/balance/roster.ts'

const address = (last: number): Offer => ({
  kind: 'address',
  octets: Uint8Array.of(192, 0, 2, last),
  cell: last,
})
const alias = (text: string): Offer => ({ kind: 'alias', target: new TextEncoder().encode(text) })
const candidate = (name: string, index: number, some: Partial<Candidate> = {}): Candidate => ({
  ...{ name, index, weight: 1 },
  ...some,
})

function rosterOf(change: Partial<Lineup> = {}, inner: Partial<Lineup> = {}, ttl = 30): Roster {
  const child: Lineup = {
    policy: 'weighted',
    candidates: [candidate('x', 0, { v4: address(7) }), candidate('y', 1, { v4: address(8) })],
    ...inner,
  }
  const candidates = [
    candidate('a', 0, { v4: address(1), v6: alias('\x03cdn\x00') }),
    candidate('b', 1, { v4: { kind: 'pool', lineup: child } }),
  ]
  return { lineup: { policy: 'rotate', candidates, ...change }, ttl }
}

describe('a roster', () => {
  it('is the same as one that was built from the same', () => {
    expect(isSameRoster(rosterOf(), rosterOf())).toBe(true)
  })

  it.each([
    ['its TTL', rosterOf({}, {}, 5)],
    ['an RRset beside it', { ...rosterOf(), services: [{ type: 33, octets: new Uint8Array(9) }] }],
    ['its policy', rosterOf({ policy: 'random' })],
    ['how sticky it is', rosterOf({ sticky: { v4Prefix: 24, v6Prefix: 56 } })],
    ['who is near', rosterOf({ nearness: 0 })],
    ['who takes part', rosterOf({ candidates: rosterOf().lineup.candidates.slice(1) })],
    ['a name', changed({ name: 'c' })],
    ['an ordinal', changed({ index: 3 })],
    ['a weight', changed({ weight: 2 })],
    ['an address', changed({ v4: address(2) })],
    ['a cell', changed({ v4: { ...address(1), cell: 9 } as Offer })],
    ['a family that is gone', changed({ v6: undefined })],
    ['a target', changed({ v6: alias('\x03cdm\x00') })],
    ['an alias where an address was', changed({ v4: alias('\x03cdn\x00') })],
    ['a pool where an address was', changed({ v4: rosterOf().lineup.candidates[1]!.v4 })],
    ['the policy of a pool within', rosterOf({}, { policy: 'rotate' })],
    ['who takes part within', rosterOf({}, { candidates: [] })],
  ])('is another where %s differs', (_, other) => {
    expect(isSameRoster(rosterOf(), other)).toBe(false)
    expect(isSameRoster(other, rosterOf())).toBe(false)
  })

  it('of which a pool within bounds its load otherwise is another', () => {
    const sticky = { v4Prefix: 24, v6Prefix: 56, loadBound: 1.25 }
    const other = { ...sticky, loadBound: 1.5 }
    expect(isSameRoster(rosterOf({}, { sticky }), rosterOf({}, { sticky }))).toBe(true)
    expect(isSameRoster(rosterOf({}, { sticky }), rosterOf({}, { sticky: other }))).toBe(false)
  })
})

/** The roster with its first candidate changed. */
function changed(change: { [Key in keyof Candidate]?: Candidate[Key] | undefined }): Roster {
  const [first, ...rest] = rosterOf().lineup.candidates
  return rosterOf({ candidates: [{ ...first!, ...change } as Candidate, ...rest] })
}
