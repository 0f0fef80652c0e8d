/**
 * Goal: what happened can be asked for after any restart, in order and in bounded room, and nobody
 * hears of what a crash could take back.
 * Method: recorders over real folders, and a manual clock.
 */

import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { MEMORY_MAX } from '../../../src/control/history/recorder.ts'
import { bench, flip, idsOf, linesIn, opened, STOP, until } from './recorder-bench.ts'

describe('without a folder', () => {
  it('keeps the latest in memory, and counts on', async () => {
    const { recorder } = bench()
    for (let number = 1; number <= MEMORY_MAX + 1; number++) recorder.record(flip(`web/${number}`))
    expect(recorder.lastId).toBe(MEMORY_MAX + 1)
    const found = await recorder.find({ limit: 3 })
    expect(found.map(({ id }) => id)).toEqual([MEMORY_MAX + 1, MEMORY_MAX, MEMORY_MAX - 1])
    expect(await recorder.find({ limit: 1, beforeId: 2 })).toEqual([])
  })

  it('tells whoever listens, until they listen no more', () => {
    const { recorder } = bench()
    const heard: number[] = []
    const cancel = recorder.subscribe(({ id }) => heard.push(id))
    recorder.record(STOP)
    recorder.record(STOP)
    cancel()
    recorder.record(STOP)
    expect(heard).toEqual([1, 2])
  })

  it('says what came after an event, and whether that is all of it', () => {
    const { recorder } = bench()
    expect(recorder.since(0)).toEqual({ events: [], isComplete: true })
    for (let number = 1; number <= MEMORY_MAX + 5; number++) recorder.record(STOP)
    expect(idsOf(recorder.since(MEMORY_MAX + 3).events)).toEqual([MEMORY_MAX + 4, MEMORY_MAX + 5])
    expect(recorder.since(5).isComplete).toBe(true)
    expect(recorder.since(4).isComplete).toBe(false)
    expect(recorder.since(MEMORY_MAX + 6)).toEqual({ events: [], isComplete: false })
  })
})

describe('the file', () => {
  it('holds an event a line, for the owner alone', async () => {
    const { recorder, folder, clock } = await opened()
    recorder.record(flip('web/a'))
    await clock.advance(1_500)
    recorder.record(STOP)
    await recorder.close()
    const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').split('\n')
    expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([
      { id: 1, at: '2026-01-01T00:00:00.000Z', ...flip('web/a') },
      { id: 2, at: '2026-01-01T00:00:01.500Z', kind: 'stop' },
    ])
    expect(statSync(join(folder, 'history.jsonl')).mode & 0o777).toBe(0o600)
  })

  it('is where the next process goes on', async () => {
    const first = await opened()
    for (let number = 1; number <= 3; number++) first.recorder.record(flip(`web/${number}`))
    await first.recorder.close()
    const { recorder } = await opened(first.folder)
    expect(idsOf(recorder.since(1).events)).toEqual([2, 3])
    recorder.record(STOP)
    expect(idsOf(await recorder.find({ limit: 9 }))).toEqual([4, 3, 2, 1])
  })

  it('goes on with numbers that others remember, where it is gone', async () => {
    const { folder } = bench()
    const { recorder } = await opened(folder, 41)
    recorder.record(STOP)
    await recorder.told()
    expect(recorder.lastId).toBe(42)
  })

  it('takes ten thousand at once, and gives back every one of them', async () => {
    const { recorder } = await opened()
    for (let number = 1; number <= 10_000; number++) recorder.record(flip(`web/${number}`))
    // Those that memory has let go of are found while they wait for the disk, too.
    expect(idsOf(await recorder.find({ limit: 2, beforeId: 3 }))).toEqual([2, 1])
    await recorder.close()
    expect(idsOf(await recorder.find({ limit: 1_000, beforeId: 1_001 }))).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 1_000 - index),
    )
    expect(await recorder.find({ limit: 9, about: 'web/77' })).toMatchObject([{ id: 77 }])
  })

  it('becomes the older of two where it is full, and the older one goes', async () => {
    const { recorder, folder } = await opened(undefined, 0, 20_000)
    for (let round = 0; round < 300; round++) {
      for (let number = 0; number < 10; number++) recorder.record(flip(`web/${number}`))
      if (round % 10 === 0) await recorder.close()
    }
    await recorder.close()
    expect(readdirSync(folder).sort()).toEqual(['history.1.jsonl', 'history.jsonl'])
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).size).toBeLessThan(40_000)
    }
    const next = await opened(folder)
    const ids = idsOf(await next.recorder.find({ limit: 1_000 }))
    expect(ids[0]).toBe(3_000)
    expect(ids).toEqual(ids.map((_, index) => 3_000 - index))
    expect(ids.length).toBeGreaterThan(50)
    expect(ids.length).toBeLessThan(1_000)
  })
})

