#!/usr/bin/env node
/** The command `rota`: what it can do, and nothing of how. */

import { readFileSync } from 'node:fs'

import { Command } from 'commander'

/**
 * Each command is loaded when it is called for: a server that never reads YAML in its main thread
 * starts sooner, and carries less memory for ever.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  query: async () => (await import('./query.ts')).queryCommand(),
  demo: async () => (await import('./demo.ts')).demoCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  history: async () => (await import('./history.ts')).historyCommand(),
  top: async () => (await import('./top.ts')).topCommand(),
  reload: async () => (await import('./reload.ts')).reloadCommand(),
  override: async () => (await import('./override.ts')).overrideCommand(),
  drain: async () => (await import('./override.ts')).drainCommand(),
  undrain: async () => (await import('./override.ts')).undrainCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  'fail-back': async () => (await import('./fail-back.ts')).failBackCommand(),
}

const USAGE = 2

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const program = new Command('rota')
  .description('an authoritative DNS server that balances load')
  .version(version)

// Who reads no more, as `| head`, has had enough: that is no fault. What nobody hears of a fault
// changes nothing, and ends no server.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? 0 : 1),
)
process.stderr.on('error', () => {})

const wanted = process.argv[2] ?? ''
// Whatever is not a command's name is a question about all of them, or a slip.
const names = Object.hasOwn(COMMANDS, wanted) ? [wanted] : Object.keys(COMMANDS)
for (const name of names) program.addCommand(await COMMANDS[name]())

// Every fault of usage exits with 2, whichever command finds it; help is no fault.
const all = program.commands.flatMap((command) => [command, ...command.commands])
for (const command of [program, ...all]) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
}

await program.parseAsync()
