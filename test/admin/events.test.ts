/**
 * Goal: whoever looks hears what happens, in order and without a gap that is not told of, and
 * goes on where it was; who does not read costs nobody else anything.
 * Method: a real HTTP server over the recorder, read by plain sockets, at the time of a clock.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'

import { PIECE_OCTETS_MAX, STALLED_TICKS_MAX, STREAMS_MAX } from '../../src/admin/events.ts'
import { MEMORY_MAX, Recorder } from '../../src/control/history/recorder.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { openStream, type Reader } from './event-reader.ts'
import { askApi, serving } from './support.ts'

const SECOND_MS = 1_000
/** Events of a quarter of a piece: 16 MB. */
const UNREAD_COUNT = 2_000

describe('the stream of events', () => {
  it('tells what happens from now on, and once a second what changes all the time', async () => {
    const { port, clock, happen } = await streaming()
    happen('before anybody looked')
    const reader = openStream(port)
    await reader.until(() => reader.ticks() === 1, 'the first tick')
    expect(reader.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(reader.text()).toMatch(/content-type: text\/event-stream\r\n/i)
    expect(reader.text()).not.toMatch(/access-control/i)
    happen('first')
    happen('second')
    await clock.advance(SECOND_MS)
    await reader.until(() => reader.ticks() === 2, 'the second tick')
    expect(reader.told()).toMatchObject([
      { id: '2', kind: 'doubt', data: { id: 2, why: 'first' } },
      { id: '3', kind: 'doubt', data: { id: 3, why: 'second' } },
    ])
    const tick = /event: tick\ndata: ([^\n]+)\n\n/.exec(reader.text())?.[1]
    expect(JSON.parse(tick!)).toEqual({
      ...{ now: expect.any(String), generation: 3, queries: 12, answers: 11, lastId: 1 },
    })
  })

  it.each([
    ['by its header', { fields: ['last-event-id: 2'] }],
    ['by its address', { path: '/api/v1/events?after=2' }],
    [
      'by its header before its address',
      { path: '/api/v1/events?after=1', fields: ['last-event-id: 2'] },
    ],
  ])('goes on where a reader was: %s', async (_, opening) => {
    const { port, happen } = await streaming()
    for (const why of ['a', 'b', 'c', 'd']) happen(why)
    const reader = openStream(port, opening)
    await reader.until(() => reader.told().length === 2, 'what came after')
    expect(reader.told().map(({ id }) => id)).toEqual(['3', '4'])
  })

  it('tells of a gap where memory does not go back so far', async () => {
    const { port, happen } = await streaming()
    for (let index = 0; index < MEMORY_MAX + 10; index++) happen(`number ${index}`)
    const reader = openStream(port, { path: '/api/v1/events?after=3' })
    await reader.until(() => reader.told().at(-1)?.id === String(MEMORY_MAX + 10), 'the last')
    const [gap, ...events] = reader.told()
    expect(gap).toEqual({ id: undefined, kind: 'gap', data: { after: 3, upTo: 10 } })
    expect(events.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: MEMORY_MAX }, (_, index) => index + 11),
    )
  })

  it('tells of a gap to who knows of more than there ever was', async () => {
    const { port, happen } = await streaming()
    happen('a')
    const reader = openStream(port, { path: '/api/v1/events?after=7' })
    await reader.until(() => reader.told().length === 1, 'the gap')
    expect(reader.told()).toMatchObject([{ kind: 'gap', data: { after: 7, upTo: 1 } }])
  })

  it('refuses what is no place to go on from, and strangers as the rest of the API does', async () => {
    const { port } = await streaming()
    expect((await askApi(port, 'GET /api/v1/events?after=x')).status).toBe(422)
    expect((await askApi(port, 'GET /api/v1/events?since=1')).status).toBe(422)
    const nowhere = { 'last-event-id': '0x10' }
    expect(await askApi(port, 'GET /api/v1/events?after=1', { headers: nowhere })).toMatchObject({
      ...{ status: 422, value: { errors: [{ pointer: 'Last-Event-ID' }] } },
    })
    expect((await askApi(port, 'POST /api/v1/events')).status).toBe(405)
    const headers = { origin: 'http://example.org' }
    expect((await askApi(port, 'GET /api/v1/events', { headers })).status).toBe(403)
    expect((await askApi(port, 'HEAD /api/v1/events')).headers).toMatchObject({
      'content-type': 'text/event-stream',
    })
  })

  it('ends at once with the server', async () => {
    const { port, server } = await streaming()
    const reader = openStream(port)
    await reader.until(() => reader.ticks() === 1, 'the first tick')
    await server.stop()
    await reader.until(reader.isEnded, 'its end')
  })

  it('tells what happened last, before it ends', async () => {
    const { port, server, happen } = await streaming()
    const reader = openStream(port)
    await reader.until(() => reader.ticks() === 1, 'the first tick')
    happen('the end')
    await server.stop()
    await reader.until(reader.isEnded, 'its end')
    expect(reader.told()).toMatchObject([{ data: { why: 'the end' } }])
  })

  it('makes what many have missed once for all of them, however they read', async () => {
    const { port, happen, sinceCount } = await streaming()
    const why = 'x'.repeat(PIECE_OCTETS_MAX / 4)
    for (let index = 0; index < 80; index++) happen(why)
    const path = '/api/v1/events?after=0'
    const readers = Array.from({ length: 20 }, () => openStream(port, { path }))
    for (const reader of readers) await reader.until(() => reader.told().length === 80, 'all')
    // Four events to a piece.
    expect(sinceCount()).toBe(20)
  })

  it('has one place for a connection, whatever is sent behind it', async () => {
    const { port, server, clock } = await streaming()
    const reader = openStream(port)
    await reader.until(() => reader.ticks() === 1, 'the first tick')
    const asked = 'GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'
    reader.socket.write(asked.repeat(9))
    await eventually(() => server.refusals.streams === 9, { what: 'the others refused' })
    expect(server.streams).toEqual({ open: 1, cutOff: 0 })
    await clock.advance(SECOND_MS)
    await reader.until(() => reader.ticks() === 2, 'the second tick')
  })

  it('reaches all it has places for beside one that never reads, in bounded memory', async () => {
    const { port, server, clock, happen } = await streaming()
    const deaf = openStream(port, { isReading: false })
    await eventually(() => server.streams.open === 1, { what: 'the deaf one' })
    const readers = Array.from({ length: STREAMS_MAX - 1 }, () => openStream(port))
    await eventually(() => server.streams.open === STREAMS_MAX, { what: 'all of them' })
    const heldAtFirst = heapOctets()

    const refused = await askApi(port, 'GET /api/v1/events')
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    expect(server.refusals.streams).toBe(1)
    expect((await askApi(port, 'GET /api/v1/status')).status).toBe(200)

    happen('to all')
    await clock.advance(SECOND_MS)
    const hasHeard = (reader: Reader) => reader.ticks() >= 2 && reader.text().includes('to all')
    await eventually(() => readers.every(hasHeard), { what: 'news and ticks at all of them' })

    const [first, ...others] = readers
    for (const { socket } of others) socket.destroy()
    await eventually(() => server.streams.open === 2, { what: 'the others gone' })
    // More than the system takes for a reader that leaves it there.
    const why = 'x'.repeat(PIECE_OCTETS_MAX / 4)
    for (let index = 0; index < UNREAD_COUNT; index++) {
      happen(why)
      if (index % 100 === 99) await clock.advance(SECOND_MS / 20)
    }
    const last = `\nid: ${UNREAD_COUNT + 1}\n`
    await first!.until(() => first!.text().includes(last), 'the last')
    expect(heapOctets() - heldAtFirst).toBeLessThan(64_000_000)
    await clock.advance((STALLED_TICKS_MAX + 2) * SECOND_MS)
    expect(server.streams).toEqual({ open: 1, cutOff: 1 })
    await first!.until(() => first!.ticks() >= STALLED_TICKS_MAX, 'its ticks')
    deaf.socket.resume()
    await deaf.until(deaf.isEnded, 'its end')
  })
})

async function streaming() {
  const clock = new ManualClock()
  const history = new Recorder({
    clock,
    ...{ onFault: () => {}, onDamage: () => {}, onCaughtUp: () => {} },
  })
  const since = vi.spyOn(history, 'since')
  const { port, server } = await serving({ history }, undefined, { clock })
  const happen = (why: string) => history.record({ kind: 'doubt', isSuspect: true, why })
  return { port, server, clock, happen, sinceCount: () => since.mock.calls.length }
}

/** After what nobody holds is gone. */
function heapOctets(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
