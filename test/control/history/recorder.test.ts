/**
 * Goal: what happened can be asked for after any restart, crash or bad day of the disk, in order
 * and in bounded room.
 * Method: recorders over real folders, a manual clock, files damaged and made unwritable by hand.
 */

import {
  existsSync,
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import type { Event, Happening } from '../../../src/control/history/event.ts'
import { WAITING_MAX } from '../../../src/control/history/journal.ts'
import { MEMORY_MAX, Recorder } from '../../../src/control/history/recorder.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

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

const STOP: Happening = { kind: 'stop' }
const OVERRIDE = {
  kind: 'override',
  action: 'set',
  word: 'drain',
  reason: 'upgrade',
  author: 'ana',
} as const

function flip(member: string): Happening {
  const between = { from: 'up', to: 'down', evidence: 'connection refused' }
  return { kind: 'flip', members: [member], address: '192.0.2.1', check: 'web', ...between }
}

function linesIn(folder: string): string[] {
  const path = join(folder, 'history.jsonl')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}

function idsOf(events: readonly Event[]): number[] {
  return events.map(({ id }) => id)
}

function bench(fileOctetsMax?: number) {
  const folder = temporaryFolder('history')
  onTestFinished(() => folder.remove())
  const clock = new ManualClock()
  const faults: unknown[] = []
  const caughtUp: number[] = []
  const damages: string[] = []
  const recorder = new Recorder({
    clock,
    onFault: (error) => faults.push(error),
    onCaughtUp: (lostCount) => caughtUp.push(lostCount),
    onDamage: (damage) => damages.push(damage),
    ...(fileOctetsMax !== undefined && { fileOctetsMax }),
  })
  return { recorder, clock, folder: folder.path, faults, caughtUp, damages }
}

async function opened(folder?: string, lastKnownId?: number, fileOctetsMax?: number) {
  const made = bench(fileOctetsMax)
  const path = folder ?? made.folder
  await made.recorder.open(path, lastKnownId)
  return { ...made, folder: path }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
