/**
 * Goal: however many ask how things stand, it is judged once a second; who changes something sees
 * it at once.
 * Method: an API whose judging is counted, at the time of a clock.
 */

import { expect, it } from 'vitest'

import { KEPT_MS, Snapshot } from '../../src/admin/snapshot.ts'
import type { Clock } from '../../src/base/clock.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { askApi, serving, STATUS } from './support.ts'

it('a status is judged once a second for all who ask, of whatever part', async () => {
  const { port, clock, judged } = await counting()
  const lines = ['GET /api/v1/status', 'GET /api/v1/pools', 'GET /api/v1/pools/web/members/a']
  const answers = await Promise.all([...lines, ...lines].map((line) => askApi(port, line)))
  expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
  expect(answers[0]!.headers['etag']).toBe(answers[3]!.headers['etag'])
  expect(judged()).toBe(1)
  await clock.advance(KEPT_MS - 1)
  const { etag } = (await askApi(port, 'GET /api/v1/status')).headers
  expect(judged()).toBe(1)
  await clock.advance(1)
  const headers = { 'if-none-match': String(etag) }
  const later = await askApi(port, 'GET /api/v1/status', { headers })
  expect(later).toMatchObject({ status: 200, value: { generation: 2 } })
  expect(judged()).toBe(2)
})

it('a status is judged anew once somebody has changed something', async () => {
  const { port, judged } = await counting()
  await askApi(port, 'GET /api/v1/status')
  await askApi(port, 'POST /api/v1/reload')
  expect((await askApi(port, 'GET /api/v1/status')).value).toMatchObject({ generation: 2 })
  expect(judged()).toBe(2)
})

it('a status is judged anew once other members are answered', async () => {
  const { port, judged, change } = await counting()
  await askApi(port, 'GET /api/v1/status')
  change()
  expect((await askApi(port, 'GET /api/v1/status')).value).toMatchObject({ generation: 2 })
  await askApi(port, 'GET /api/v1/status')
  expect(judged()).toBe(2)
})

it('a status that takes long is judged a fifth of the time at most, whatever changes', () => {
  let nowMs = 0
  let revision = 0
  const clock: Clock = { now: () => nowMs, wall: () => nowMs, after: () => () => {} }
  const make = () => (nowMs += 100)
  const snapshot = new Snapshot({ clock, make, revision: () => revision++ })
  const told = Array.from({ length: 10 }, () => {
    nowMs += 100
    return snapshot.get()
  })
  // Made at 200; told until 600, when it is made anew.
  expect(told).toEqual([200, 200, 200, 200, 700, 700, 700, 700, 1200, 1200])
})

it('a status is judged no more often for all the beats of backends', async () => {
  const { port, judged } = await counting()
  await askApi(port, 'GET /api/v1/status')
  const beat = await askApi(port, 'POST /api/v1/pools/web/members/x/heartbeat')
  expect(beat.status).toBe(200)
  await askApi(port, 'GET /api/v1/status')
  expect(judged()).toBe(1)
})

/** Each time it is judged is another generation. */
async function counting() {
  const clock = new ManualClock()
  let count = 0
  const beat = async () => ({ targets: 1 })
  const status = () => ({ ...STATUS, generation: ++count })
  let changes = 0
  const own = { status, beat, revision: () => changes }
  const { port } = await serving(own, undefined, { clock })
  return { port, clock, judged: () => count, change: () => void changes++ }
}
