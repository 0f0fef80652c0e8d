/**
 * Goal: `rota history` asks for what was meant, tells it in words or as it is, and misses nothing of
 * what it follows, not even while the server is started again.
 * Method: the command against a real API over a real recorder.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { AdminServer } from '../../src/admin/server.ts'
import { historyCommand } from '../../src/cli/history.ts'
import { eventText } from '../../src/cli/history-text.ts'
import type { Event, Flipped, Happening } from '../../src/control/history/event.ts'
import { Recorder } from '../../src/control/history/recorder.ts'
import { serving } from '../admin/support.ts'
import { eventually } from '../support/eventually.ts'
import { ManualClock } from '../support/manual-clock.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

describe('rota history', () => {
  it('tells what happened in words, the latest last', async () => {
    const { run } = await recorded()
    const { output, code } = await run()
    expect(code).toBe(0)
    expect(output.split('\n')).toEqual([
      '2026-01-01T12:00:00.000Z  web/a down (was up): refused (192.0.2.1, check web)',
      '2026-01-01T12:01:00.000Z  pool web v4 has recovered (1 healthy, 1 needed)',
      '2026-01-01T12:02:00.000Z  stop: answers no more',
      '',
    ])
  })

  it('prints an event a line as JSON', async () => {
    const { run } = await recorded()
    const lines = (await run('--json')).output.trimEnd().split('\n')
    const events = lines.map((line) => JSON.parse(line) as Event)
    expect(events.map(({ id, kind }) => [id, kind])).toEqual([
      [1, 'flip'],
      [2, 'ladder'],
      [3, 'stop'],
    ])
  })

  it.each([
    ['--kind flip,ladder', [1, 2]],
    ['--kind flip stop', [1, 3]],
    ['--about web/a', [1]],
    ['--about web', [1, 2]],
    ['--since 90s', [2, 3]],
    ['--from 2026-01-01T12:00:30Z --to 2026-01-01T12:01:30Z', [2]],
    ['--limit 2', [2, 3]],
  ])('takes %s', async (words, ids) => {
    const { run } = await recorded()
    const { output } = await run('--json', ...words.split(' '))
    const lines = output.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Event).id)).toEqual(ids)
  })

  it('says so where nothing has happened, and prints nothing to a program', async () => {
    const { run } = await recorded()
    expect(await run('--about', 'wob')).toEqual({
      ...{ code: 0, output: '', errors: 'nothing has happened\n' },
    })
    expect(await run('--about', 'wob', '--json')).toEqual({ code: 0, output: '', errors: '' })
  })

  it.each([
    ['--limit 0', '--limit "0" is no whole number from 1 to 1000'],
    ['--limit 1e2', '--limit "1e2" is no whole number from 1 to 1000'],
    ['--kind flop', '--kind "flop" is unknown; did you mean "flip"?'],
    ['--kind wedding', '--kind "wedding" is none of flip, override'],
    ['--since yesterday', '--since "yesterday" is no span such as 1h'],
    ['--from noon', '--from "noon" is no moment such as 2026-01-01T12:00Z'],
    ['--to noon', '--to "noon" is no moment'],
    ['--since 1h --from 2026-01-01', '--since and --from say the same; give one'],
  ])('exits with 2 for %s', async (words, message) => {
    const { run } = await recorded()
    expect(await run(...words.split(' '))).toMatchObject({
      ...{ code: 2, output: '', errors: expect.stringContaining(message) },
    })
  })

  it('follows what happens, as far as it is wanted, over a restart of the server', async () => {
    const { run, recorder, clock, server, ends } = await recorded()
    const shown: string[] = []
    const ran = run.following(shown, '--follow', '--kind', 'flip', '--limit', '1')
    await eventually(() => shown.length === 1)
    recorder.record({ kind: 'stop' })
    recorder.record(flip('web/b'))
    await eventually(() => shown.length === 2)
    await server.stop()
    recorder.record(flip('web/c'))
    await eventually(() => ran.errors().includes('it is asked again'))
    await serving({ history: recorder }, undefined, ends)
    // A connection that was kept may turn out to be dead: then it asks once more.
    await eventually(async () => {
      await clock.advance(250)
      return shown.length === 3
    })
    expect(shown.map((line) => line.split('  ')[1]!.split(' ')[0])).toEqual([
      ...['web/a', 'web/b', 'web/c'],
    ])
    expect((await ran.end()).code).toBe(0)
  })

  it('ends when it is asked to, though its request has long been collected', async () => {
    const { run } = await recorded()
    const shown: string[] = []
    const ran = run.following(shown, '--follow', '--kind', 'stop')
    await eventually(() => shown.length === 1)
    await eventually(() => collectGarbage() === 5)
    expect((await ran.end()).code).toBe(0)
  })

  it('says what it has missed, where the server does not have it any more', async () => {
    const { run, recorder, clock, server, ends } = await recorded()
    const shown: string[] = []
    const ran = run.following(shown, '--follow', '--kind', 'stop')
    await eventually(() => shown.length === 1)
    recorder.record({ kind: 'stop' })
    await eventually(() => shown.length === 2)
    await server.stop()
    await eventually(() => ran.errors().includes('it is asked again'))
    for (let number = 0; number < 2_100; number++) recorder.record(flip('web/a'))
    recorder.record({ kind: 'stop' })
    await serving({ history: recorder }, undefined, ends)
    // A connection that was kept may turn out to be dead: then it asks once more.
    await eventually(async () => {
      await clock.advance(250)
      return shown.length === 3
    })
    expect(ran.errors()).toContain('events 5–105 are missing')
    await ran.end()
  })
})

describe('an event in words', () => {
  const at = '2026-01-01T12:00:00.000Z'
  const until = '2026-01-01T13:30:00.000Z'
  const member = { pool: 'web', member: 'a' }
  const wish = { ...member, word: 'drain', reason: 'upgrade', author: 'ana' }
  const rows: readonly (readonly [Happening, string])[] = [
    [
      {
        ...{ kind: 'flip', members: ['web/a', 'api/a'], moreMembers: 3, address: '192.0.2.1' },
        ...{ check: 'web', from: 'up', to: 'down', evidence: 'no answer in 1s' },
        ...{ failoverMs: 3_140, lastCacheAt: '2026-01-01T12:00:30.000Z' },
      },
      'web/a, api/a and 3 more down (was up): no answer in 1s (192.0.2.1, check web; unnoticed for 3.1s; in caches until 12:00:30Z)',
    ],
    [
      { ...flip('web/a'), from: 'unknown', members: [], evidence: '\u001b[31mred' },
      '192.0.2.1 down: ?[31mred (check web)',
    ],
    [
      { kind: 'override', action: 'set', ...wish, until },
      'web/a overridden drain for 1h 30m by ana: upgrade',
    ],
    [{ kind: 'override', action: 'set', ...wish }, 'web/a overridden drain by ana: upgrade'],
    [
      { kind: 'override', action: 'ended', ...wish, endedBy: 'bo' },
      'web/a no longer overridden drain, by bo',
    ],
    [
      { kind: 'override', action: 'expired', ...wish },
      'web/a no longer overridden drain: its time is over',
    ],
    [
      { kind: 'registration', action: 'joined', ...member, addresses: ['192.0.2.9'] },
      'web/a (192.0.2.9) registered',
    ],
    [
      { kind: 'registration', action: 'expired', ...member, addresses: ['192.0.2.9'] },
      'web/a (192.0.2.9) is gone: its lease ran out',
    ],
    [
      {
        ...{ kind: 'ladder', pool: 'web', family: 'v4', step: 'last_good', until },
        ...{ healthy: 0, needed: 1 },
      },
      'pool web v4 has failed (0 healthy, 1 needed): answers by step "last_good" until 13:30:00Z',
    ],
    [
      {
        ...{ kind: 'reload', isTaken: false, generation: 3, errors: 2, warnings: 0, tookMs: 9 },
        problem: 'rota.yaml:1:1: no',
      },
      'reload refused, nothing changed: rota.yaml:1:1: no (and 1 more)',
    ],
    [
      { kind: 'reload', isTaken: true, generation: 4, errors: 0, warnings: 1, tookMs: 9 },
      'reload: generation 4, took 9ms, 1 warning',
    ],
    [
      { kind: 'doubt', isSuspect: true, why: '9 of 10 fail' },
      'doubt: failures are held back: 9 of 10 fail',
    ],
    [
      { kind: 'respawn', endpoint: '127.0.0.1:53', reason: 'it died' },
      'worker of 127.0.0.1:53 died and was replaced: it died',
    ],
    [
      { kind: 'start', version: '0.2.0', generation: 1, listen: ['127.0.0.1:53'] },
      'start: rota 0.2.0 answers on 127.0.0.1:53',
    ],
  ]

  it.each(rows.map(([happening, words]) => [words, happening] as const))('is: %s', (words, one) => {
    expect(eventText({ id: 1, at, ...one })).toBe(`${at}  ${words}`)
  })
})

function flip(member: string): Flipped {
  const between = { from: 'up', to: 'down', evidence: 'refused' }
  return { kind: 'flip', members: [member], address: '192.0.2.1', check: 'web', ...between }
}

let collectedCount = 0

/** Returns how often it was called. */
function collectGarbage(): number {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  return ++collectedCount
}

