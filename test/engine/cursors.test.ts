/**
 * Goal: a resolver walks each family of a name by itself, whatever it asks for in between.
 * Method: many resolvers that ask for A, AAAA and A again, where turns alternate.
 */

import { describe, expect, it } from 'vitest'

import { createCursors, hashClient, stepCursor } from '../../src/engine/cursors.ts'
import { createClient } from '../../src/engine/world.ts'

const RESOLVERS = 400_000

describe('a resolver', () => {
  it('never meets the same turn twice for having asked for the other family', () => {
    const cursors = createCursors()
    const client = createClient(false)
    let stuck = 0
    for (let resolver = 0; resolver < RESOLVERS; resolver++) {
      client.address.set([10, resolver >> 16, (resolver >> 8) & 255, resolver & 255])
      const hash = hashClient(client)
      const first = stepCursor(cursors, 0, false, hash, 2)
      stepCursor(cursors, 0, true, hash, 2)
      if (stepCursor(cursors, 0, false, hash, 2) === first) stuck++
    }
    expect(stuck).toBe(0)
  })
})
