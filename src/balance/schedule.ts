/**
 * Whose turn it is, worked out ahead: a schedule lists the turns of one cycle, so that drawing is a
 * step of a cursor. Over one cycle every member's share is exactly its weight, for clients that
 * take the first record and for clients that take any.
 */

import { leadsOf } from './leads.ts'
import { spreadByStep } from './spread.ts'
import { inLowestTerms, inShortCycle } from './weights.ts'

/**
 * The members that share a kind of turn, by place among those present. A turn starts at one of them
 * and goes on around the layer.
 */
export type Layer = readonly number[]

export interface Schedule {
  readonly layers: readonly Layer[]
  /** Which layer each turn of a cycle draws from, and at which of its places it starts. */
  readonly layerOf: Uint16Array
  readonly startOf: Uint16Array
  /** At most this many records a turn. */
  readonly answers: number
}

/**
 * One record a turn, each member as often as its weight, spread smoothly: weights 5, 1, 1 give
 * a a b a c a a. `present` are the places of those who are there (see `leads.ts`).
 */
export function smoothly(
  weights: readonly number[],
  present: readonly number[] = allOf(weights),
): Schedule {
  const startOf = leadsOf(inShortCycle(weights), present)
  const layerOf = new Uint16Array(startOf.length)
  return { layers: [present.map((_, seat) => seat)], layerOf, startOf, answers: 1 }
}

/**
 * Several records a turn, with shares that stay exact. With the weights ascending w1 ≤ … ≤ wn and
 * w0 = 0, layer j holds the members j…n, and each of them starts as many of its turns as the next:
 * of every wi leads of member i, (wj − wj−1) are turns of layer j. So member i leads as its weight
 * says; and as a turn takes neighbours around its layer, all members of a layer stand in equally
 * many places of its turns.
 *
 * `firsts` says of each of the present who is the first to have the same record: that one stands
 * for all who share it, in all layers and with the sum of their weights.
 */
export function inLayers(
  weights: readonly number[],
  answers: number,
  present: readonly number[] = allOf(weights),
  firsts: readonly number[] = allOf(present),
): Schedule {
  const short = inShortCycle(weights)
  const sums = present.map(() => 0)
  present.forEach((place, seat) => {
    sums[firsts[seat]] += short[place]
  })
  const own = inLowestTerms(sums)
  const order = [...new Set(firsts)].sort((a, b) => own[a] - own[b] || a - b)
  const layers: number[][] = []
  const steps: number[] = []
  /** For each seat, the layers that its leads go through, one cycle of them. */
  const layersOfSeat: Uint16Array[] = []
  let below = 0
  order.forEach((seat, rank) => {
    const step = own[seat] - below
    below = own[seat]
    if (step > 0) {
      layers.push(order.slice(rank).sort((a, b) => a - b))
      steps.push(step)
    }
    // Whoever weighs the same goes through the same.
    layersOfSeat[seat] = step > 0 ? spreadByStep(steps) : layersOfSeat[order[rank - 1]]
  })
  const leads = leadsOf(short, present)
  for (let turn = 0; turn < leads.length; turn++) leads[turn] = firsts[leads[turn]]
  return { layers, ...startsOf(leads, layers, layersOfSeat), answers }
}

/** Gives each lead in turn the next of its layers, and finds its place there. */
function startsOf(
  leads: Uint16Array,
  layers: readonly Layer[],
  layersOfSeat: readonly Uint16Array[],
): Pick<Schedule, 'layerOf' | 'startOf'> {
  const seats = layersOfSeat.length
  const placeOf = new Uint16Array(layers.length * seats)
  layers.forEach((layer, number) => {
    for (let place = 0; place < layer.length; place++)
      placeOf[number * seats + layer[place]] = place
  })
  const led = new Uint32Array(seats)
  const layerOf = new Uint16Array(leads.length)
  const startOf = new Uint16Array(leads.length)
  for (let turn = 0; turn < leads.length; turn++) {
    const seat = leads[turn]
    const sequence = layersOfSeat[seat]
    const layer = sequence[led[seat]++ % sequence.length]
    layerOf[turn] = layer
    startOf[turn] = placeOf[layer * seats + seat]
  }
  return { layerOf, startOf }
}

function allOf(weights: readonly number[]): number[] {
  return weights.map((_, place) => place)
}
