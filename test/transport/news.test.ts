/**
 * Goal: worlds that have been replaced do not pile up in a thread, whether it rests or not.
 * Method: a listener hears worlds, and the collector tells when a replaced one is gone.
 */

import { describe, expect, it } from 'vitest'

import { createDice } from '../../src/base/random.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { createListener, hear, rest } from '../../src/transport/news.ts'

describe('a world that is replaced', () => {
  it('is let go of when the thread rests', async () => {
    const listener = listenerOf()
    const first = takeWorld(listener, 1)
    takeWorld(listener, 2)
    await turn()
    expect(first.deref()).toBeDefined()
    await turn()
    rest(listener)
    expect(first.deref()).toBeUndefined()
  })

  it('is let go of by a thread that never rests, when another is replaced', async () => {
    const listener = listenerOf()
    const first = takeWorld(listener, 1)
    takeWorld(listener, 2)
    await turn()
    takeWorld(listener, 3)
    expect(first.deref()).toBeUndefined()
  })
})

function listenerOf() {
  return createListener(createEngine(createCursors(), createDice(1)))
}

/** Hands the listener a world and keeps no hold of it. */
function takeWorld(listener: ReturnType<typeof listenerOf>, generation: number): WeakRef<object> {
  const world = { generation, zones: [], bindings: [], serverId: new Uint8Array(0) }
  hear(listener, { kind: 'world', world })
  return new WeakRef(world)
}

/** A weak reference holds what it was asked for until the turn of the loop ends. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
