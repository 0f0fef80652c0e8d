/**
 * Programs that tests start. Each runs in the foreground as a child, so that its process id is the
 * one to measure, signal and end; whatever still runs when the tests end is ended with them.
 */

import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

import { PATIENCE_MS } from './patience.ts'

/** What to start, and how. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
  /** The only CPU core that it may use; any if unset. */
  readonly core?: number
}

export interface RunningProcess {
  readonly pid: number
  /** Standard output and error so far, in the order in which they came. */
  output(): string
  /** Whether it has ended, by itself or by us. */
  hasEnded(): boolean
  /** Resolves to the exit status, or to -1 if a signal ended it. */
  readonly ended: Promise<number>
  signal(name: NodeJS.Signals): void
  /** Asks it to end and waits until it has. Killed if it does not listen. */
  stop(): Promise<number>
}

const OUTPUT_MAX = 1 << 20

const running = new Set<RunningProcess>()
process.once('exit', () => {
  for (const child of running) child.signal('SIGKILL')
})

/** Starts a program. A command that cannot be found ends at once, with the reason as its output. */
export function startProcess(launch: Launch): RunningProcess {
  const { command, args } = pinned(launch)
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...launch.env },
    ...(launch.folder === undefined ? {} : { cwd: launch.folder }),
  })
  let output = ''
  const listen = (chunk: Buffer) => {
    if (output.length < OUTPUT_MAX) output += chunk.toString()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)

  let hasEnded = false
  const ended = new Promise<number>((resolve) => {
    const settle = (status: number) => {
      hasEnded = true
      running.delete(self)
      resolve(status)
    }
    child.once('error', (error) => {
      output += `${error.message}\n`
      settle(-1)
    })
    child.once('close', (status) => settle(status ?? -1))
  })

  const self: RunningProcess = {
    pid: child.pid ?? 0,
    output: () => output,
    hasEnded: () => hasEnded,
    ended,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM')
      const isPatient = await Promise.race([ended.then(() => true), patience()])
      if (!isPatient) child.kill('SIGKILL')
      return ended
    },
  }
  running.add(self)
  return self
}

/**
 * Waits until `isReady` says so, asking again every `everyMs`. Throws what the program printed if
 * it ends before, or if `limitMs` pass.
 */
export async function waitUntil(
  child: RunningProcess,
  isReady: () => Promise<boolean>,
  { limitMs = PATIENCE_MS, everyMs = 20 } = {},
): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await isReady())) {
    if (child.hasEnded()) throw new Error(`it ended before it was ready:\n${child.output()}`)
    if (performance.now() > deadline) {
      throw new Error(`it was not ready within ${limitMs} ms:\n${child.output()}`)
    }
    await delay(everyMs)
  }
}

/** `taskset` replaces itself by the command, so the process id stays the one we know. */
function pinned({ command, args, core }: Launch): { command: string; args: string[] } {
  if (core === undefined) return { command, args: [...args] }
  return { command: 'taskset', args: ['-c', String(core), command, ...args] }
}

async function patience(): Promise<false> {
  await delay(PATIENCE_MS, undefined, { ref: false })
  return false
}
