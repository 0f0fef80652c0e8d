/**
 * Goal: the commands for a running server find it, know themselves to it, ask what was meant, and
 * say what to do where they cannot.
 * Method: the commands with files, environment and output of their own, against a real API over
 * operations that the test brings.
 */

import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'

import type { Operations } from '../../src/admin/operations.ts'
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { failBackCommand } from '../../src/cli/fail-back.ts'
import type { OperatorTools } from '../../src/cli/operator.ts'
import { drainCommand, overrideCommand, undrainCommand } from '../../src/cli/override.ts'
import { reloadCommand } from '../../src/cli/reload.ts'
import { statusCommand } from '../../src/cli/status.ts'
import type { Override } from '../../src/control/books/overrides.ts'
import { STATUS, serving, TOKEN } from '../admin/support.ts'
import { freePort } from '../support/ports.ts'
import { ManualClock } from '../support/manual-clock.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const YAML = (port: number) => `listen: { http: "127.0.0.1:${port}" }\nstate: ./state\n`

describe('a command for a running server', () => {
  it('finds it by rota.yaml, and the token in its state folder', async () => {
    const { port, wishes } = await recording()
    const files = { 'rota.yaml': YAML(port), [`${process.cwd()}/state/token`]: `${TOKEN}\n` }
    const run = await runs(drainCommand, ['web/a', '--by', 'ana'], { files })
    expect(run).toMatchObject({ code: 0, errors: '' })
    expect(wishes).toHaveLength(1)
  })

  it('finds it by a configuration that is named, whatever the environment says', async () => {
    const { port } = await serving()
    const files = { '/etc/rota/rota.yaml': YAML(port) }
    const environment = { ROTA_SERVER: 'http://127.0.0.1:1' }
    const run = await runs(statusCommand, ['-c', '/etc/rota/rota.yaml'], { files, environment })
    expect(run.code).toBe(0)
  })

  it('finds it although the configuration has become faulty elsewhere', async () => {
    const { port } = await serving()
    const files = { 'rota.yaml': `${YAML(port)}pools: [nonsense]\nwhat: ever\n` }
    expect((await runs(statusCommand, [], { files })).code).toBe(0)
  })

  it('asks the server that is named by an option or the environment', async () => {
    const { port } = await serving()
    const environment = { ROTA_SERVER: `127.0.0.1:${port}` }
    expect((await runs(statusCommand, [], { environment })).code).toBe(0)
    expect((await runs(statusCommand, ['--server', `http://127.0.0.1:${port}/`])).code).toBe(0)
  })

  it('takes the token from a file that is named, or from the environment', async () => {
    const { port, wishes } = await recording()
    const server = ['--server', `127.0.0.1:${port}`, '--by', 'ana']
    const files = { 'my-token': TOKEN }
    const named = await runs(drainCommand, ['web/a', ...server, '--token-file', 'my-token'], {
      files,
    })
    expect(named.code).toBe(0)
    const environment = { ROTA_TOKEN: TOKEN }
    expect((await runs(drainCommand, ['web/a', ...server], { environment })).code).toBe(0)
    expect(wishes).toHaveLength(2)
  })

  it('says which address does not answer, whence it has it, and what to set', async () => {
    const port = await freePort()
    const run = await runs(statusCommand, [], { files: { 'rota.yaml': YAML(port) } })
    expect(run).toEqual({
      code: 1,
      output: '',
      errors:
        `rota status: no server answers at http://127.0.0.1:${port}: connection refused; ` +
        'is "rota serve" running? The address is from listen.http of rota.yaml; ' +
        '--server or ROTA_SERVER name another\n',
    })
  })

  it.each([
    ['there is no configuration', {}, 'rota.yaml cannot be read'],
    ['it is no YAML', { 'rota.yaml': 'a: [' }, 'rota.yaml is not valid YAML'],
    ['it names no address', { 'rota.yaml': 'zones: {}' }, 'rota.yaml has no listen.http'],
    ['it names none that is one', { 'rota.yaml': 'listen: { http: here }' }, 'has a faulty listen'],
    [
      'any port may be meant',
      { 'rota.yaml': YAML(0) },
      'listen.http of rota.yaml is any free port',
    ],
  ])('exits with 2 where %s', async (_, files, message) => {
    const run = await runs(statusCommand, [], { files })
    expect(run).toMatchObject({ code: 2, errors: expect.stringContaining(message) })
    expect(run.errors).toContain('--server or ROTA_SERVER')
  })

  it.each(['ftp://127.0.0.1:8053', 'http://', 'a b'])(
    'exits with 2 for --server %s',
    async (url) => {
      expect(await runs(statusCommand, ['--server', url])).toMatchObject({
        ...{ code: 2 },
        errors: `rota status: --server "${url}" is no address such as http://127.0.0.1:8053\n`,
      })
    },
  )

  it('says how to come by the token, where it has none, or a wrong one', async () => {
    const { port, wishes } = await recording()
    const server = ['web/a', '--server', `127.0.0.1:${port}`]
    expect(await runs(drainCommand, server)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('set ROTA_TOKEN, or name a file by --token-file'),
    })
    const files = { 'rota.yaml': YAML(port) }
    expect((await runs(drainCommand, ['web/a'], { files })).errors).toContain('state/token')
    const environment = { ROTA_TOKEN: 'some-other-token' }
    const wrong = await runs(drainCommand, server, { environment })
    expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('token is wrong') })
    const lost = await runs(drainCommand, [...server, '--token-file', 'lost'])
    expect(lost).toMatchObject({ code: 2, errors: expect.stringContaining('cannot be read') })
    expect(wishes).toEqual([])
  })
})

