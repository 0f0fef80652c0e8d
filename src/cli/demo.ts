/**
 * `rota demo`: the quick start. On a terminal it keeps a table on the screen and listens to keys;
 * elsewhere it prints what happens, a line each.
 */

import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

import { Command } from 'commander'

import { printEndpoint } from '../base/address.ts'
import { systemClock } from '../base/clock.ts'

import { Demo } from '../app/demo/demo.ts'
import { demoPlace } from '../app/demo/place.ts'
import { createLog } from '../app/log.ts'
import { demoFailoverCommand } from './demo-failover.ts'
import { problemText } from './problem-text.ts'
import { memberLines, pageLines, type ScreenRow, tryLines } from './demo-screen.ts'
import { udpPath } from './transport-choice.ts'

const CONFIG = fileURLToPath(new URL('../../zones/rota.yaml', import.meta.url))
/** The pool behind www.example.test. */
const WATCHED_POOL = 'web'
const REFRESH_MS = 250
const EVENTS_SHOWN = 6
const CLEAR_SCREEN = '\x1b[2J\x1b[H'
const CTRL_C = '\x03'

interface DemoFlags {
  readonly config: string
  readonly json?: boolean
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('serve example.test from three small backends on this machine')
    .option('-c, --config <file>', 'another configuration', CONFIG)
    .option('--json', 'print what happens as JSON lines')
    .action(runDemo)
    .addCommand(demoFailoverCommand())
}

async function runDemo({ config, json }: DemoFlags, command: Command): Promise<void> {
  const isLive = !json && Boolean(process.stdout.isTTY)
  const events: string[] = []
  const tell = (event: string) => {
    const line = `${new Date().toISOString().slice(11, 19)}  ${event}`
    events.push(line)
    if (events.length > EVENTS_SHOWN) events.shift()
    if (json) process.stdout.write(`${JSON.stringify({ time: new Date(), event })}\n`)
    else if (!isLive) process.stdout.write(`${line}\n`)
  }
  // Whoever names a configuration means that one, and hears what is wrong with its folder.
  const place = config === CONFIG ? await demoPlace(config, tmpdir()) : undefined
  if (place?.isCopy) tell(`no state can be kept beside ${CONFIG}: serving ${place.config}`)
  const demo = new Demo({
    config: place?.config ?? config,
    path: udpPath(command, process.env),
    clock: systemClock,
    random: Math.random,
    log: json ? createLog({ isPretty: false }) : quiet(tell),
    onFlip: tell,
  })
  const stop = async () => {
    await demo.stop()
    await place?.leave()
  }
  const end = () => void stop().then(() => process.exit(0))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end)
  try {
    await demo.start()
  } catch (error) {
    process.stderr.write(problemText('rota demo', error))
    await stop()
    process.exit(1)
  }
  if (demo.server.endpoints.length === 0) return // It was asked to end before it could answer.
  const { address, port } = demo.server.endpoints[0]
  const { door } = demo.server
  const pages = door ? [...pageLines(printEndpoint(door.endpoint), door.token), ''] : []
  const head = ['', ...[...pages, ...tryLines(address, port)].map(indented), '']
  if (isLive) live(demo, head, events, tell, end)
  else if (!json) process.stdout.write(`${head.join('\n')}\n`)
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`
}

/** Redraws until the end; keys a, b and c stop and start the backends of these names. */
function live(
  demo: Demo,
  head: readonly string[],
  events: readonly string[],
  tell: (event: string) => void,
  end: () => void,
): void {
  const draw = () => {
    const screen = { rows: rowsOf(demo), queries: demo.server.totals().queries }
    const keys = '  keys: a, b, c stop or start that backend; q ends'
    const lines = ['  Rota demo', ...head, ...memberLines(screen), '', keys, '']
    process.stdout.write(CLEAR_SCREEN + [...lines, ...events.map((e) => `  ${e}`)].join('\n'))
  }
  const redraw = () => {
    draw()
    systemClock.after(REFRESH_MS, redraw)
  }
  redraw()
  if (!process.stdin.isTTY) return
  process.stdin.setRawMode(true)
  process.stdin.on('data', (octets: Buffer) => {
    const key = octets.toString()
    if (key === 'q' || key === CTRL_C) end()
    else if (demo.backends.find(key)) void toggle(demo, key, tell)
  })
}

async function toggle(demo: Demo, name: string, tell: (event: string) => void): Promise<void> {
  try {
    const isRunning = await demo.backends.toggle(name)
    tell(`backend ${name} ${isRunning ? 'started' : 'stopped'}`)
  } catch (error) {
    tell((error as Error).message)
  }
}

function rowsOf(demo: Demo): ScreenRow[] {
  return demo.server
    .status()
    .filter(({ pool }) => pool === WATCHED_POOL)
    .map(({ member, address, weight, turns, state }) => ({
      name: member,
      address,
      weight,
      turns,
      verdict: state?.verdict ?? 'up',
      evidence: state?.evidence ?? 'no check',
    }))
}

/** Flips come as events and the table shows the rest: only what went wrong is worth a line. */
function quiet(tell: (event: string) => void) {
  const note = (fields: unknown, message?: string) => tell(message ?? String(fields))
  return { info: () => {}, warn: () => {}, error: note }
}
