/**
 * Goal: of all that happened what is asked for is found, and each event once.
 * Method: recorders over real folders, and a manual clock that may be put back.
 */

import { describe, expect, it } from 'vitest'

import { MEMORY_MAX, type Recorder } from '../../../src/control/history/recorder.ts'
import { flip, idsOf, opened, STOP } from './recorder-bench.ts'

describe('finding', () => {
  it('is by kind, by whom it is about, by time and by number', async () => {
    const { recorder, clock } = await opened()
    recorder.record(flip('web/a'))
    await clock.advance(1_000)
    recorder.record(flip('web2/a'))
    recorder.record({ ...OVERRIDE, pool: 'web', member: 'a' })
    await clock.advance(1_000)
    recorder.record({ kind: 'ladder', pool: 'web', family: 'v4', healthy: 0, needed: 1 })
    const start = Date.UTC(2026, 0, 1)
    const ids = async (wanted: Partial<Parameters<Recorder['find']>[0]>) =>
      idsOf(await recorder.find({ limit: 9, ...wanted }))
    expect(await ids({ kinds: ['flip'] })).toEqual([2, 1])
    expect(await ids({ kinds: ['override', 'ladder'] })).toEqual([4, 3])
    expect(await ids({ about: 'web' })).toEqual([4, 3, 1])
    expect(await ids({ about: 'web/a' })).toEqual([3, 1])
    expect(await ids({ fromWall: start + 1_000 })).toEqual([4, 3, 2])
    expect(await ids({ toWall: start + 1_000 })).toEqual([3, 2, 1])
    expect(await ids({ fromWall: start + 1, toWall: start + 1_999 })).toEqual([3, 2])
    expect(await ids({ beforeId: 3 })).toEqual([2, 1])
    expect(await ids({ beforeId: 3, limit: 1 })).toEqual([2])
  })

  it('finds what has the time that is asked for, though the clock was put back', async () => {
    const { recorder, clock, folder } = await opened()
    const start = clock.wall()
    recorder.record(STOP)
    clock.putWallBack(1_800_000)
    recorder.record(STOP)
    await recorder.close()
    const next = await opened(folder)
    for (let number = 0; number < MEMORY_MAX; number++) next.recorder.record(STOP)
    expect(idsOf(await next.recorder.find({ limit: 1, fromWall: start, beforeId: 3 }))).toEqual([1])
    await next.recorder.close()
  })

  it('meets each event once while the file is renamed under it', async () => {
    const { recorder } = await opened(undefined, 0, 30_000)
    for (let number = 1; number <= 5_000; number++) recorder.record(flip(`web/${number}`))
    const finding = recorder.find({ limit: 1_000, beforeId: 4_000 })
    for (let number = 1; number <= 500; number++) recorder.record(STOP)
    const ids = idsOf(await finding)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a))
    await recorder.close()
  })
})

const OVERRIDE = {
  kind: 'override',
  action: 'set',
  word: 'drain',
  reason: 'upgrade',
  author: 'ana',
} as const
