/**
 * `rota demo failover`: kills a backend under load and checks what is promised, that requests fail
 * for no longer than the failover takes. Exit codes: 0 kept, 1 not kept or not run, 2 usage.
 */

import { accessSync, constants, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { Command, Option } from 'commander'

import type { Endpoint } from '../base/address.ts'
import { type Clock, systemClock } from '../base/clock.ts'

import { decodeMessage } from '../wire/message.ts'
import { parseName, ROOT } from '../wire/name.ts'
import { TYPE } from '../wire/registry.ts'

import { figuresOf } from '../app/demo/failover/figures.ts'
import { type FailoverPlan, filesOf, NAME, RESOLVERS, RETRIES } from '../app/demo/failover/plan.ts'
import { reportPage } from '../app/demo/failover/report/page.ts'
import type { AskServer } from '../app/demo/failover/resolver.ts'
import { runFailover } from '../app/demo/failover/run.ts'
import { startServer } from '../app/demo/failover/server-process.ts'
import { version } from '../app/version.ts'

import { ask } from './ask.ts'
import { figuresText, planLines } from './demo-failover-text.ts'
import { type FailoverOptions, readPlan } from './demo-failover-plan.ts'

const EXIT = { KEPT: 0, BROKEN: 1, USAGE: 2 } as const
const REPORT = './rota-failover.html'
/** As resolvers wait for a server before they ask once more. */
const QUERY_MS = 2_000

export function demoFailoverCommand(): Command {
  return new Command('failover')
    .description('kill a backend under load, and report what its users met')
    .option('--users <count>', 'how many, 1–1000 (default: 50)')
    .option('--requests <count>', 'of each user in each phase, 1–1000 (default: 10)')
    .option('--pace <span>', 'between two requests of a user (default: as long as it takes)')
    .option('--phases <list>', 'which backends run in each phase (default: ab,a,ab)')
    .addOption(
      new Option('--resolver <kind>', 'a cache for each user, or one for all')
        .choices(RESOLVERS)
        .default('each'),
    )
    .addOption(
      new Option('--retry <kind>', 'where an address fails: give up, or try the next')
        .choices(RETRIES)
        .default('none'),
    )
    .option('--keep <span>', 'users keep an answer so long, whatever its TTL says')
    .option('--ttl <max/min>', 'seconds, as in the configuration (default: 5/2)')
    .option('--interval <span>', 'between probes, 200ms–1m (default: 1s)')
    .option('--seed <number>', 'when whom a request comes to mind (default: by chance)')
    .option('--report <file>', 'where the page goes', REPORT)
    .option('--json', 'print the figures as JSON')
    .action(runCommand)
}

async function runCommand(_own: FailoverOptions, command: Command): Promise<void> {
  // `rota demo` has a --json too, and commander gives it to that one.
  const options = command.optsWithGlobals<FailoverOptions>()
  const plan = readPlan(options, Math.random)
  if (typeof plan === 'string') {
    return command.error(`rota demo failover: ${plan}`, { exitCode: EXIT.USAGE })
  }
  const startedMs = systemClock.now()
  const tell = (event: string) => {
    const seconds = ((systemClock.now() - startedMs) / 1_000).toFixed(1)
    process.stderr.write(`${seconds.padStart(6)} s  ${event}\n`)
  }
  const giveUp = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => giveUp.abort())
  }
  const folder = await mkdtemp(join(tmpdir(), 'rota-failover-'))
  const report = resolve(options.report)
  try {
    // Before the run: nobody wants to hear of it after a minute.
    mkdirSync(dirname(report), { recursive: true })
    const there = statSync(report, { throwIfNoEntry: false })
    if (there?.isDirectory()) throw new Error(`${report} is a folder; name a file with --report`)
    accessSync(there ? report : dirname(report), constants.W_OK)
    for (const line of planLines(plan)) tell(line)
    const run = await runFailover({
      ...{ plan, clock: systemClock, signal: giveUp.signal, tell },
      startServer: (port) => startServer(rotaCommand(), written(folder, plan, port)),
      askAt: (dns) => askerOf(dns, systemClock),
    })
    if (giveUp.signal.aborted) {
      process.stderr.write('rota demo failover: given up before its end; there is no report\n')
      process.exitCode = EXIT.BROKEN
      return
    }
    const figures = figuresOf(plan, run)
    writeFileSync(report, reportPage({ figures, run, version: version() }))
    process.stdout.write(
      options.json ? `${JSON.stringify({ ...figures, report }, null, 2)}\n` : figuresText(figures),
    )
    if (!options.json) process.stdout.write(`\nthe report is in ${options.report}\n`)
    process.exitCode = figures.isKept ? EXIT.KEPT : EXIT.BROKEN
  } catch (error) {
    process.stderr.write(`rota demo failover: ${(error as Error).message}\n`)
    process.exitCode = EXIT.BROKEN
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The program that runs this, by the same Node. */
function rotaCommand() {
  return [process.execPath, ...process.execArgv, process.argv[1]!] as const
}

function written(folder: string, plan: FailoverPlan, port: number): string {
  for (const [name, text] of Object.entries(filesOf(plan, port))) {
    writeFileSync(join(folder, name), text)
  }
  return join(folder, 'rota.yaml')
}

/** As `rota query` asks, without the TTL or the addresses being any business of the codec's. */
function askerOf({ address, port }: Endpoint, clock: Clock): AskServer {
  const server = { host: address, port }
  const name = parseName(NAME, ROOT) as Uint8Array
  return async () => {
    const asking = { server, name, type: TYPE.A, isTcp: false, timeoutMs: QUERY_MS }
    const outcome = await ask(asking, clock)
    if (outcome.kind === 'silence') return `${outcome.reason} ${outcome.detail}`.trim()
    const records = decodeMessage(outcome.octets)?.answer.filter(({ type }) => type === TYPE.A)
    if (!records) return 'the reply is no DNS message'
    const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl))
    return { addresses: records.map(({ text }) => text), ttlSeconds }
  }
}
