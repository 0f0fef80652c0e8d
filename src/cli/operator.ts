/**
 * What the commands for a running server share: its options, how it is found, how it is asked, and
 * what is said where that fails. Exit codes: 0 done, 1 refused or not reached, 2 usage.
 */

import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

import { Command, Option } from 'commander'

import { type Clock, systemClock } from '../base/clock.ts'

import { findServer, type ServerAt } from './server-at.ts'
import { plain } from './table.ts'

/** What a command needs of the world; tests bring their own. */
export interface OperatorTools {
  /** Writes to standard output. */
  write(text: string): void
  writeError(text: string): void
  /** Returns a file's text, or throws. */
  readFile(path: string): string
  readonly environment: NodeJS.ProcessEnv
  /** Who runs this by the system's book, where no variable says, as under cron; if it knows. */
  userName?(): string | undefined
  readonly clock: Clock
  exit(code: number): void
}

export interface OperatorOptions {
  readonly config?: string
  readonly server?: string
  readonly tokenFile?: string
  readonly json?: boolean
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** From `/api/v1` on, encoded. */
  readonly path: string
  readonly body?: unknown
}

export interface Response {
  readonly status: number
  readonly value: unknown
  readonly at: ServerAt
}

/** Nobody answers just now, or not yet: why. */
export interface Away {
  readonly away: string
}

export const EXIT = { DONE: 0, REFUSED: 1, USAGE: 2 } as const

/** A load of large zones takes a while; everything else is an instant. */
const PATIENCE_MS = 60_000

export const SYSTEM: OperatorTools = {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  readFile: (path) => readFileSync(path, 'utf8'),
  environment: process.env,
  userName() {
    try {
      return userInfo().username
    } catch {
      return undefined // A container may run under a number that no book has.
    }
  },
  clock: systemClock,
  exit: (code) => {
    process.exitCode = code
  },
}

/** A command with the options by which it finds its server. */
export function operatorCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('-c, --config <file>', "the server's configuration (default: rota.yaml)")
    .addOption(new Option('--server <url>', 'the server itself, as http://127.0.0.1:8053'))
    .option('--token-file <file>', 'the token for changes (default: that of the state folder)')
    .option('--json', 'print what the server says as JSON')
    .addHelpText(
      'after',
      '\nROTA_SERVER stands for --server, ROTA_TOKEN for the token; options go before both.',
    )
}

/**
 * Asks the server; where it cannot be asked, or refuses, says why, exits accordingly, and returns
 * nothing. With `isTold`, a refusal of that status comes back as well.
 */
export async function askServer(
  command: string,
  options: OperatorOptions,
  request: Request,
  tools: OperatorTools,
  isTold: (status: number) => boolean = () => false,
): Promise<Response | undefined> {
  const told = await askOrMiss(command, options, request, tools, isTold)
  if (!told || !('away' in told)) return told
  tools.writeError(`rota ${command}: ${plain(told.away)}\n`)
  tools.exit(EXIT.REFUSED)
  return
}

/** The same for whoever can wait for a server that is not there. */
export async function askOrMiss(
  command: string,
  options: OperatorOptions,
  request: Request,
  tools: OperatorTools,
  isTold: (status: number) => boolean = () => false,
): Promise<Response | Away | undefined> {
  // What is refused is quoted, and may have come from anywhere.
  const fail = (message: string, code: number): undefined => {
    tools.writeError(`rota ${command}: ${plain(message)}\n`)
    tools.exit(code)
  }
  const at = findServer(options, tools)
  if ('fault' in at) return fail(at.fault, EXIT.USAGE)
  let response: globalThis.Response
  let text: string
  try {
    response = await fetch(`${at.url}/api/v1${request.path}`, {
      method: request.method,
      headers: {
        ...(at.token !== undefined && { authorization: `Bearer ${at.token}` }),
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    text = await response.text()
  } catch (error) {
    return { away: unreachable(at, error) }
  }
  const value = parsed(text)
  if (value === undefined) return fail(`what answers at ${at.url} is not Rota`, EXIT.REFUSED)
  const { status } = response
  if (response.ok || isTold(status)) return { status, value, at }
  if (options.json) tools.write(`${JSON.stringify(value, null, 2)}\n`)
  const { detail = `status ${status}`, remedy } = value as { detail?: string; remedy?: string }
  const advice = status === 401 && at.token === undefined ? at.tokenFault : remedy
  return fail(advice === undefined ? detail : `${detail}; ${advice}`, EXIT.REFUSED)
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined // Whoever answers in something else is somebody else.
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'there is no such name',
  EHOSTUNREACH: 'no route to it',
  ECONNRESET: 'connection reset',
}

function unreachable({ url, whence }: ServerAt, error: unknown): string {
  const { name, cause, message } = error as Error
  const { code = '', message: detail = message } = (cause ?? {}) as NodeJS.ErrnoException
  const isLate = name === 'TimeoutError'
  const reason = isLate ? `no answer in ${PATIENCE_MS / 1000}s` : (REASONS[code] ?? detail)
  return (
    `no server answers at ${url}: ${reason}; is "rota serve" running? ` +
    `The address is from ${whence}; --server or ROTA_SERVER name another`
  )
}
