/**
 * Goal: what is promised of a failover is kept by the real server under real users, and users who
 * do not keep to the TTL are found out.
 * Method: `rota demo failover` as people run it, shorter. When requests may fail is what the server
 * itself says of its flips and its answers, so no time of this machine is guessed.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { FailoverFigures } from '../../src/app/demo/failover/figures.ts'
import { temporaryFolder } from '../support/folder.ts'
import { faultsOfPrinted } from '../support/json-schema.ts'
import { waitUntil } from '../support/process.ts'
import { run } from './rota.ts'

const SHORT = ['--users', '10', '--ttl', '2/1', '--interval', '300ms', '--pace', '300ms']

/** What a machine that runs other tests beside may add to the promised sum. */
const BUSY_MS = 500

describe('the failover test', { timeout: 120_000 }, () => {
  it('finds no request that fails outside the failover', async () => {
    const { status, figures, report } = await failover('--seed', '1')
    const { failures, promisedMs, isKept } = figures
    const [{ killedAt, downMs, letsGoMs, evidence }] = figures.windows as [
      FailoverFigures['windows'][0],
    ]
    // A server that was late has told so, and when the last cache let go of it then.
    const endWall = Date.parse(killedAt) + Math.max(promisedMs, letsGoMs ?? 0) + BUSY_MS
    const isLate = (at: string) => Date.parse(at) > Date.parse(killedAt) + promisedMs
    const strays = failures.filter(({ isWithinWindow, at }) => !isWithinWindow && !isLate(at))
    expect(strays).toEqual([])
    expect(failures.filter(({ at }) => Date.parse(at) > endWall)).toEqual([])
    expect(status).toBe(isKept ? 0 : 1)
    expect(figures.phases.map(({ requests }) => requests)).toEqual([100, 100, 100])
    const [all, killed, back] = figures.phases.map(({ served }) => Object.keys(served).sort())
    expect([all, killed, back]).toEqual([['a', 'b'], ['a'], ['a', 'b']])
    expect(evidence).toContain('connection refused')
    expect(letsGoMs).toBeGreaterThan(downMs!)
    expect(report).toContain('<h1>')
  })

  it('finds users who keep answers for longer than the TTL', async () => {
    const { status, figures } = await failover('--keep', '1h', '--phases', 'ab,a')
    expect(figures.isKept).toBe(false)
    expect(status).toBe(1)
  })

  it('refuses what cannot show anything, as a fault of usage', async () => {
    const child = run(['demo', 'failover', '--pace', '10ms'])
    expect(await child.ended).toBe(2)
    expect(child.output()).toContain('rota demo failover: pace 10ms makes phases of 0.1 s')
  })

  it('says before the run that the report cannot be written', async () => {
    const folder = temporaryFolder('failover')
    onTestFinished(() => folder.remove())
    const child = run(['demo', 'failover', ...SHORT, '--report', folder.path])
    expect(await child.ended).toBe(1)
    expect(child.output()).toBe(
      `rota demo failover: ${folder.path} is a folder; name a file with --report\n`,
    )
  })

  it('leaves nothing behind when it is ended before its time', async () => {
    const folder = temporaryFolder('failover')
    onTestFinished(() => folder.remove())
    const file = join(folder.path, 'report.html')
    const child = run(['demo', 'failover', ...SHORT, '--report', file], {
      env: { TMPDIR: folder.path },
    })
    await waitUntil(child, async () => child.output().includes('phase 1'))
    child.signal('SIGTERM')
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('given up before its end')
    expect(readdirSync(folder.path)).toEqual([])
  })
})

async function failover(...words: string[]) {
  const folder = temporaryFolder('failover')
  onTestFinished(() => folder.remove())
  const file = join(folder.path, 'report.html')
  const child = run(['demo', 'failover', ...SHORT, ...words, '--json', '--report', file])
  const status = await child.ended
  const output = child.output()
  // What happens is told before, on standard error.
  const json = output.slice(output.indexOf('\n{') + 1)
  expect(json, output).toMatch(/^\{/)
  const figures = JSON.parse(json) as FailoverFigures
  expect(faultsOfPrinted('DemoFailover', figures)).toEqual([])
  return { status, figures, report: readFileSync(file, 'utf8') }
}