describe('whoever listens', () => {
  it('hears nothing that a killed process could take back', async () => {
    const { recorder, folder, clock } = await opened()
    const heard: string[] = []
    recorder.subscribe(({ id }) => heard.push(`${id} of ${linesIn(folder).length}`))
    for (let number = 1; number <= 3; number++) recorder.record(STOP)
    expect(recorder.since(0)).toEqual({ events: [], isComplete: true })
    expect({ heard, lastId: recorder.lastId }).toEqual({ heard: [], lastId: 0 })
    expect(idsOf(await recorder.find({ limit: 9 }))).toEqual([3, 2, 1])
    await recorder.told()
    expect(heard).toEqual(['1 of 3', '2 of 3', '3 of 3'])
    expect(idsOf(recorder.since(1).events)).toEqual([2, 3])
    expect(recorder.lastId).toBe(3)
    await recorder.told()
    expect(clock.pendingCount).toBe(0)
  })

  it('waits for what had happened when it began to wait, and for nothing later', async () => {
    const { recorder, folder } = await opened()
    recorder.record(STOP)
    await recorder.told()
    const handle = await open(join(folder, 'history.jsonl'))
    await handle.close()
    const prototype = Object.getPrototypeOf(handle) as typeof handle
    const appendFile = prototype.appendFile
    let release = () => {}
    const appending = vi
      .spyOn(prototype, 'appendFile')
      .mockImplementationOnce(function (this: typeof handle, octets) {
        recorder.record(STOP) // Too late for this batch.
        return appendFile.call(this, octets)
      })
      .mockImplementationOnce(
        () =>
          new Promise<void>((resolve) => {
            release = resolve
          }),
      )
    onTestFinished(() => appending.mockRestore())
    recorder.record(STOP)
    await recorder.told()
    expect(recorder.lastId).toBe(2)
    await until(() => appending.mock.calls.length === 2)
    release()
    await recorder.close()
    expect(recorder.lastId).toBe(3)
  })

  it('hears it all the same where the disk fails, and after a second where it hangs', async () => {
    const { recorder, folder, clock } = await opened()
    const heard: number[] = []
    recorder.subscribe(({ id }) => heard.push(id))
    mkdirSync(join(folder, 'history.jsonl'))
    recorder.record(STOP)
    await recorder.told()
    recorder.record(STOP)
    expect(heard).toEqual([1, 2])
    rmdirSync(join(folder, 'history.jsonl'))
    await recorder.close()

    const handle = await open(join(folder, 'history.jsonl'))
    await handle.close()
    const prototype = Object.getPrototypeOf(handle) as typeof handle
    let release = () => {}
    const hanging = vi.spyOn(prototype, 'appendFile').mockImplementationOnce(
      () =>
        new Promise<void>((resolve) => {
          release = resolve
        }),
    )
    onTestFinished(() => hanging.mockRestore())
    recorder.record(STOP)
    await until(() => hanging.mock.calls.length === 1)
    await clock.advance(999)
    expect(heard).toEqual([1, 2])
    await clock.advance(1)
    await recorder.told()
    expect(heard).toEqual([1, 2, 3])
    release()
    await recorder.close()
  })
})
