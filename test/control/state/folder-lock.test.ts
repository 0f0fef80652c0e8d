/**
 * Goal: two processes never write to one state folder, and one that was killed keeps nobody out.
 * Method: real folders, and a holder that is killed.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { type Lock, LOCK_FILE, lockFolder } from '../../../src/control/state/folder-lock.ts'
import { temporaryFolder } from '../../support/folder.ts'

describe('the lock of a folder', () => {
  it('is for one at a time', async () => {
    const folder = freshFolder()
    const first = await lockFolder(folder)
    expect(first.kind).toBe('held')
    expect((await lockFolder(folder)).kind).toBe('taken')
    await release(first)
    const next = await lockFolder(folder)
    expect(next.kind).toBe('held')
    await release(next)
    expect(existsSync(join(folder, LOCK_FILE))).toBe(false)
  })

  it('is free again when its holder was killed', async () => {
    const folder = freshFolder()
    const path = join(folder, LOCK_FILE)
    const script = `require('net').createServer().listen('${path}', () => console.log('held'))`
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    expect((await lockFolder(folder)).kind).toBe('taken')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(existsSync(path)).toBe(true)
    const next = await lockFolder(folder)
    expect(next.kind).toBe('held')
    await release(next)
  })

  it('cannot be had where there is no folder, nor by a path that is too long', async () => {
    const folder = freshFolder()
    writeFileSync(join(folder, 'file'), '')
    expect((await lockFolder(join(folder, 'file'))).kind).toBe('impossible')
    expect((await lockFolder(join(folder, 'x'.repeat(120)))).kind).toBe('impossible')
  })
})

async function release(lock: Lock): Promise<void> {
  if (lock.kind === 'held') await lock.release()
}

function freshFolder(): string {
  const folder = temporaryFolder('lock')
  onTestFinished(() => folder.remove())
  return folder.path
}
