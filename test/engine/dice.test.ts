/**
 * Goal: dice are fair: the expected shares are the weights', for first records and for any.
 * Method: the seed is fixed, so the turns are always the same ones and nothing here is left to luck;
 * they are judged as one would judge real dice, by chi-square and by standard deviations.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'

const ZONE = '@ 60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60\n'
const NAME = 'www.example.test'
const TURNS = 20_000

/** Header and question of NAME: where the first record starts. Records have 16 octets. */
const ANSWER_AT = 12 + NAME.length + 2 + 4
const RECORD_SIZE = 16

const CASES = [
  { weights: [50, 30, 20], answers: 1 },
  { weights: [50, 30, 20], answers: 2 },
  { weights: [50, 30, 20], answers: 3 },
  { weights: [1, 1, 1, 1], answers: 2 },
  { weights: [1, 2, 4, 8, 16], answers: 4 },
]

/** Chi-square that one in a thousand fair dice exceeds, by degrees of freedom. */
const CHI_SQUARE_MAX: Record<number, number> = { 2: 13.82, 3: 16.27, 4: 18.47 }
/** Four standard deviations: one in 16,000. */
const DEVIATIONS_MAX = 4

describe.each(CASES)('weights $weights with $answers answers', ({ weights, answers }) => {
  const members = Object.fromEntries(
    weights.map((weight, index) => [`m${index}`, { v4: `192.0.2.${index}`, weight }]),
  )
  const { answerOctets } = authority(
    { 'example.test': ZONE },
    { bindings: { [NAME]: { members, answers, policy: 'random' } }, seed: 42 },
  )
  const request = requestFor(`${NAME} A`)
  const turns = Array.from({ length: TURNS }, () => membersOf(answerOctets(request)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const due = weights.map((weight) => (TURNS * weight) / total)

  it('lead in proportion', () => {
    const led = weights.map((_, member) => turns.filter(([first]) => first === member).length)
    const chiSquare = led.reduce((sum, count, i) => sum + (count - due[i]!) ** 2 / due[i]!, 0)
    expect(chiSquare).toBeLessThan(CHI_SQUARE_MAX[weights.length - 1]!)
  })

  it('are any record of an answer in proportion', () => {
    weights.forEach((_, member) => {
      const share = turns.reduce(
        (sum, turn) => sum + (turn.includes(member) ? 1 / turn.length : 0),
        0,
      )
      // A turn of several varies less than one of a single record, whose deviation this is.
      const deviation = Math.sqrt(due[member]! * (1 - due[member]! / TURNS))
      expect(Math.abs(share - due[member]!)).toBeLessThan(DEVIATIONS_MAX * deviation)
    })
  })

  it('do not follow each other in a pattern: who leads says nothing of who leads next', () => {
    // Pairs of one member with itself, as often as chance has them.
    const likely = weights.reduce((sum, weight) => sum + (weight / total) ** 2, 0)
    const pairs = turns.filter(([first], at) => at > 0 && first === turns[at - 1]![0]).length
    const deviation = Math.sqrt(TURNS * likely * (1 - likely))
    expect(Math.abs(pairs - TURNS * likely)).toBeLessThan(2 * DEVIATIONS_MAX * deviation)
  })
})

/** The last octet of each address: which member it is. */
function membersOf(message: Uint8Array): number[] {
  const found: number[] = []
  for (let at = ANSWER_AT; at < message.length; at += RECORD_SIZE) {
    found.push(message[at + RECORD_SIZE - 1]!)
  }
  return found
}
