#!/usr/bin/env node
/** The command `rota`: what it can do, and nothing of how. */

import { readFileSync } from 'node:fs'

import { Command } from 'commander'

import { checkCommand } from './check.ts'
import { demoCommand } from './demo.ts'
import { queryCommand } from './query.ts'
import { serveCommand } from './serve.ts'

const USAGE = 2

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

const program = new Command('rota')
  .description('an authoritative DNS server that balances load')
  .version(version)
  .addCommand(serveCommand())
  .addCommand(checkCommand())
  .addCommand(queryCommand())
  .addCommand(demoCommand())

// Every fault of usage exits with 2, whichever command finds it; help is no fault.
for (const command of [program, ...program.commands]) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE))
}

await program.parseAsync()
