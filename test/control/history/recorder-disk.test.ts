/**
 * Goal: what happened can be asked for after any crash or bad day of the disk.
 * Method: recorders over real folders, files damaged and made unwritable by hand.
 */

import { appendFileSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { Event } from '../../../src/control/history/event.ts'
import { WAITING_MAX } from '../../../src/control/history/journal.ts'
import { eventually } from '../../support/eventually.ts'
import { bench, flip, idsOf, opened, STOP, until } from './recorder-bench.ts'

describe('a damaged file', () => {
  it('loses the line that a crash has torn, says so, and goes on in order', async () => {
    const { recorder, folder } = await opened()
    recorder.record(flip('web/a'))
    recorder.record(flip('web/b'))
    await recorder.close()
    appendFileSync(join(folder, 'history.jsonl'), '{"id":3,"at":"2026-01')
    const second = await opened(folder)
    expect(second.damages).toEqual([expect.stringContaining('the last 21 octets')])
    second.recorder.record(STOP)
    await second.recorder.close()
    const third = await opened(folder)
    expect(third.damages).toEqual([])
    expect(idsOf(await third.recorder.find({ limit: 9 }))).toEqual([3, 2, 1])
  })

  it.each([
    ['octets of another program', `${'\u0000x'.repeat(5_000)}\n`],
    ['a line without end', `${'x'.repeat(900_000)}\n`],
    ['JSON that is no event', 'null\n[]\n{"id":"7"}\n{"id":9,"at":"soon","kind":"stop"}\n'],
    ['nothing but a torn line', ''],
  ])('is read past %s', async (_, rubbish) => {
    const { folder } = bench()
    const line = `${JSON.stringify({ id: 5, at: '2026-01-01T00:00:00.000Z', kind: 'stop' })}\n`
    writeFileSync(join(folder, 'history.jsonl'), `${line}${rubbish}torn`)
    const { recorder } = await opened(folder)
    recorder.record(STOP)
    expect(idsOf(await recorder.find({ limit: 9 }))).toEqual([6, 5])
  })
})

describe('a disk that cannot be written', () => {
  it('is said once, and what happens meanwhile follows when it can', async () => {
    const { recorder, folder, clock, faults, caughtUp } = await opened()
    mkdirSync(join(folder, 'history.jsonl'))
    for (let number = 1; number <= 3; number++) {
      recorder.record(flip(`web/${number}`))
      await recorder.close()
    }
    expect(faults).toHaveLength(1)
    expect(idsOf(await recorder.find({ limit: 9 }))).toEqual([3, 2, 1])
    rmdirSync(join(folder, 'history.jsonl'))
    recorder.record(STOP)
    await recorder.close()
    expect(caughtUp).toEqual([0])
    const next = await opened(folder)
    expect(idsOf(next.recorder.since(0).events)).toEqual([1, 2, 3, 4])
    expect(clock.pendingCount).toBe(0)
  })

  it('is tried again by itself', async () => {
    const { recorder, folder, clock, faults, caughtUp } = await opened()
    mkdirSync(join(folder, 'history.jsonl'))
    recorder.record(STOP)
    await until(() => faults.length > 0)
    rmdirSync(join(folder, 'history.jsonl'))
    await clock.advance(4_999)
    expect(caughtUp).toEqual([])
    await clock.advance(1)
    await until(() => caughtUp.length > 0)
  })

  it('has also what happens just as it has caught up', async () => {
    const { recorder, folder, caughtUp } = await opened()
    mkdirSync(join(folder, 'history.jsonl'))
    recorder.record(STOP)
    await recorder.close()
    rmdirSync(join(folder, 'history.jsonl'))
    const noted = vi.spyOn(caughtUp, 'push').mockImplementationOnce(() => {
      queueMicrotask(() => recorder.record(STOP))
      return 0
    })
    recorder.record(STOP)
    await recorder.close()
    expect(noted).toHaveBeenCalledOnce()
    const lines = () => readFileSync(join(folder, 'history.jsonl'), 'utf8').trimEnd().split('\n')
    await eventually(() => lines().length === 3, { what: 'the third' })
  })

  it('leaves no half of what it had begun to write', async () => {
    const { recorder, folder, faults } = await opened()
    recorder.record(flip('web/a'))
    await recorder.close()
    const handle = await open(join(folder, 'history.jsonl'))
    await handle.close()
    const prototype = Object.getPrototypeOf(handle) as typeof handle
    const full = vi.spyOn(prototype, 'appendFile').mockImplementationOnce(async function (
      this: typeof handle,
      octets,
    ) {
      await this.write(String(octets).slice(0, 30))
      throw new Error('no space left on device')
    })
    onTestFinished(() => full.mockRestore())
    recorder.record(flip('web/b'))
    await until(() => faults.length > 0)
    expect(readFileSync(join(folder, 'history.jsonl'), 'utf8')).toMatch(/\n.{30}$/)
    recorder.record(STOP)
    await recorder.close()
    const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Event).id)).toEqual([1, 2, 3])
  })

  it('costs the oldest, once there are too many, and says how many', async () => {
    const { recorder, folder, caughtUp } = await opened()
    mkdirSync(join(folder, 'history.jsonl'))
    for (let number = 0; number < WAITING_MAX; number++) recorder.record(STOP)
    await recorder.close()
    for (let number = 0; number < 7; number++) recorder.record(STOP)
    rmdirSync(join(folder, 'history.jsonl'))
    await recorder.close()
    expect(caughtUp).toEqual([7])
    const ids = idsOf(await recorder.find({ limit: 9, beforeId: 12 }))
    expect(ids).toEqual([11, 10, 9, 8])
  })
})
