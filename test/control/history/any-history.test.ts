/**
 * Goal: whatever happens, in whatever order the process is started again, what is found is what had
 * happened, the latest of it without a gap.
 * Method: random stories against a list that keeps everything; lines of any length, read backwards.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { EventKind, Happening } from '../../../src/control/history/event.ts'
import { matches } from '../../../src/control/history/matches.ts'
import { linesBackwards } from '../../../src/control/history/read-back.ts'
import { Recorder } from '../../../src/control/history/recorder.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

const RUNS = { numRuns: 40 }

describe('a story', () => {
  it('is found again, by any question, over any restarts', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), wanted, tell), RUNS)
  })
})

describe('a file', () => {
  it('is read backwards line by line, wherever its chunks are cut', async () => {
    const path = join(folderOfTest(), 'lines')
    const line = fc.record({ text: fc.constantFrom('a', 'ü', '🂡'), times: length })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (written) => {
        const lines = written.map(({ text, times }) => text.repeat(times))
        writeFileSync(path, lines.map((text) => `${text}\n`).join(''))
        const read: string[] = []
        for await (const some of linesBackwards(path)) read.push(...some)
        expect(read.map(shortened)).toEqual(lines.reverse().map(shortened))
      }),
      RUNS,
    )
  })
})

/** Of a few characters, and of more than are read at a time. */
const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60_000 }))

/** Nobody wants to read a failure that is as long as what is tested. */
function shortened(text: string): string {
  return `${text.slice(0, 4)} ${text.length}`
}

const member = fc.constantFrom('web/a', 'web/b', 'api/a')
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.constant<Happening>({ kind: 'stop' }),
  fc.array(member, { maxLength: 3 }).map(
    (members): Happening => ({
      ...{ kind: 'flip', members, address: '192.0.2.1', check: 'web', from: 'up', to: 'down' },
      evidence: 'ü refused'.repeat(members.length * 20),
    }),
  ),
)
const step = fc.oneof(
  { weight: 6, arbitrary: happening },
  { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'wait' as const) },
)
const wanted = fc.record({
  kinds: fc.option(fc.constant<readonly EventKind[]>(['flip']), { nil: undefined }),
  about: fc.option(fc.constantFrom('web', 'web/a', 'we'), { nil: undefined }),
  beforeId: fc.option(fc.nat(60), { nil: undefined }),
  fromWall: fc.option(
    fc.nat(50).map((seconds) => START + seconds * 1_000),
    { nil: undefined },
  ),
  limit: fc.integer({ min: 1, max: 20 }),
})
const START = Date.UTC(2026, 0, 1)

async function tell(
  story: readonly (Happening | 'restart' | 'wait')[],
  question: Parameters<Recorder['find']>[0],
): Promise<void> {
  const folder = temporaryFolder('history')
  const clock = new ManualClock(START)
  const all: ReturnType<Recorder['since']>['events'][number][] = []
  const start = async () => {
    const fail = (fault: unknown) => {
      throw new Error(`nothing was to go wrong: ${fault}`)
    }
    const recorder = new Recorder({
      ...{ clock, onFault: fail, onCaughtUp: fail, onDamage: fail, fileOctetsMax: 6_000 },
    })
    await recorder.open(folder.path)
    recorder.subscribe((event) => all.push(event))
    return recorder
  }
  try {
    let recorder = await start()
    for (const one of story) {
      if (one === 'restart') {
        await recorder.close()
        recorder = await start()
      } else if (one === 'wait') await clock.advance(10_000)
      else recorder.record(one)
    }
    await recorder.close()
    recorder = await start()
    const kept = await recorder.find({ limit: 1_000 })
    expect(kept).toEqual(all.slice(all.length - kept.length).reverse())
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.length, 1))
    const expected = kept.filter((event) => matches(event, question)).slice(0, question.limit)
    expect(await recorder.find(question)).toEqual(expected)
  } finally {
    folder.remove()
  }
}

function folderOfTest(): string {
  const folder = temporaryFolder('lines')
  onTestFinished(() => folder.remove())
  return folder.path
}
