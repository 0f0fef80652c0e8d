/**
 * Goal: an account of who may be held is believed only if nobody has answered since.
 * Method: real folders, and servers that cannot write there.
 */

import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'

import { State } from '../../src/app/state.ts'
import type { Override } from '../../src/control/books/overrides.ts'
import { ledgerSection } from '../../src/control/ledger/past.ts'
import { temporaryFolder } from '../support/folder.ts'
import { ManualClock } from '../support/manual-clock.ts'

const DRAIN: Override = {
  ...{ pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana' },
  sinceWall: 0,
}

describe('the account that a clean stop leaves', () => {
  it('is all there is to say', async () => {
    const folder = freshFolder()
    await cleanRun(folder)
    expect((await leftIn(folder)).ledger.isFinal).toBe(true)
  })

  it('is believed no more once a server has answered that could not write', async () => {
    const folder = freshFolder()
    await cleanRun(folder)
    await fullRun(folder)
    const left = await leftIn(folder)
    expect(left.ledger.isFinal).toBe(false)
    expect(left.overrides.current).toMatchObject([DRAIN])
  })

  it('stays what is known, however many servers could not write', async () => {
    const folder = freshFolder()
    await cleanRun(folder)
    await fullRun(folder)
    await fullRun(folder)
    const left = await leftIn(folder)
    expect(left.ledger.isFinal).toBe(false)
    expect(left.overrides.current).toMatchObject([DRAIN])
  })

  it('is believed again of one that could write', async () => {
    const folder = freshFolder()
    await cleanRun(folder)
    await fullRun(folder)
    await cleanRun(folder)
    expect((await leftIn(folder)).ledger.isFinal).toBe(true)
  })
})

/** Starts, answers, and ends in an orderly way. */
async function cleanRun(folder: string): Promise<void> {
  const { state, end } = newRun()
  await state.open(folder)
  await state.noteStart()
  end()
  await state.close()
}

/** The same, and nothing can be written: what every write begins with is taken. */
async function fullRun(folder: string): Promise<void> {
  const { state, end } = newRun()
  await state.open(folder)
  const taken = join(folder, `state.json.new-${pid}`)
  mkdirSync(taken)
  await state.noteStart()
  end()
  await state.close()
  rmdirSync(taken)
}

async function leftIn(folder: string) {
  const { state } = newRun()
  const left = await state.open(folder)
  onTestFinished(() => state.close())
  return left
}

function newRun() {
  let isFinal = false
  const state = new State({
    clock: new ManualClock(),
    log: pino({ level: 'silent' }),
    judged: () => ({ verdicts: {}, pools: {} }),
    pages: () => ({ overrides: { current: [DRAIN], past: [] }, registrations: [] }),
    positions: () => ({}),
    ledger: () => ({ ...ledgerSection.empty, isFinal }),
  })
  return { state, end: () => void (isFinal = true) }
}

function freshFolder(): string {
  const folder = temporaryFolder('state')
  onTestFinished(() => folder.remove())
  return folder.path
}
