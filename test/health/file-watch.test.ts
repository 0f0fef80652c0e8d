/**
 * Goal: a file that changes is read at once, and not again and again for one change.
 * Method: real files, and the keys of the targets that are to be probed.
 */

import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createTarget, type Target } from '../../src/health/check.ts'
import { createFileWatch, SETTLE_MS } from '../../src/health/file-watch.ts'
import { checkWith } from '../support/check.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/folder.ts'
import { ManualClock } from '../support/manual-clock.ts'

function watching() {
  const folder = temporaryFolder('watch')
  const clock = new ManualClock()
  const hastened: string[] = []
  const watch = createFileWatch(clock, (key) => hastened.push(key))
  onTestFinished(() => {
    watch.stop()
    folder.remove()
  })
  const isNoted = () => eventually(() => clock.pendingCount > 0)
  return { at: (name: string) => join(folder.path, name), clock, hastened, watch, isNoted }
}

function reading(path: string, address = '192.0.2.1'): Target {
  return createTarget(address, checkWith({ probe: { kind: 'file', path } }))
}

describe('a watch on files', () => {
  it('hastens each target that is read from one that is written, once', async () => {
    const { at, clock, hastened, watch, isNoted } = watching()
    const targets = [
      ...['192.0.2.1', '192.0.2.2'].map((address) => reading(at('state'), address)),
      reading(at('other')),
      createTarget('192.0.2.1', checkWith()),
    ]
    watch.retarget(targets)
    await writeFile(at('state'), 'up')
    await writeFile(at('state'), 'down')
    await isNoted()
    await clock.advance(SETTLE_MS)
    expect(hastened).toEqual(targets.slice(0, 2).map(({ key }) => key))
  })

  it('notices a file that is put in the place of another', async () => {
    const { at, clock, hastened, watch, isNoted } = watching()
    await writeFile(at('new'), 'up')
    const target = reading(at('state'))
    watch.retarget([target])
    await rename(at('new'), at('state'))
    await isNoted()
    await clock.advance(SETTLE_MS)
    expect(hastened).toEqual([target.key])
  })

  it('forgets what it is no longer asked for, even what has been noted', async () => {
    const { at, clock, watch, isNoted } = watching()
    watch.retarget([reading(at('state'))])
    await writeFile(at('state'), 'up')
    await isNoted()
    watch.retarget([])
    expect(clock.pendingCount).toBe(0)
  })

  it('bears a folder that is not there', () => {
    const { at, watch } = watching()
    watch.retarget([reading(at('no/such/file'))])
  })
})
