/** Who stands in rosters, however deep: those who may be answered as things are. */

import type { Lineup, Offer } from '../../balance/roster.ts'

import { NO_CELL } from '../../engine/tally.ts'

import { FAMILIES, printOffer } from '../judgement/targets.ts'
import { offerKey } from './holdings.ts'

/** What a lineup offers, without its pools; lineups live as long as nothing changes in them. */
const known = new WeakMap<Lineup, { readonly keys: string[]; readonly pools: Lineup[] }>()

/** The keys of all that these lineups offer. */
export function offersOf(lineups: Iterable<Lineup>): Set<string> {
  const keys = new Set<string>()
  const seen = new Set(lineups)
  // A set that grows while it is walked is walked to its end.
  for (const lineup of seen) {
    const found = ownOffers(lineup)
    for (const key of found.keys) keys.add(key)
    for (const pool of found.pools) seen.add(pool)
  }
  return keys
}

function ownOffers(lineup: Lineup) {
  const found = known.get(lineup)
  if (found) return found
  const offers = lineup.candidates.flatMap((candidate) =>
    FAMILIES.flatMap((family) => candidate[family] ?? []),
  )
  const own = {
    keys: offers.flatMap((offer) => keyOf(offer) ?? []),
    pools: offers.flatMap((offer) => (offer.kind === 'pool' ? [offer.lineup] : [])),
  }
  known.set(lineup, own)
  return own
}

function keyOf(offer: Offer): string | undefined {
  if (offer.kind === 'pool') return
  return offerKey({ cell: offer.cell ?? NO_CELL, address: printOffer(offer) })
}
