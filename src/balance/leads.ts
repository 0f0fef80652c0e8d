/**
 * Who leads the turns of a cycle, for members of whom some may be absent.
 *
 * A lineup has one sequence of leads for all its members, in whichever family they are. In a family
 * where the lead is absent, the others take its turns in proportion. So a resolver that asks A and
 * then AAAA meets the same member first wherever that member has both, and the shares in each
 * family are exactly those of the weights over that family's cycle.
 */

import { spread } from './spread.ts'
import { greatestCommonFactor, inLowestTerms, sumOf } from './weights.ts'

/**
 * Taking turns in proportion may need the sequence several times over before it comes out even.
 * Beyond so many turns the present have a sequence of their own: as exact, but in step with nobody.
 */
const IN_STEP_MAX = 65_536

/**
 * The leads of one cycle, by place among `present`, which lists the places of those who are there.
 * `weights` are whole, with a sum that a cycle can have (`inShortCycle`).
 */
export function leadsOf(weights: readonly number[], present: readonly number[]): Uint16Array {
  if (present.length === weights.length) return spread(weights)
  const own = inLowestTerms(present.map((place) => weights[place]))
  const ownTotal = sumOf(own)
  const total = sumOf(weights)
  const vacant = total - sumOf(present.map((place) => weights[place]))
  const rounds = ownTotal / greatestCommonFactor(ownTotal, vacant)
  const stand = spread(own)
  if (rounds * total > IN_STEP_MAX) return stand

  const seatOf = new Int16Array(weights.length).fill(-1)
  present.forEach((place, seat) => {
    seatOf[place] = seat
  })
  const leads = spread(weights)
  const told = new Uint16Array(rounds * total)
  for (let turn = 0, taken = 0; turn < told.length; turn++) {
    const seat = seatOf[leads[turn % total]]
    told[turn] = seat >= 0 ? seat : stand[taken++ % ownTotal]
  }
  return told
}