describe('rota override', () => {
  it('asks for what was said, and says when it ends', async () => {
    const { wishes, asking } = await recording()
    const words = ['web/b', 'down', '--for', '2h', '--reason', 'disk swap', '--by', 'ana']
    const run = await runs(overrideCommand, words, asking)
    expect(wishes).toEqual([
      {
        ...{ pool: 'web', member: 'b', word: 'down', reason: 'disk swap', author: 'ana' },
        for: '2h',
      },
    ])
    expect(run).toEqual({ code: 0, output: 'web/b: down, by ana; ends in 2h\n', errors: '' })
  })

  it('names whoever stands behind sudo', async () => {
    const { wishes, asking } = await recording()
    const authors = async (environment: NodeJS.ProcessEnv, name?: string) => {
      const all = { ...asking.environment, ...environment }
      await runs(drainCommand, ['web/a'], { environment: all, userName: () => name })
      return (wishes.at(-1) as { author: string }).author
    }
    expect(await authors({ SUDO_USER: 'ana', USER: 'root' })).toBe('ana')
    expect(await authors({ USER: 'bo' })).toBe('bo')
    expect(await authors({ USER: 'bo' }, 'carla')).toBe('bo')
    expect(await authors({}, 'carla')).toBe('carla')
    expect(await authors({})).toBe('unknown')
  })

  it('shows a refusal with what would help', async () => {
    const { asking } = await recording({
      override: async () => ({ refused: 'conflict', detail: 'nobody is left', remedy: 'wait' }),
    })
    const run = await runs(overrideCommand, ['web/a', 'down', '--reason', 'disk swap'], asking)
    expect(run).toEqual({ code: 1, output: '', errors: 'rota override: nobody is left; wait\n' })
  })

  it.each([
    [['web', 'down', '--reason', 'disk swap'], 'member "web" is not of the form pool/member'],
    [['web/a/b', 'down', '--reason', 'disk swap'], 'is not of the form pool/member'],
    [['web/a', 'off', '--reason', 'disk swap'], 'word "off" is none of up, down, drain'],
    [['web/a', 'down'], "required option '--reason <text>' not specified"],
  ])('exits with 2 for %j', async (words, message) => {
    const { asking } = await recording()
    const run = await runs(overrideCommand, words, asking)
    expect(run).toMatchObject({ code: 2, errors: expect.stringContaining(message) })
  })

  it('shows a refusal that quotes anything without what could steer a terminal', async () => {
    const { asking } = await recording({
      override: async () => ({ refused: 'unknown', detail: 'no "\x1b[31mx"', remedy: '\x07wait' }),
    })
    const { code, errors } = await runs(
      overrideCommand,
      ['web/b', 'down', '--reason', 'disk swap'],
      asking,
    )
    expect({ code, errors }).toEqual({ code: 1, errors: 'rota override: no "?[31mx"; ?wait\n' })
  })

  it('is undone by undrain, whatever it was', async () => {
    const { wishes, asking } = await recording()
    const run = await runs(undrainCommand, ['web/2001:db8::1', '--by', 'a b'], asking)
    expect(wishes).toEqual([{ pool: 'web', member: '2001:db8::1', author: 'a b' }])
    expect(run.output).toBe('web/2001:db8::1: no longer down; the checks decide\n')
  })
})

