/**
 * Goal: what was answered is counted under the RCODE that was sent, the extended ones too, under the
 * type that was asked, and under the time that it took.
 * Method: one query of each kind through the engine, and the row of cells that it leaves.
 */

import { describe, expect, it } from 'vitest'

import { createDice } from '../../src/base/random.ts'
import { answer } from '../../src/engine/answer.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createClient } from '../../src/engine/world.ts'
import * as counting from '../../src/transport/counters.ts'
import { encodeQuery } from '../../src/wire/encode-query.ts'
import { TYPE } from '../../src/wire/registry.ts'

const NAME = 'www.example.test.'
const { LATENCY_AT, LATENCY_BOUNDS_MS, LATENCY_SUM, TYPES_AT, TYPES_COUNTED } = counting

describe('counters', () => {
  it.each([
    ['a name of nobody’s zone', encodeQuery({ name: NAME, type: TYPE.A, id: 1 }), 'refused'],
    [
      'a version of EDNS that is not known',
      encodeQuery({ name: NAME, type: TYPE.A, id: 1, edns: { payload: 1232, version: 1 } }),
      'other_rcode',
    ],
    ['half a header', Uint8Array.of(0, 1, 0, 0), 'silences'],
  ] as const)('count %s', (_, request, cell) => {
    const counters = counting.createCounters()
    const length = ask(counters, request)

    const counted = Object.entries(counting.sumCounters([counters]))
    const answers = length > 0 ? [['answers', 1]] : []
    expect(counted.filter(([, value]) => value > 0).sort()).toEqual(
      [['queries', 1], ...answers, [cell, 1]].sort(),
    )
  })

  it.each([
    ['A', TYPE.A],
    ['HTTPS', TYPE.HTTPS],
    ['ANY', TYPE.ANY],
    ['other', TYPE.DNSKEY],
    ['other', 256 + TYPE.A],
  ] as const)('count a question for %s, of type %i', (name, type) => {
    const counters = counting.createCounters()
    ask(counters, encodeQuery({ name: NAME, type, id: 1 }))
    expect(typesOf(counters)).toEqual({ [name]: 1 })
  })

  it('count what has no question as another type, whatever was asked before', () => {
    const counters = counting.createCounters()
    ask(counters, encodeQuery({ name: NAME, type: TYPE.A, id: 1 }), Uint8Array.of(0, 1, 0, 0))
    expect(typesOf(counters)).toEqual({ A: 1, other: 1 })
  })

  it.each([
    ['nothing', 0, 0],
    ['exactly the first bound', 0.005, 0],
    ['a little more', 0.006, 1],
    ['a second', 1000, 16],
    ['longer than all bounds', 1000.5, 17],
  ])('count a batch that took %s', (_, elapsedMs, bucket) => {
    const counters = counting.createCounters()
    const receivedMs = 2 ** 20
    const [received, sent] = [Float64Array.of(receivedMs), Float64Array.of(receivedMs + elapsedMs)]
    counting.countLatency(counters, received, sent, 64)

    const buckets = counters.slice(LATENCY_AT, LATENCY_AT + LATENCY_BOUNDS_MS.length + 1)
    expect(buckets.indexOf(64)).toBe(bucket)
    expect(buckets.filter((queries) => queries > 0)).toHaveLength(1)
    expect(counters[LATENCY_SUM]).toBeCloseTo(64 * elapsedMs, 6)
  })

  it('have no cell for two things, and room for all', () => {
    const cells = Object.values(counting.CELL)
    expect(new Set(cells).size).toBe(cells.length)
    expect(TYPES_AT).toBe(Math.max(...cells) + 1)
    expect(LATENCY_AT).toBe(TYPES_AT + TYPES_COUNTED.length)
    expect(counting.createCounters().length).toBeGreaterThan(LATENCY_SUM)
  })
})

describe('the rows of the main thread', () => {
  it('are one for each transport and family, added up with others', () => {
    const main = new counting.MainRows()
    main.of('tcp', '192.0.2.1')[counting.CELL.QUERIES] += 1
    main.of('tcp', '203.0.113.1')[counting.CELL.QUERIES] += 2
    main.of('tcp', '2001:db8::1')[counting.CELL.QUERIES] += 4

    const queries = main.rows.map(({ transport, isV6, counters }) => {
      return [transport, isV6, counters[counting.CELL.QUERIES]]
    })
    expect(queries).toEqual([
      ['tcp', false, 3],
      ['tcp', true, 4],
      ['tls', false, 0],
      ['tls', true, 0],
      ['https', false, 0],
      ['https', true, 0],
    ])
    const all = counting.addRows(main.rows.map(({ counters }) => counters))
    expect(all[counting.CELL.QUERIES]).toBe(7)
  })
})

/** Has the queries answered and counted, and returns the length of the last answer. */
function ask(counters: counting.Counters, ...requests: readonly Uint8Array[]): number {
  const engine = createEngine(createCursors(), createDice(1))
  const out = new Uint8Array(1232)
  let length = 0
  for (const request of requests) {
    length = answer(engine, request, request.length, createClient(false), out)
    counting.count(counters, engine.scratch, out, length)
  }
  return length
}

function typesOf(counters: counting.Counters): Record<string, number> {
  const counts = TYPES_COUNTED.map((name, index) => [name, counters[TYPES_AT + index]] as const)
  return Object.fromEntries(counts.filter(([, value]) => value > 0))
}
