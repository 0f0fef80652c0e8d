/**
 * `rota serve`: answers until it is told to stop. Exit codes: 0 after TERM or INT, 1 where the
 * configuration or an address is at fault, 2 usage.
 */

import { Command, Option } from 'commander'

import { systemClock } from '../base/clock.ts'
import { codeFrame, headline } from '../base/diagnostic.ts'

import { FLAGS, type FlagName, type Flags } from '../config/flags.ts'

import type { ConfigSource } from '../control/load.ts'

import { createLog } from '../app/log.ts'
import { Server, UnsoundConfig } from '../app/server.ts'
import { sourceText } from './source-text.ts'
import { udpPath } from './transport-choice.ts'

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
  const server = new Server({
    source,
    path: udpPath(process.env),
    clock: systemClock,
    random: Math.random,
    log: createLog({ isPretty }),
  })
  try {
    await server.start()
  } catch (error) {
    process.stderr.write(problemText(error))
    process.exitCode = 1
    return
  }
  process.on('SIGHUP', () => void server.reload())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      server.stop().then(() => process.exit(0))
    })
  }
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

function problemText(error: unknown): string {
  if (!(error instanceof UnsoundConfig)) return `rota serve: ${(error as Error).message}\n`
  const parts = error.diagnostics.map((diagnostic) => {
    const frame = codeFrame(diagnostic, sourceText(diagnostic.file))
    return `${headline(diagnostic)}\n${frame === '' ? '' : `${frame}\n`}`
  })
  return `${parts.join('\n')}\nrota serve: not started: the configuration has errors\n`
}
