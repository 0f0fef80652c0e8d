/**
 * Goal: no event is missed or believed twice, and a dead line is noticed and taken up again.
 * Method: a source whose messages the test sends, and timers that run when the test says so.
 */

import { describe, expect, it } from 'vitest'

import { followEvents, type Source } from '../../src/dashboard/shared/event-stream.ts'

const FLIP = { id: 7, kind: 'flip', at: '2026-01-01T12:00:00.000Z' }

describe('following events', () => {
  it('tells events, ticks and gaps', () => {
    const bench = following()
    bench.latest().send('open')
    bench.latest().send('gap', { after: 3, upTo: 6 })
    bench.latest().send('flip', FLIP)
    bench.latest().send('tick', { queries: 3, lastId: 7 })
    expect(bench.heard).toEqual(['open', 'gap', 'flip 7', 'tick 3'])
  })

  it('comes back after a refusal, later each time, from where it was', () => {
    const bench = following()
    bench.latest().send('open')
    bench.latest().send('flip', FLIP)
    bench.latest().refuse()
    expect(bench.waits()).toEqual([1_000])
    bench.pass(1_000)
    expect(bench.latest().url).toBe('/events?after=7')
    bench.latest().refuse()
    expect(bench.waits()).toEqual([2_000])
    bench.pass(2_000)
    bench.latest().send('open')
    bench.latest().refuse()
    expect(bench.waits()).toEqual([1_000])
  })

  it('leaves it to the browser to take up a stream that broke, and says that it is not there', () => {
    const bench = following()
    bench.latest().send('open')
    bench.latest().send('error')
    expect(bench.heard).toEqual(['open', 'shut'])
    bench.latest().send('open')
    expect(bench.sources).toHaveLength(1)
  })

  it('takes silence for a dead line', () => {
    const bench = following()
    bench.latest().send('open')
    bench.latest().send('tick', { queries: 1, lastId: 3 })
    bench.pass(5_000)
    expect(bench.heard.at(-1)).toBe('shut')
    bench.pass(1_000)
    expect(bench.latest().url).toBe('/events?after=3')
  })

  it('goes on from lower ids where the server lost its history', () => {
    const bench = following()
    bench.latest().send('flip', FLIP)
    bench.latest().send('gap', { after: 7, upTo: 2 })
    bench.latest().refuse()
    bench.pass(1_000)
    expect(bench.latest().url).toBe('/events?after=2')
  })

  it('ends when it is told to', () => {
    const bench = following()
    bench.end()
    expect(bench.latest().readyState).toBe(2)
    expect(bench.waits()).toEqual([])
  })
})

class FakeSource implements Source {
  readyState = 1
  readonly url: string
  readonly #listeners = new Map<string, (message: MessageEvent<string>) => void>()

  constructor(url: string) {
    this.url = url
  }

  addEventListener(kind: string, listener: (message: MessageEvent<string>) => void): void {
    this.#listeners.set(kind, listener)
  }

  send(kind: string, value: unknown = {}): void {
    this.#listeners.get(kind)?.({ data: JSON.stringify(value) } as MessageEvent<string>)
  }

  refuse(): void {
    this.readyState = 2
    this.send('error')
  }

  close(): void {
    this.readyState = 2
  }
}

function following() {
  const sources: FakeSource[] = []
  const heard: string[] = []
  let timers: { call: () => void; afterMs: number }[] = []
  const end = followEvents(
    {
      onEvent: ({ kind, id }) => heard.push(`${kind} ${id}`),
      onTick: ({ queries }) => heard.push(`tick ${queries}`),
      onGap: () => heard.push('gap'),
      onLink: (isOpen) => heard.push(isOpen ? 'open' : 'shut'),
    },
    {
      path: '/events',
      open(url) {
        sources.push(new FakeSource(url))
        return sources.at(-1)!
      },
      later(call, afterMs) {
        const timer = { call, afterMs }
        timers.push(timer)
        return () => {
          timers = timers.filter((one) => one !== timer)
        }
      },
    },
  )
  return {
    ...{ sources, heard, end },
    latest: () => sources.at(-1)!,
    waits: () => timers.map(({ afterMs }) => afterMs),
    /** Runs the timers that are set for no later than this. */
    pass(spanMs: number) {
      const due = timers.filter(({ afterMs }) => afterMs <= spanMs)
      timers = timers.filter((timer) => !due.includes(timer))
      for (const { call } of due) call()
    },
  }
}
