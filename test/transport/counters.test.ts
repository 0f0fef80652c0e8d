/**
 * Goal: what was answered is counted under the RCODE that was sent, the extended ones too.
 * Method: one query of each kind through the engine, and the row of cells that it leaves.
 */

import { describe, expect, it } from 'vitest'

import { createDice } from '../../src/base/random.ts'
import { answer } from '../../src/engine/answer.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createClient } from '../../src/engine/world.ts'
import { count, createCounters, sumCounters } from '../../src/transport/counters.ts'
import { encodeQuery } from '../../src/wire/encode-query.ts'
import { TYPE } from '../../src/wire/registry.ts'

const NAME = 'www.example.test.'

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
    const engine = createEngine(createCursors(), createDice(1))
    const out = new Uint8Array(1232)
    const counters = createCounters()
    const length = answer(engine, request, request.length, createClient(false), out)
    count(counters, out, length, engine.scratch.rcode)

    const counted = Object.entries(sumCounters([counters])).filter(([, value]) => value > 0)
    const answers = length > 0 ? [['answers', 1]] : []
    expect(counted.sort()).toEqual([['queries', 1], ...answers, [cell, 1]].sort())
  })
})
