/**
 * Runs a program on behalf of a probe.
 *
 * Always true: no shell is asked, no more than PROGRAMS_MAX run at once, and at its deadline a
 * program is killed together with all that it has started.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

import type { Clock } from '../../base/clock.ts'

import { faultWords } from './faults.ts'
import { createPlaces } from './places.ts'
import { failure, type OnStage, type Outcome, ownFault, printable } from './probe.ts'

/** A program is a process of its own, and this machine answers DNS with the rest of itself. */
export const PROGRAMS_MAX = 16

/** The first line is evidence for people. */
export const OUTPUT_OCTETS_MAX = 1_024

/** What a program may know of its surroundings; the rest may hold secrets of the server. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ'] as const

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** How a program ended. */
export interface Exit {
  /** Null where a signal ended it. */
  readonly status: number | null
  readonly killer: string | null
  /** The first line that it printed, without what a terminal obeys; may be empty. */
  readonly said: string
}

export interface Patience {
  readonly clock: Clock
  /** Half of it may be spent on waiting for a place. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly onStage: OnStage
}

const places = createPlaces(PROGRAMS_MAX)

/** Runs it to its end; an outcome where that cannot be. Never rejects. */
export async function runProgram(program: Program, patience: Patience): Promise<Exit | Outcome> {
  const give = await takePlace(patience)
  if (!give) return ownFault(`no place among the ${PROGRAMS_MAX} programs that may run at once`)
  try {
    patience.onStage('not ended')
    return await run(program, patience.signal)
  } catch (error) {
    return cannotRun(program, error)
  } finally {
    give()
  }
}

/** Waits no longer than leaves time to run: to wait in vain is no fault of the target. */
async function takePlace({ timeoutMs, clock, signal }: Patience) {
  const waiting = new AbortController()
  const cancel = clock.after(timeoutMs / 2, () => waiting.abort())
  try {
    return await places.take(AbortSignal.any([signal, waiting.signal]))
  } finally {
    cancel()
  }
}

function run(program: Program, signal: AbortSignal): Promise<Exit | Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program.command, program.args, {
      // In a group of its own, so that it can be killed with all that it has started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: '/',
      env: { ...surroundings(), ...program.env },
    })
    const settle = (found: Exit | Outcome) => {
      signal.removeEventListener('abort', end)
      resolve(found)
    }
    // Before all else: an error that nobody listens for would end this process as well.
    child.once('error', (error) => settle(cannotRun(program, error)))
    const pipes = [child.stdout, child.stderr].filter(isOpen)
    const outputs = pipes.map(firstOctets)
    const end = () => {
      killGroup(child)
      // Whoever has left the group lives on, and would hold the other end for as long.
      for (const pipe of pipes) pipe.destroy()
    }
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    child.once('close', (status, killer) => {
      const said = outputs.map((output) => lineOf(output())).find((line) => line !== '') ?? ''
      settle(signal.aborted ? failure('aborted') : { status, killer, said })
    })
  })
}

/** There is none where a process has no descriptor left, whatever the types say. */
function isOpen(pipe: Readable | undefined): pipe is Readable {
  return pipe !== undefined
}

function cannotRun({ command }: Program, error: unknown): Outcome {
  return ownFault(`cannot run ${command}: ${faultWords(error)}`)
}

function surroundings(): Record<string, string | undefined> {
  return Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]))
}

/** Takes all that comes, so that nobody waits for room in a pipe, and keeps the beginning. */
function firstOctets(stream: NodeJS.ReadableStream): () => Buffer {
  const kept = Buffer.alloc(OUTPUT_OCTETS_MAX)
  let length = 0
  stream.on('data', (chunk: Buffer) => {
    length += chunk.copy(kept, length)
  })
  stream.on('error', () => {}) // Killed with what it had to say.
  return () => kept.subarray(0, length)
}

/** Without the figures for graphs that plugins put behind a bar. */
function lineOf(output: Buffer): string {
  const [line = ''] = output.toString().trimStart().split('\n', 1)
  return printable(line.split('|', 1)[0]!).trim()
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return // It never started.
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended already.
  }
}
