/**
 * Goal: a file says up or down, and one that says neither is a failure that says why.
 * Method: a table of texts; real files that are absent, too large, or a folder.
 */

import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { FILE_OCTETS_MAX, judgeFile } from '../../../src/health/probes/file.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { probe } from '../../support/probing.ts'

function folder(): string {
  const made = temporaryFolder('file')
  onTestFinished(() => made.remove())
  return made.path
}

describe('a file', () => {
  it.each([
    ['up', true, 'f says up'],
    ['DOWN\n', false, 'f says down'],
    ['# by hand\n\nup # for now\n', true, 'f says up'],
    ['192.0.2.1 up\n192.0.2.2 down', true, 'f says up'],
    ['192.0.2.2 up', false, 'f says nothing of 192.0.2.1'],
    ['192.0.2.1 up\n192.0.2.1 down', false, 'f says down'],
    ['down\n192.0.2.1 up', true, 'f says up'],
    ['', false, 'f says nothing of 192.0.2.1'],
    ['192.0.2.1 perhaps', false, 'f has a line that says neither up nor down: "192.0.2.1 perhaps"'],
    ['192.0.2.1', false, 'f has a line that says neither up nor down: "192.0.2.1"'],
    ['192.0.2.1 up down', false, 'f has a line that says neither up nor down: "192.0.2.1 up down"'],
  ])('of %j', (text, isSuccess, evidence) => {
    expect(judgeFile(text, '192.0.2.1', 'f')).toEqual({ isSuccess, evidence })
  })

  it('knows an IPv6 address in any spelling', () => {
    expect(judgeFile('2001:0DB8::0:1 up', '2001:db8::1', 'f').isSuccess).toBe(true)
  })

  it('of any text is judged', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(judgeFile(text, '192.0.2.1', 'f').evidence).not.toBe('')
      }),
    )
  })

  it('is read anew for each probe', async () => {
    const path = join(folder(), 'state')
    const look = () => probe({ kind: 'file', path })
    expect(await look()).toEqual({ isSuccess: false, evidence: `${path} is absent` })
    await writeFile(path, 'up')
    expect(await look()).toEqual({ isSuccess: true, evidence: `${path} says up` })
    await writeFile(path, 'down')
    expect(await look()).toEqual({ isSuccess: false, evidence: `${path} says down` })
  })

  it('that is a pipe which nobody writes is not waited for', async () => {
    const path = join(folder(), 'pipe')
    execFileSync('mkfifo', [path])
    expect(await probe({ kind: 'file', path })).toMatchObject({ isOwnFault: true })
  })

  it('that is too large, or no file, is a failure', async () => {
    const inside = folder()
    const path = join(inside, 'state')
    await writeFile(path, ' '.repeat(FILE_OCTETS_MAX + 1))
    expect((await probe({ kind: 'file', path })).evidence).toContain('larger than 1 MiB')
    const { isSuccess, evidence } = await probe({ kind: 'file', path: inside })
    expect(isSuccess).toBe(false)
    expect(evidence).toContain('cannot read')
  })
})
