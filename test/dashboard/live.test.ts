/**
 * Goal: what the page knows is of now, by the server's clock and not by that of whoever reads it.
 * Method: a server of a few answers, a stream whose messages the test sends, and a page's document
 * that is visible and nothing else.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { type Live, startLive } from '../../src/dashboard/live/live.ts'
import type { Api } from '../../src/dashboard/shared/api.ts'
import type { Source } from '../../src/dashboard/shared/event-stream.ts'
import { isoOf, memberOf, NOON, statusOf } from './statuses.ts'

const NO_EVENTS = { addEventListener() {}, removeEventListener() {} }
const OLD = { kind: 'stop', id: 90, at: isoOf(NOON) }
const VERDICT = { address: '192.0.2.1', members: ['web/a'], recent: [] }
const NEW = { kind: 'stop', id: 1, at: isoOf(NOON) }

describe('what the page knows', () => {
  let live: Live
  let history: readonly object[]
  let status: Status
  let isReached: boolean
  let page: { visibilityState: string }
  let asked: string[]
  let send: (kind: string, value?: object) => void

  beforeEach(() => {
    vi.useFakeTimers({ now: NOON })
    page = { visibilityState: 'visible', ...NO_EVENTS }
    vi.stubGlobal('document', page)
    history = []
    status = statusOf([])
    isReached = true
    const answers = new Map<string, () => object>([
      ['/api/v1/status', () => status],
      ['/api/v1/history', () => ({ events: history })],
      ['/api/v1/verdicts', () => ({ verdicts: [VERDICT] })],
    ])
    asked = []
    const read = async (path: string) => {
      asked.push(path)
      if (!isReached) return { problem: { detail: 'nobody answers' } }
      const [, pool] = /ledger\?pool=([^&]*)/.exec(path) ?? []
      if (pool) return { value: { entries: [{ pool, member: 'a', family: 'v4', isSafe: true }] } }
      return { value: answers.get(path.split('?')[0]!)!() }
    }
    const listeners = new Map<string, (message: MessageEvent<string>) => void>()
    send = (kind, value = {}) =>
      listeners.get(kind)!({ data: JSON.stringify(value) } as MessageEvent<string>)
    const source: Source = {
      readyState: 1,
      addEventListener: (kind, listener) => void listeners.set(kind, listener),
      close() {},
    }
    live = startLive({ api: { read } as object as Api, stream: { open: () => source } })
  })
  afterEach(() => {
    live.stop()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('takes the time of a tick, and not that of a status which is a moment old', async () => {
    await vi.advanceTimersByTimeAsync(100)
    send('open')
    send('tick', { now: isoOf(NOON + 5_000), queries: 0, lastId: 0 })
    expect(live.now()).toBe(NOON + 5_000)
    status = { ...status, now: isoOf(NOON + 4_200) }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(live.status.get()).toBe(status)
    expect(live.now()).toBe(NOON + 6_000)
  })

  it('takes the time of the status where there is no stream', async () => {
    status = { ...status, now: isoOf(NOON + 60_000) }
    await vi.advanceTimersByTimeAsync(1_500)
    expect(live.now() - NOON).toBeGreaterThanOrEqual(60_000)
  })

  it('is of when the server last told, while it does not answer', async () => {
    status = { ...status, now: isoOf(NOON + 60_000) }
    await vi.advanceTimersByTimeAsync(1_500)
    expect(live.shownAt()).toBe(live.now())
    isReached = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(live.link.get()).toMatchObject({ isLive: false })
    expect(live.shownAt()).toBe(NOON + 60_000)
    expect(live.now()).toBeGreaterThan(NOON + 110_000)
    isReached = true
    await vi.advanceTimersByTimeAsync(3_000)
    expect(live.shownAt()).toBe(live.now())
  })

  it('says while nobody looks, too, that the server has gone and that it is back', async () => {
    await vi.advanceTimersByTimeAsync(1_500)
    page.visibilityState = 'hidden'
    await ticking(10)
    asked.length = 0
    await ticking(60)
    expect(asked).toEqual([])
    isReached = false
    send('error')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(live.link.get()).toMatchObject({ isLive: false })
    isReached = true
    await ticking(10)
    expect(live.link.get()).toMatchObject({ isLive: true })
    asked.length = 0
    await ticking(60)
    expect(asked).toEqual([])
  })

  it('asks for the probes of all, or of the pools that stand open where there are too many', async () => {
    await vi.advanceTimersByTimeAsync(4_000)
    expect(asked.filter((path) => path.includes('verdicts'))[0]).not.toContain('pool=')
    const crowd = Array.from({ length: 201 }, (_, number) => memberOf(`m${number}`))
    status = statusOf(crowd)
    live.open.set(['web', 'a/b'])
    await vi.advanceTimersByTimeAsync(2_000)
    asked.length = 0
    await vi.advanceTimersByTimeAsync(4_000)
    expect(asked.filter((path) => path.includes('verdicts'))).toEqual([
      '/api/v1/verdicts?limit=200&pool=web',
      '/api/v1/verdicts?limit=200&pool=a%2Fb',
    ])
    expect([...live.probes.get().keys()]).toEqual(['web/a/v4'])
  })

  it('asks the ledger about all who are taken out, eight pools at a time', async () => {
    const [pool] = statusOf([]).pools
    const override = { pool: '', member: 'a', word: 'drain', reason: 'x', author: 'y' } as const
    const members = [memberOf('a', { override: { ...override, since: isoOf(NOON) } })]
    const pools = Array.from({ length: 12 }, (_, number) => ({
      ...pool!,
      name: `p${number}`,
      members,
    }))
    status = statusOf([], { pools })
    await vi.advanceTimersByTimeAsync(5_000)
    expect([...live.ledger.get().keys()].sort()).toEqual(
      pools.map(({ name }) => `${name}/a/v4`).sort(),
    )
  })

  /** So many seconds of a stream that is there. */
  async function ticking(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      send('tick', { now: isoOf(Date.now()), queries: 0, lastId: 0 })
      await vi.advanceTimersByTimeAsync(1_000)
    }
  }

  it('forgets the events of a history that the server has lost', async () => {
    history = [OLD]
    await vi.advanceTimersByTimeAsync(100)
    send('stop', OLD)
    history = [NEW]
    send('gap', { after: 90, upTo: 1 })
    await vi.advanceTimersByTimeAsync(100)
    expect(live.events.get().map(({ id }) => id)).toEqual([1])
  })
})
