/**
 * Goal: the lab dates a stop by when it came about, whoever it was by and however long it took to
 * allow it, so that no failover is held to a promise that it could not keep.
 * Method: a bench over a server of a few words and a clock that the test moves.
 */

import { describe, expect, it } from 'vitest'

import { createBench } from '../../src/dashboard/lab/bench.ts'
import type { ServerView } from '../../src/dashboard/lab/server-view.ts'
import type { Api } from '../../src/dashboard/shared/api.ts'
import { createStore } from '../../src/dashboard/shared/store.ts'
import { NOON, TestClock } from './lab-support.ts'

const BACKEND = { name: 'b', address: '192.0.2.2', page: 'http://192.0.2.2:8080' }
const REFUSED = { problem: { status: 401, detail: 'a change needs the token' } }

describe('a click on a backend', () => {
  it('counts from when it was stopped, not from before the token was found', async () => {
    const { bench, clock, stop } = benchWith(async () => {
      await clock.advance(20_000)
      stop()
      return { value: {} }
    })
    await bench.switch('b')
    await clock.advance(200)
    expect(bench.picture.get().outages).toMatchObject([{ kind: 'stop', atMs: NOON + 20_000 }])
  })

  it('that was refused dates nothing that somebody else does later', async () => {
    const { bench, clock, stop } = benchWith(async () => REFUSED)
    await bench.switch('b')
    await clock.advance(60_000)
    stop()
    await clock.advance(200)
    expect(bench.picture.get().outages).toMatchObject([{ kind: 'stop', atMs: NOON + 60_000 }])
  })
})

function benchWith(write: () => Promise<object>) {
  const clock = new TestClock()
  const viewOf = (isRunning: boolean): ServerView => ({
    ...{ isLive: true, backends: [{ ...BACKEND, isRunning }] },
  })
  const view = createStore(viewOf(true))
  const api = { read: async () => ({ problem: { status: 0, detail: '' } }), write }
  const bench = createBench({
    api: api as object as Api,
    ...{ clock, server: { view, look: async () => {} }, fetch, random: () => 0 },
  })
  view.set(viewOf(true))
  return { bench, clock, stop: () => view.set(viewOf(false)) }
}
