/**
 * Goal: what each command prints with --json is what docs/json.md says it is.
 * Method: the commands as people run them, beside a running server; their output is held to the
 * schemas of the API's document and of docs/json.schema.json. The curl commands of docs/api.md are
 * run as they stand there.
 */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { askApi } from '../admin/support.ts'
import { written, zoneText } from '../control/configs.ts'
import { type Document, faultsOf, faultsOfPrinted } from '../support/json-schema.ts'
import { requireTool } from '../support/tools.ts'
import { MAIN, type Rota, serve } from './rota.ts'

const TOKEN = 'a-token-that-nobody-would-guess'
const CONFIG = `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
state: ./state
zones: { example.test: example.test.zone }
pools:
  web: { policy: failover, fail_back: false, members: { a: 192.0.2.1, b: 192.0.2.2 } }
  guests: { register: { networks: [192.0.2.0/24] }, members: { b: 192.0.2.3 } }
names: { www.example.test: { pool: web }, guests.example.test: { pool: guests } }
`
const DOCS = resolve(import.meta.dirname, '../../docs')
const execute = promisify(execFile)

const endings: (() => Promise<void>)[] = []
let rota: Rota
let file: string
let http: string
let api: Document

beforeAll(async () => {
  const until = (ending: () => Promise<void>) => void endings.unshift(ending)
  const files = written(
    { 'rota.yaml': CONFIG, 'example.test.zone': zoneText('example.test') },
    until,
  )
  file = files.file
  rota = await serve(['-c', file, '--json'], { env: { ROTA_TOKEN: TOKEN }, until })
  http = rota.logged('answering')[0]!['http'] as string
  api = (await askApi(Number(http.split(':')[1]), 'GET /openapi.json')).value as Document
})
afterAll(async () => {
  for (const ending of endings) await ending()
})

describe('with --json', () => {
  it.each([
    ['status', [], 'Status'],
    ['explain', ['www.example.test', '--client', '203.0.113.0/24'], 'Explanation'],
    ['override', ['web/a', 'down', '--reason', 'disk swap', '--for', '1h'], 'Override'],
    ['undrain', ['web/a'], 'Override'],
    ['drain', ['web/b', '--reason', 'disk swap'], 'Override'],
    ['reload', [], 'Reloaded'],
    ['top', ['--once'], 'Status'],
  ])('rota %s prints one document of the API', async (command, words, schema) => {
    const { output } = await told([command, ...words, '--server', `http://${http}`, '--json'])
    expect(faultsOf({ $ref: `#/components/schemas/${schema}` }, JSON.parse(output), api)).toEqual(
      [],
    )
    expect(rowOf(command)).toContain(`\`${schema}\` of the API`)
  })

  it('rota fail-back prints which pool', async () => {
    const { output } = await told(['fail-back', 'web', '--server', `http://${http}`, '--json'])
    expect(JSON.parse(output)).toEqual({ pool: 'web' })
  })

  it('rota drain --wait prints how the wait ended', async () => {
    const words = ['drain', 'guests/b', '--wait', '--timeout', '1s', '--server', `http://${http}`]
    const { code, output } = await told([...words, '--json'])
    const drained = JSON.parse(output) as { isSafe: boolean }
    expect(faultsOfPrinted('Drained', drained)).toEqual([])
    expect(code).toBe(drained.isSafe ? 0 : 1)
    expect(rowOf('drain')).toContain('`Drained`')
  })

  it('rota history prints a line for each event', async () => {
    const { output } = await told(['history', '--server', `http://${http}`, '--json'])
    const events = linesOf(output)
    expect(events.length).toBeGreaterThan(0)
    for (const event of events) {
      expect(faultsOf({ $ref: '#/components/schemas/Event' }, event, api)).toEqual([])
    }
    expect(rowOf('history')).toContain('`Event` of the API')
  })

  it('what a running server refuses is its problem, and exits with 1', async () => {
    const words = ['drain', 'web/nobody', '--server', `http://${http}`, '--json']
    const { code, output } = await told(words)
    expect(code).toBe(1)
    expect(faultsOf({ $ref: '#/components/schemas/Problem' }, JSON.parse(output), api)).toEqual([])
  })

  it('rota check prints what it found, sound or not', async () => {
    const sound = await told(['check', '-c', file, '--json'])
    const faulty = written({ 'rota.yaml': `${CONFIG}odd: 1\n`, 'example.test.zone': '' })
    const unsound = await told(['check', '-c', faulty.file, '--json'])
    expect([sound.code, unsound.code]).toEqual([0, 1])
    for (const { output } of [sound, unsound]) {
      expect(faultsOfPrinted('Check', JSON.parse(output))).toEqual([])
    }
    expect(rowOf('check')).toContain('`Check`')
  })

  it.each([['A'], ['TXT'], ['SOA']])(
    'rota query prints a line for each answer: %s',
    async (type) => {
      const words = ['query', 'www.example.test', type, `@127.0.0.1:${rota.port}`]
      const { output } = await told([...words, '--repeat', '2', '--json'])
      const answers = linesOf(output)
      expect(answers).toHaveLength(2)
      for (const answer of answers) expect(faultsOfPrinted('Query', answer)).toEqual([])
      expect(rowOf('query')).toContain('`Query`')
    },
  )

  it('rota serve logs lines', () => {
    const lines = linesOf(rota.process.output())
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(faultsOfPrinted('LogLine', line)).toEqual([])
    expect(rowOf('serve')).toContain('`LogLine`')
  })

  it('every command is told of', async () => {
    const { output } = await told(['--help'])
    const commands = output.slice(output.indexOf('Commands:')).match(/^ {2}[a-z-]+(?= )/gm)
    expect(commands!.length).toBeGreaterThan(10)
    for (const command of commands!.map((one) => one.trim()).filter((one) => one !== 'help')) {
      expect(rowOf(command), command).toBeDefined()
    }
  })
})

describe.skipIf(!requireTool('curl'))('the commands of docs/api.md', () => {
  const commands = commandsOf(readFileSync(`${DOCS}/api.md`, 'utf8'))

  it('are there', () => {
    expect(commands.length).toBeGreaterThan(10)
  })

  it.each(commands.filter((one) => !one.includes(' -N ')).map((one) => [one]))(
    '%s',
    async (command) => {
      const silent = command.replace(/^curl /, 'curl -s -w "\\n%{http_code}" ')
      const env = { ...process.env, API: `http://${http}/api/v1`, TOKEN }
      const { stdout } = await execute('sh', ['-c', silent], { env })
      const status = stdout.slice(stdout.lastIndexOf('\n') + 1)
      expect(status, stdout).toBe(
        command.includes('/pools/wap') ? '404' : /members -H/.test(command) ? '201' : '200',
      )
    },
  )
})

/** The commands of a page, those of several lines joined, without what is said of them. */
function commandsOf(page: string): string[] {
  return [...page.matchAll(/^ {4}(curl (?:.*\\\n)*.*)$/gm)].map(([, command]) =>
    command!.replace(/\\\n\s*/g, '').replace(/\s+#.*$/, ''),
  )
}

/** The row of docs/json.md that tells of a command. */
function rowOf(command: string): string | undefined {
  const rows = readFileSync(`${DOCS}/json.md`, 'utf8').split('\n')
  return rows.find((row) => row.startsWith(`| \`rota ${command}\` |`))
}

function linesOf(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

/** Runs `rota`, and returns what it printed. */
async function told(args: readonly string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, ROTA_TOKEN: TOKEN }
  try {
    const { stdout } = await execute(process.execPath, [MAIN, ...args], { env })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string }
    return { code, output: stdout }
  }
}
