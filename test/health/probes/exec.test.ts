/**
 * Goal: a program is run as it is, for as long as it may, and read as a Nagios plugin is.
 * Method: small programs of the shell, which is asked for by its own name.
 */

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createPlaces } from '../../../src/health/probes/places.ts'
import { OUTPUT_OCTETS_MAX } from '../../../src/health/probes/program.ts'
import type { ExecProbe } from '../../../src/health/probes/spec.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { probe } from '../../support/probing.ts'

describe('a program', () => {
  it.each([
    ['echo fine', { isSuccess: true, evidence: 'fine' }],
    ['exit 0', { isSuccess: true, evidence: 'exit 0' }],
    [
      'echo "DISK WARNING - 8% left|/=92%"; exit 1',
      {
        isSuccess: true,
        evidence: 'exit 1: DISK WARNING - 8% left',
        warning: 'DISK WARNING - 8% left',
      },
    ],
    ['echo gone; echo more; exit 2', { isSuccess: false, evidence: 'exit 2: gone' }],
    ['echo why >&2; exit 2', { isSuccess: false, evidence: 'exit 2: why' }],
    ['exit 3', { isSuccess: false, isOwnFault: true, evidence: 'exit 3, unknown' }],
    ['exit 7', { isSuccess: false, evidence: 'exit 7' }],
    ['kill -9 $$', { isSuccess: false, isOwnFault: true, evidence: 'ended by SIGKILL' }],
    ['printf "a\\033[31mb"', { isSuccess: true, evidence: 'a [31mb' }],
  ])('%s', async (script, outcome) => {
    expect(await probe(shell(script))).toEqual(outcome)
  })

  it('knows whom it is about, and no secret of the server', async () => {
    process.env['ROTA_SECRET_OF_TEST'] = 'secret'
    onTestFinished(() => void delete process.env['ROTA_SECRET_OF_TEST'])
    const said = await probe(shell('echo "$ROTA_ADDRESS $ROTA_TARGET $ROTA_SECRET_OF_TEST."'))
    expect(said.evidence).toBe('127.0.0.1 web 127.0.0.1 .')
  })

  it('has its arguments as they are, with the address in its place', async () => {
    const args = ['%s;', '$(id)', '{address}:80', '* "']
    const outcome = await probe({ kind: 'exec', command: '/usr/bin/printf', args })
    expect(outcome.evidence).toBe('$(id);127.0.0.1:80;* ";')
  })

  it('may print more than anybody reads', async () => {
    const outcome = await probe(shell('head -c 300000 /dev/zero | tr "\\0" x'))
    expect(outcome.isSuccess).toBe(true)
    expect(outcome.evidence.length).toBeLessThanOrEqual(OUTPUT_OCTETS_MAX)
  })

  it('that is not there is a fault of this machine', async () => {
    const outcome = await probe({ kind: 'exec', command: '/no/such/program', args: [] })
    expect(outcome.isOwnFault).toBe(true)
    expect(outcome.evidence).toContain('cannot run /no/such/program')
  })

  it('is killed with all that it has started when its time is over', async () => {
    const folder = temporaryFolder('exec')
    onTestFinished(() => folder.remove())
    const pids = join(folder.path, 'pids')
    const abort = new AbortController()
    const outcome = probe(shell(`sleep 600 & echo "$$ $!" > ${pids}; wait`), {
      signal: abort.signal,
    })
    const read = async () => (await readFile(pids, 'utf8').catch(() => '')).trim()
    await eventually(async () => (await read()) !== '')
    const numbers = (await read()).split(' ').map(Number)
    abort.abort()
    expect(await outcome).toEqual({ isSuccess: false, evidence: 'aborted' })
    await eventually(async () => !(await Promise.all(numbers.map(isRunning))).includes(true))
  })

  it('is over at its deadline, though what it started has left its group', async () => {
    const folder = temporaryFolder('exec')
    onTestFinished(() => folder.remove())
    const pid = join(folder.path, 'pid')
    const abort = new AbortController()
    const stray = `setsid sh -c 'echo $$ > ${pid}; exec sleep 600' &`
    const outcome = probe(shell(stray), { signal: abort.signal })
    const read = async () => Number(await readFile(pid, 'utf8').catch(() => ''))
    await eventually(async () => (await read()) > 0)
    const straying = await read()
    onTestFinished(() => void process.kill(straying))
    abort.abort()
    expect(await outcome).toEqual({ isSuccess: false, evidence: 'aborted' })
  })

  it('that finds no descriptor left is a fault of this machine, and ends nobody', async () => {
    const path = new URL('../../../src/health/probes/program.ts', import.meta.url)
    const script = `
      const { openSync } = await import('node:fs')
      const { runProgram } = await import('${path}')
      const { systemClock: clock } = await import('${new URL('../../base/clock.ts', path)}')
      try { for (;;) openSync('/dev/null') } catch {}
      const { signal } = new AbortController()
      const patience = { clock, timeoutMs: 1000, signal, onStage() {} }
      const outcome = await runProgram({ command: '/bin/true', args: [] }, patience)
      process.on('exit', (code) => console.log(code, outcome.evidence))
    `
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script]
    const { stdout } = await promisify(execFile)('/bin/sh', [
      ...['-c', 'ulimit -n 100; exec "$@"', 'sh', ...node],
    ])
    expect(stdout.trim()).toBe('0 cannot run /bin/true: no file descriptor left in this process')
  })
})

describe('places', () => {
  it('are held by so many at once, and given on in order', async () => {
    const places = createPlaces(1)
    const { signal } = new AbortController()
    const order: string[] = []
    const give = (await places.take(signal))!
    const second = places.take(signal).then((next) => {
      order.push('second')
      next!()
      next!() // Given once, however often.
    })
    const third = places.take(signal).then(() => order.push('third'))
    expect(order).toEqual([])
    give()
    await Promise.all([second, third])
    expect(order).toEqual(['second', 'third'])
    const late = new AbortController()
    const fourth = places.take(late.signal)
    late.abort()
    expect(await fourth).toBeUndefined()
  })

  it('go past whoever has left', async () => {
    const places = createPlaces(1)
    const { signal } = new AbortController()
    const give = (await places.take(signal))!
    const gone = new AbortController()
    const left = places.take(gone.signal)
    const patient = places.take(signal)
    gone.abort()
    expect(await left).toBeUndefined()
    give()
    expect(await patient).toBeDefined()
  })
})

function shell(script: string): ExecProbe {
  return { kind: 'exec', command: '/bin/sh', args: ['-c', script] }
}

/** A zombie has ended; it only waits for its parent to notice. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return status !== '' && !/\) Z /.test(status)
}
