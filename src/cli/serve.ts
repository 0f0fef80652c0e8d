/**
 * `rota serve`: answers until it is told to stop. Exit codes: 0 after TERM or INT, 1 where the
 * configuration or an address is at fault, 2 usage. Where a load hangs, TERM and INT end it as a
 * signal does that nobody handles.
 */

import { Command, Option } from 'commander'

import { systemClock } from '../base/clock.ts'

import { FLAGS, type FlagName, type Flags } from '../config/flags.ts'

import type { ConfigSource } from '../control/loading/load.ts'

import { createLog, type Log } from '../app/log.ts'
import { Server } from '../app/server.ts'
import { problemText } from './problem-text.ts'
import { udpPath } from './transport-choice.ts'

/** How long a load may hold up the end: a large zone is read in a second or two. */
const READING_GRACE_MS = 5_000

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('answer DNS queries from a configuration, or from a pool given by flags')
    .option('-c, --config <file>', 'the configuration (default: rota.yaml)')
    .option('--json', 'log JSON lines even on a terminal')
  for (const [name, row] of Object.entries(FLAGS)) {
    const option = new Option(`--${name} ${row.value}`, row.description)
    if ('isRepeatable' in row) option.argParser((value, all: string[] = []) => [...all, value])
    command.addOption(option)
  }
  return command.action((options: Record<string, unknown>) => serve(command, options))
}

async function serve(command: Command, options: Record<string, unknown>): Promise<void> {
  const source = sourceOf(command, options)
  const isPretty = !options['json'] && Boolean(process.stderr.isTTY)
  const log = createLog({ isPretty })
  const server = new Server({
    source,
    path: udpPath(command, process.env),
    clock: systemClock,
    random: Math.random,
    log,
    token: process.env['ROTA_TOKEN'],
  })
  obeySignals(server, log)
  try {
    await server.start()
  } catch (error) {
    process.stderr.write(problemText('rota serve', error))
    process.exit(1) // Whatever the failed start has left behind shall not keep the process.
  }
}

/** From before the start on: it may wait seconds for the first probes, and can be asked to end. */
function obeySignals(server: Server, log: Log): void {
  process.on('SIGHUP', () => {
    // What the operator did wrong is logged already; this is a fault of our own.
    server.reload().catch((error: Error) => log.error({ reason: error.message }, 'reload failed'))
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      end(server, signal).catch((error: Error) => {
        log.error({ reason: error.message }, 'stop failed')
        process.exit(1)
      })
    })
  }
}

/** A thread that hangs in its reading would hold an exit for ever; the signal itself does not. */
async function end(server: Server, signal: NodeJS.Signals): Promise<void> {
  await server.stop()
  systemClock.after(READING_GRACE_MS, () => process.kill(process.pid, signal))
  await server.quiet()
  process.exit(0)
}

/** Flags that describe a pool stand for a file; both at once would leave open which one holds. */
function sourceOf(command: Command, options: Record<string, unknown>): ConfigSource {
  const flags: Flags = {}
  for (const name of Object.keys(FLAGS) as FlagName[]) {
    const value = options[camelCase(name)]
    if (value !== undefined) Object.assign(flags, { [name]: value })
  }
  const given = Object.keys(flags)
  if (given.length === 0) return { file: String(options['config'] ?? 'rota.yaml') }
  if (options['config'] !== undefined) {
    command.error(
      `rota serve: --config and --${given[0]} are two configurations; give one of them`,
      {
        exitCode: 2,
      },
    )
  }
  return { flags }
}

function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
