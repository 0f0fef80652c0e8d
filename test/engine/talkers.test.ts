/**
 * Goal: whoever asks for a large part of all turns is named, with about its share; nobody else is.
 * Method: turns of a loud resolver among those of many quiet ones, noted in one row or in several.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress, printAddress } from '../../src/base/address.ts'
import { createDice, roll } from '../../src/base/random.ts'
import { hashClient } from '../../src/engine/cursors.ts'
import { createTalkers, loudest, noteTurn, type Talkers } from '../../src/engine/talkers.ts'
import { createClient } from '../../src/engine/world.ts'

const LOUD = '198.51.100.7'
const LOUD_V6 = '2001:db8::7'

const QUIET = Array.from({ length: 4000 }, (_, host) => from(`203.0.${host >> 8}.${host & 255}`))

/** Notes turns, of which each resolver in `loud` has so many percent and the rest have the others. */
function note(rows: readonly Talkers[], turns: number, loud: Readonly<Record<string, number>>) {
  const dice = createDice(11)
  const known = Object.entries(loud).flatMap(([name, percent]) =>
    new Array<ReturnType<typeof from>>(percent).fill(from(name)),
  )
  for (let turn = 0; turn < turns; turn++) {
    const { client, hash } = known[roll(dice, 100)] ?? QUIET[roll(dice, QUIET.length)]!
    noteTurn(rows[roll(dice, rows.length)]!, client, hash)
  }
}

function from(name: string) {
  const address = parseAddress(name)!
  const client = createClient(false)
  client.address.set(address)
  client.isV6 = address.length === 16
  return { client, hash: hashClient(client) }
}

function namesOf(rows: readonly Talkers[]): string[] {
  return loudest(rows)
    .filter(({ share }) => share > 0.05)
    .map(({ address }) => printAddress(address))
}

describe('talkers', () => {
  it('are nobody where nobody has asked', () => {
    expect(loudest([createTalkers()])).toEqual([])
  })

  it('are those who ask for a large part of all turns, the loudest first', () => {
    const row = createTalkers()
    note([row], 200_000, { [LOUD_V6]: 20, [LOUD]: 50 })
    expect(namesOf([row])).toEqual([LOUD, LOUD_V6])
    expect(loudest([row])[0]!.share).toBeCloseTo(0.5, 1)
    expect(loudest([row])[1]!.share).toBeCloseTo(0.2, 1)
  })

  it('are nobody where all ask about as much', () => {
    const row = createTalkers()
    note([row], 200_000, {})
    expect(namesOf([row])).toEqual([])
  })

  it('are counted over all threads together', () => {
    const rows = [createTalkers(), createTalkers(), createTalkers()]
    note(rows, 200_000, { [LOUD]: 40 })
    expect(namesOf(rows)).toEqual([LOUD])
    expect(loudest(rows)[0]!.share).toBeCloseTo(0.4, 1)
  })

  it('are those of late: who has fallen silent is overtaken', () => {
    const row = createTalkers()
    note([row], 300_000, { [LOUD]: 60 })
    note([row], 1_500_000, { [LOUD_V6]: 60 })
    expect(namesOf([row])[0]).toBe(LOUD_V6)
    expect(loudest([row])[0]!.share).toBeGreaterThan(0.5)
  })

  it('are told no more of than was asked for', () => {
    const row = createTalkers()
    note([row], 200_000, { [LOUD_V6]: 20, [LOUD]: 50 })
    expect(loudest([row], 1)).toHaveLength(1)
  })
})