describe('rota reload', () => {
  const FAULT: Diagnostic = {
    ...{ file: '/etc/rota.yaml', line: 2, column: 1, length: 6 },
    ...{ severity: 'error', message: 'unknown key "worker"' },
  }

  it('says which generation answers now', async () => {
    const { asking } = await recording()
    const run = await runs(reloadCommand, [], asking)
    expect(run).toEqual({ code: 0, output: 'reloaded: generation 4\n', errors: '' })
  })

  it('shows what is wrong as rota check does, and exits with 1', async () => {
    const reload = async () => ({ isTaken: false, generation: 3, diagnostics: [FAULT] })
    const { asking } = await recording({ reload })
    const files = { '/etc/rota.yaml': 'zones: {}\nworker: 2\n' }
    const run = await runs(reloadCommand, [], { ...asking, files })
    expect(run.code).toBe(1)
    expect(run.output).toBe(`/etc/rota.yaml:2:1: unknown key "worker"
2 | worker: 2
  | ^^^^^^

refused: nothing has changed
`)
    expect(JSON.parse((await runs(reloadCommand, ['--json'], asking)).output)).toMatchObject({
      diagnostics: [FAULT],
    })
  })
})

describe('rota fail-back and rota status', () => {
  it('fail-back asks for the pool', async () => {
    const { asking } = await recording({ failBack: (pool) => ({ pool }) })
    const run = await runs(failBackCommand, ['web'], asking)
    expect(run).toMatchObject({ code: 0, output: expect.stringContaining('web: answered by') })
  })

  it('status prints what the server says as JSON, whole', async () => {
    const { asking } = await recording()
    const run = await runs(statusCommand, ['--json'], asking)
    expect(JSON.parse(run.output)).toEqual(STATUS)
  })
})

/** A server that takes every wish and notes it. */
async function recording(own: Partial<Operations> = {}) {
  const wishes: unknown[] = []
  const taken = (wish: object): Override => {
    wishes.push(wish)
    const base = { word: 'down', reason: 'disk swap', author: 'ana', pool: '', member: '' } as const
    return { ...base, ...wish, sinceWall: NOON, untilWall: NOON + 7_200_000 }
  }
  const { port } = await serving({
    override: async (wish) => taken(wish),
    endOverride: async (which) => taken(which),
    ...own,
  })
  const environment = { ROTA_SERVER: `127.0.0.1:${port}`, ROTA_TOKEN: TOKEN }
  return { port, wishes, asking: { environment } }
}

interface World {
  readonly files?: Readonly<Record<string, string>>
  readonly environment?: NodeJS.ProcessEnv
  readonly userName?: () => string | undefined
}

/** Runs a command in a world of its own. */
async function runs(
  make: (tools: OperatorTools) => Command,
  args: readonly string[],
  { files = {}, environment = {}, userName = () => undefined }: World = {},
) {
  const run = { code: -1, output: '', errors: '' }
  const command = make({
    write: (text) => {
      run.output += text
    },
    writeError: (text) => {
      run.errors += text
    },
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error(`there is no ${path}`)
      return text
    },
    ...{ environment, userName },
    clock: new ManualClock(NOON),
    exit: (code) => {
      run.code = code
    },
  })
  command.configureOutput({
    writeErr: (text) => {
      run.errors += text
    },
  })
  command.exitOverride((error) => {
    throw error
  })
  try {
    await command.parseAsync([...args], { from: 'user' })
  } catch (error) {
    // As `main.ts` does for every fault of usage.
    if ((error as { exitCode?: number }).exitCode === undefined) throw error
    run.code = 2
  }
  return run
}
