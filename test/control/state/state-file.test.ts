/**
 * Goal: what was on disk is there after any death, and nothing damaged is lost.
 * Method: real folders; writers that are killed in the middle of their work; files damaged by hand.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { openState, OUTDATED_FILE, outdate } from '../../../src/control/state/state-file.ts'
import { StateFile, StateFolderFault } from '../../../src/control/state/state-file.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { startProcess, waitUntil } from '../../support/process.ts'
import { type Counting, countingSections } from '../../support/state-sections.ts'

const WRITER = resolve(import.meta.dirname, '../../support/state-writer.ts')

describe('a writer that is killed', () => {
  it('leaves what was or what is to be', async () => {
    await Promise.all([1, 2, 3, 4].map(async () => killWriters(freshFolder())))
  })
})

describe('writing', () => {
  it('is for the owner alone, and makes its folder', async () => {
    const folder = join(freshFolder(), 'deep', 'state')
    const { file } = await opened(folder)
    await file.flush()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'state.json')).mode & 0o777).toBe(0o600)
  })

  it('comes a second after a change, and takes what there is by then', async () => {
    const { clock, file, folder, counting } = await opened()
    for (const number of [1, 2, 3]) {
      counting.count = { number }
      file.touch()
    }
    await clock.advance(999)
    expect(readdirSync(folder)).toEqual([])
    await clock.advance(1)
    await file.flush()
    expect(await numberIn(folder)).toBe(3)
  })

  it('is repeated every minute, so that its age tells', async () => {
    const { clock, file, folder, writes } = await opened()
    for (let minute = 1; minute <= 3; minute++) {
      await clock.advance(60_000)
      await file.flush()
      const { writtenWall } = await openState(folder, countingSections)
      expect(writtenWall).toBe(clock.wall())
    }
    expect(writes()).toBe(6) // Each flush after a minute is one more.
    expect(clock.pendingCount).toBe(1)
  })

  it('is one at a time: those who ask meanwhile share the next', async () => {
    const { file, folder, counting, writes } = await opened()
    counting.count = { number: 1 }
    const first = file.flush()
    await Promise.resolve()
    await Promise.resolve()
    counting.count = { number: 2 }
    const others = [file.flush(), file.flush(), file.flush()]
    expect(new Set(others).size).toBe(1)
    await Promise.all([first, ...others])
    expect(writes()).toBeLessThanOrEqual(2)
    expect(await numberIn(folder)).toBe(2)
  })

  it('that fails is told, rejects, and is tried again', async () => {
    const { clock, file, folder, faults } = await opened()
    rmSync(folder, { recursive: true })
    await expect(file.flush()).rejects.toThrow('ENOENT')
    expect(faults).toHaveLength(1)
    expect(file.written).toEqual({ fault: expect.stringContaining('ENOENT') })
    mkdirSync(folder)
    await clock.advance(60_000)
    await file.flush()
    expect(existsSync(join(folder, 'state.json'))).toBe(true)
    expect(file.written).toEqual({ wall: clock.wall() })
    const wall = clock.wall()
    rmSync(folder, { recursive: true })
    await clock.advance(1_000)
    await expect(file.flush()).rejects.toThrow('ENOENT')
    expect(file.written).toMatchObject({ wall, fault: expect.stringContaining('ENOENT') })
  })

  it('ends with a last time', async () => {
    const { clock, file, folder, counting, writes } = await opened()
    counting.count = { number: 9 }
    file.touch()
    await file.close()
    expect(await numberIn(folder)).toBe(9)
    expect(clock.pendingCount).toBe(0)
    file.touch()
    await clock.advance(120_000)
    expect(writes()).toBe(1)
  })
})

describe('a damaged file', () => {
  it('is kept under another name, said in one line, and what is sound is taken', async () => {
    const folder = freshFolder()
    const text = JSON.stringify(written({ count: { number: 7 }, ballast: [1, 'two', 3] }))
    writeFileSync(join(folder, 'state.json'), text)
    const { contents, damage } = await openState(folder, countingSections)
    expect(contents).toEqual({ count: { number: 7 }, ballast: [1, 3] })
    expect(damage).toBe(
      `${join(folder, 'state.json')}: ballast[1]: Invalid input: expected number, received string; ` +
        'the file is kept as state.json.damaged-1, and all else was taken',
    )
    expect(readFileSync(join(folder, 'state.json.damaged-1'), 'utf8')).toBe(text)
  })

  it('of which nothing can be read starts empty', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'state.json'), '{\n "version": 1,\n "writtenAt": x\n}')
    const { contents, writtenWall, damage } = await openState(folder, countingSections)
    expect(contents).toEqual({ count: { number: 0 }, ballast: [] })
    expect(writtenWall).toBeUndefined()
    expect(damage).toContain('line 3 column 15')
    expect(damage).toContain('it starts empty')
  })

  it('is called what it is where it is outdated as well', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'state.json'), 'x')
    await outdate(folder)
    const { isOutdated, damage } = await openState(folder, countingSections)
    expect(isOutdated).toBe(true)
    expect(damage).toContain(`${join(folder, OUTDATED_FILE)}: `)
  })

  it('is kept once, however often it is met before it is replaced', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'state.json'), 'x')
    for (let start = 0; start < 3; start++) await openState(folder, countingSections)
    expect(readdirSync(folder).sort()).toEqual(['state.json', 'state.json.damaged-1'])
  })

  it('never takes the place of another; of more than ten the oldest go', async () => {
    const folder = freshFolder()
    for (let start = 1; start <= 13; start++) {
      writeFileSync(join(folder, 'state.json'), `damage ${start}`)
      await openState(folder, countingSections)
    }
    const kept = readdirSync(folder).filter((name) => name.includes('damaged'))
    expect(kept).toHaveLength(10)
    for (let start = 4; start <= 13; start++) {
      const text = readFileSync(join(folder, `state.json.damaged-${start}`), 'utf8')
      expect(text).toBe(`damage ${start}`)
    }
  })
})

describe('a folder that cannot be used', () => {
  it('is refused with the reason and what to do', async () => {
    const file = join(freshFolder(), 'a-file')
    writeFileSync(file, '')
    const opening = openState(file, countingSections)
    await expect(opening).rejects.toThrow(StateFolderFault)
    await expect(opening).rejects.toThrow(
      /^the state folder .*a-file cannot be written \(E.*"state"$/,
    )
  })

  it('is refused where its file cannot be read', async () => {
    const folder = freshFolder()
    mkdirSync(join(folder, 'state.json'))
    await expect(openState(folder, countingSections)).rejects.toThrow('cannot be read')
  })

  it.skipIf(process.getuid?.() === 0)('is refused where it may not be written', async () => {
    const folder = freshFolder()
    chmodSync(folder, 0o500)
    await expect(openState(folder, countingSections)).rejects.toThrow('cannot be written')
    chmodSync(folder, 0o700)
  })
})

/** Three writers, one after the other, each killed when it has printed some numbers. */
async function killWriters(folder: string): Promise<void> {
  for (let kill = 0; kill < 3; kill++) {
    const args = ['--import', 'tsx', WRITER, folder]
    const writer = startProcess({ command: process.execPath, args })
    // By what it has printed, and so at no particular moment of its work.
    const enough = 1 + kill * 7
    await waitUntil(writer, async () => numbers(writer.output()).length >= enough, { everyMs: 1 })
    writer.signal('SIGKILL')
    await writer.ended
    const acknowledged = numbers(writer.output()).at(-1)!

    const { contents, damage } = await openState(folder, countingSections)
    expect(damage).toBeUndefined()
    const { number } = contents.count
    expect(number).toBeGreaterThanOrEqual(acknowledged)
    expect(number).toBeLessThanOrEqual(acknowledged + 1)
    expect(contents.ballast).toEqual(new Array<number>(20_000).fill(number))
    expect(readdirSync(folder)).toEqual(['state.json']) // Nothing half-written stays.
  }
}

function freshFolder(): string {
  const folder = temporaryFolder('state')
  onTestFinished(folder.remove)
  return folder.path
}

/** A state file in a fresh folder, on a manual clock. */
async function opened(folder = freshFolder()) {
  const clock = new ManualClock()
  const faults: unknown[] = []
  let taken = 0
  const counting = { count: { number: 0 }, ballast: [] as number[] }
  await openState(folder, countingSections)
  const file = new StateFile<Counting>({
    folder,
    sections: countingSections,
    clock,
    contents: () => {
      taken++
      return counting
    },
    onFault: (error) => faults.push(error),
  })
  onTestFinished(() => file.close().catch(() => {}))
  return { clock, file, folder, counting, faults, writes: () => taken }
}

async function numberIn(folder: string): Promise<number> {
  return (await openState(folder, countingSections)).contents.count.number
}

function numbers(output: string): number[] {
  return (output.match(/\d+(?=\n)/g) ?? []).map(Number)
}

function written(sections: Record<string, unknown>) {
  return { version: 1, writtenAt: 0, ...sections }
}
