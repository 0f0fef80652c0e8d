/**
 * Goal: a file says up or down, and one that says neither is a failure that says why.
 * Method: a table of texts; real files that are absent, too large, a folder; changes under watch.
 */

import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createFileWatch } from '../../../src/health/file-watch.ts'
import { FILE_OCTETS_MAX, judgeFile } from '../../../src/health/probes/file.ts'
import { eventually } from '../../support/eventually.ts'
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

describe('a watch', () => {
  it('notices what is written, and what is put in its place', async () => {
    const inside = folder()
    const [path, other] = [join(inside, 'state'), join(inside, 'other')]
    const changed: string[] = []
    const watch = createFileWatch((one) => changed.push(one))
    onTestFinished(() => watch.stop())
    watch.retarget([path])
    await writeFile(other, 'x')
    await writeFile(path, 'up')
    await eventually(() => changed.length > 0)
    expect(new Set(changed)).toEqual(new Set([path]))

    changed.length = 0
    await rename(other, path)
    await eventually(() => changed.includes(path))
  })

  it('forgets what it is no longer asked for, and bears a folder that is not there', async () => {
    const inside = folder()
    await mkdir(join(inside, 'b'))
    const paths = ['a', 'b'].map((name) => join(inside, name, 'state'))
    const changed: string[] = []
    const watch = createFileWatch((one) => changed.push(one))
    onTestFinished(() => watch.stop())
    watch.retarget([join(inside, 'state')])
    watch.retarget(paths)
    await writeFile(join(inside, 'state'), 'up')
    await writeFile(paths[1]!, 'up')
    await eventually(() => changed.length > 0)
    expect(new Set(changed)).toEqual(new Set([paths[1]]))
  })
})
