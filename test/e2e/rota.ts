/** Rota as people run it: its own process from the compiled files, ended with the test. */

import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { onTestFinished } from 'vitest'

import { type Written, written, zoneText } from '../control/configs.ts'
import { type Launch, type RunningProcess, startProcess, waitUntil } from '../support/process.ts'

export const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js')

/** A line of the log. */
export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

export interface Rota {
  readonly process: RunningProcess
  /** Of its first address. */
  readonly port: number
  /** What it has logged so far. */
  log(): LogLine[]
  /** The lines with this message, so far: one that is written may not have come yet. */
  logged(message: string): LogLine[]
  /** Resolves to the first line with this message, once it has come. */
  says(message: string): Promise<LogLine>
}

export interface RotaWithFiles extends Rota {
  readonly files: Written
}

/** Takes what is to be done at the end; `onTestFinished` unless told otherwise. */
export type Until = (ending: () => Promise<void>) => void

interface Environment extends Pick<Launch, 'env'> {
  readonly until?: Until
  /** What is run; the build of this repository unless told otherwise. */
  readonly main?: string
}

/** Starts `rota` with these arguments; it may end by itself. */
export function run(
  args: readonly string[],
  { env = {}, until = onTestFinished, main = MAIN }: Environment = {},
): RunningProcess {
  if (!existsSync(main)) throw new Error('there is no dist/; build it with "npm run build"')
  const child = startProcess({ command: process.execPath, args: [main, ...args], env })
  until(async () => void (await child.stop()))
  return child
}

/** Starts `rota serve` with flags, and waits until it answers. */
export async function serve(flags: readonly string[], environment?: Environment): Promise<Rota> {
  const child = run(['serve', ...flags], environment)
  const log = () => linesOf(child.output())
  const logged = (message: string) => log().filter(({ msg }) => msg === message)
  const says = async (message: string) => {
    await waitUntil(child, async () => logged(message).length > 0)
    return logged(message)[0]!
  }
  const { listen } = await says('answering')
  const port = Number(/:(\d+)$/.exec((listen as string[])[0]!)![1])
  return { process: child, port, log, logged, says }
}

/** Starts `rota serve` with a configuration, beside a zone file `example.test.zone`. */
export async function serveFiles(
  yaml: string,
  zone: string = zoneText('example.test'),
  environment?: Environment,
): Promise<RotaWithFiles> {
  const files = written({ 'rota.yaml': yaml, 'example.test.zone': zone })
  return { ...(await serve(['-c', files.file], environment)), files }
}

/** The folder of what was written, with a final slash. */
export function folderOf({ file }: Written): string {
  return `${dirname(file)}/`
}

/** Whatever is no line of the log, such as what went wrong at a start, is left out. */
function linesOf(output: string): LogLine[] {
  const lines = output.split('\n').slice(0, -1)
  return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []))
}