/** A server to which three things have happened, and the command that asks it. */
async function recorded() {
  const clock = new ManualClock(NOON)
  const silent = () => {}
  const recorder = new Recorder({ clock, onFault: silent, onCaughtUp: silent, onDamage: silent })
  recorder.record(flip('web/a'))
  await clock.advance(60_000)
  recorder.record({ kind: 'ladder', pool: 'web', family: 'v4', healthy: 1, needed: 1 })
  await clock.advance(60_000)
  recorder.record({ kind: 'stop' })
  const { port, server }: { port: number; server: AdminServer } = await serving({
    history: recorder,
  })
  const start = (onWrite: (text: string) => void, words: readonly string[]) => {
    const ended = new AbortController()
    onTestFinished(() => ended.abort())
    let [output, errors, code] = ['', '', -1]
    const command = historyCommand(
      {
        write: (text) => {
          output += text
          onWrite(text)
        },
        writeError: (text) => {
          errors += text
        },
        readFile: () => '',
        ...{ environment: {}, clock },
        exit: (given) => {
          code = given
        },
      },
      ended.signal,
    )
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        errors += text
      },
    })
    const done = command
      .parseAsync(['--server', `127.0.0.1:${port}`, ...words], { from: 'user' })
      .catch((error: { exitCode: number }) => {
        code = error.exitCode
      })
    const end = async () => {
      await done
      return { output, errors, code }
    }
    return { end, stop: () => ended.abort(), errors: () => errors }
  }
  const run = (...words: string[]) => start(() => {}, words).end()
  run.following = (shown: string[], ...words: string[]) => {
    const { end, stop, errors } = start((text) => shown.push(text), words)
    return {
      errors,
      end: () => {
        stop()
        return end()
      },
    }
  }
  return { run, recorder, clock, server, ends: { endpoint: { address: '127.0.0.1', port } } }
}
