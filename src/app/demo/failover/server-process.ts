/**
 * The server of the failover test, as a process of its own: what the users cost must not be in the
 * way of its probes, and it is asked like every other server.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

import { type Endpoint, parseEndpoint } from '../../../base/address.ts'

import type { Status } from '../../../admin/status.ts'

export interface ServerProcess {
  readonly dns: Endpoint
  readonly http: Endpoint
  status(): Promise<Status>
  stop(): Promise<void>
}

/** How `rota` is called here: the program and its first arguments. */
export type RotaCommand = readonly [program: string, ...args: string[]]

/** Enough to say what went wrong. */
const LOG_LINES_MAX = 50
const ANSWER_MS_MAX = 5_000

/** Resolves when it answers; throws an Error with what it said where it ends before. */
export async function startServer(
  [program, ...args]: RotaCommand,
  config: string,
): Promise<ServerProcess> {
  const child = spawn(program, [...args, 'serve', '--json', '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  ended.catch(() => {}) // A program that cannot be started is reported below.
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    process.removeListener('exit', kill)
    child.kill('SIGTERM')
    await ended.catch(() => {})
  }
  try {
    const { listen, http } = await answering(child)
    const place = { dns: parseEndpoint(listen[0]!)!, http: parseEndpoint(http)! }
    const url = `http://${http}/api/v1/status`
    const status = async () => {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
      return (await response.json()) as Status
    }
    return { ...place, status, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Answering {
  readonly listen: readonly string[]
  readonly http: string
}

/** Reads its log until it says where it listens, and lets the rest pass by. */
function answering(child: ChildProcess): Promise<Answering> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    let rest = ''
    child.once('error', reject)
    child.once('close', () =>
      reject(new Error(`the server ended before it answered:\n${said.join('\n')}`)),
    )
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      said.push(...lines)
      said.splice(0, Math.max(0, said.length - LOG_LINES_MAX))
      for (const line of lines.filter((one) => one.includes('"answering"'))) {
        resolve(JSON.parse(line) as Answering)
      }
    })
  })
}
