/**
 * Goal: rings that come and go, in any order and number, are drawn from rightly and do not pile up.
 * Method: bindings whose rosters change thousands of times, asked now and then; every turn is
 * compared with the roster that holds, and the heap with what its rings need.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { buildPrefixMap } from '../../src/base/prefix-map.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import { createDice } from '../../src/base/random.ts'
import type { PolicyName } from '../../src/balance/policy.ts'
import type { Roster } from '../../src/balance/roster.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine, type Engine, takeRoster, takeWorld } from '../../src/engine/engine.ts'
import { putTurn } from '../../src/engine/turn.ts'
import type { Nearness } from '../../src/engine/world.ts'
import { startWriter } from '../../src/wire/writer.ts'

const RECORD_OCTETS = 16
const OUT = new Uint8Array(4096)

describe('rings', () => {
  it('answer from the roster that holds now, however often rosters change', () => {
    const change = fc.record({
      binding: fc.nat(7),
      size: fc.nat(12),
      asks: fc.array(fc.nat(7), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const engine = engineOf(8)
        const sizes = new Array(8).fill(1)
        for (const [mark, { binding, size, asks }] of changes.entries()) {
          takeRoster(engine, binding, rosterOf(binding, size, mark))
          sizes[binding] = size
          for (const asked of asks) {
            expect(turnOf(engine, asked)).toEqual(sizes[asked] === 0 ? [] : [asked])
          }
        }
      }),
      { seed: 20261121, numRuns: 50 },
    )
  })

  it('do not pile up while rosters change', () => {
    const engine = engineOf(16)
    for (let mark = 0; mark < 20_000; mark++) {
      takeRoster(engine, mark % 16, rosterOf(mark % 16, 10, mark))
      turnOf(engine, mark % 16)
    }
    // Sixteen rings of ten records twice over, their turns, and as much again that is dead.
    expect(engine.heap.words.length).toBeLessThan(16 * 1024)
  })

  it.each(['sticky', 'nearest'] as const)(
    'that grow while they are used do not either: %s',
    (policy) => {
      const engine = engineOf(16)
      for (let mark = 0; mark < 4_000; mark++) {
        const binding = mark % 16
        takeRoster(engine, binding, rosterOf(binding, 10, mark, policy))
        const { client, identity } = engine.scratch
        for (let host = 0; host < 8; host++) {
          client.address.set([198, 51, host * 32, 0])
          identity.isKnown = false
          turnOf(engine, binding)
        }
        if (engine.heap.places.size > 16) throw new Error('a ring is gone and its places are not')
      }
      expect(engine.heap.words.length).toBeLessThan(2 ** 17)
    },
  )
})

/** Eight places, each near to one member. */
const NEARNESS: Nearness = {
  map: buildPrefixMap(
    Array.from({ length: 8 }, (_, place) => {
      return { prefix: parsePrefix(`198.51.${place * 32}.0/19`)!, value: place }
    }),
    0,
  ),
  ranks: Uint8Array.from({ length: 80 }, (_, at) => (at % 10 === Math.floor(at / 10) ? 0 : 1)),
  width: 10,
  places: 8,
}

function engineOf(bindings: number): Engine {
  const engine = createEngine(createCursors(), createDice(1))
  const binding = { answers: 1 }
  const world = {
    generation: 1,
    zones: [],
    bindings: new Array(bindings).fill(binding),
    nearness: [NEARNESS],
    serverId: new Uint8Array(0),
  }
  const rosters = Array.from({ length: bindings }, (_, number) => rosterOf(number, 1, 0))
  takeWorld(engine, world, rosters)
  return engine
}

/** Members of one binding have its number in their third octet. */
function rosterOf(
  binding: number,
  size: number,
  mark: number,
  policy: PolicyName = 'rotate',
): Roster {
  const candidates = Array.from({ length: size }, (_, index) => ({
    name: `m${index}`,
    index,
    weight: 1 + (mark % 3),
    v4: { kind: 'address', octets: Uint8Array.of(192, 0, binding, index) } as const,
  }))
  return { lineup: { policy, candidates, nearness: 0 }, ttl: 30 }
}

/** The bindings that the records of a turn belong to. */
function turnOf(engine: Engine, binding: number): number[] {
  startWriter(engine.scratch.writer, OUT, 0, OUT.length)
  const count = putTurn(engine, binding, false, null)
  expect(engine.scratch.writer.at).toBe(count * RECORD_OCTETS)
  return Array.from({ length: count }, (_, record) => OUT[record * RECORD_OCTETS + 14])
}
