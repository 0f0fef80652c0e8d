/**
 * A DNS server as tests and benches see it: a kind that knows how to configure itself, and a
 * running one that answers on a loopback port. Rota and its rivals are started and stopped alike.
 */

import { TYPE } from '../../../src/wire/registry.ts'

import { openAsker } from '../ask.ts'
import { temporaryFolder } from '../folder.ts'
import { freePort } from '../ports.ts'
import { type Launch, type RunningProcess, startProcess, waitUntil } from '../process.ts'
import { encodeQuery } from '../query.ts'

export interface ZoneSource {
  /** Text with a final dot: `example.test.` */
  readonly apex: string
  /** Absolute path of a master file in this server's dialect. */
  readonly path: string
}

export interface Member {
  readonly name: string
  readonly v4: string
  readonly weight: number
}

/** Members that some names share. Only servers that balance look at it. */
export interface Pool {
  readonly name: string
  readonly members: readonly Member[]
  /** An HTTP backend to probe, as often as this; never probed if unset. */
  readonly check?: { readonly port: number; readonly intervalMs: number }
}

export interface Setup {
  readonly zones: readonly ZoneSource[]
  readonly pools?: readonly Pool[]
  /** Balanced names, absolute, and their pools. One record in each answer. */
  readonly names?: ReadonlyMap<string, string>
  /** Threads, processes or workers that answer UDP. */
  readonly threads: number
  readonly core?: number
  readonly env?: Readonly<Record<string, string>>
  /** Ready when each of these has an answer; every apex's SOA if unset. */
  readonly readyWhen?: readonly { readonly name: string; readonly type: number }[]
  readonly readyWithinMs?: number
  readonly pollEveryMs?: number
}

/** A kind of server. One kind, one file. */
export interface ServerKind {
  readonly name: string
  /** The program that must be installed. */
  readonly program: string
  /** Writes its configuration to `folder` and says how to start it in the foreground. */
  configure(folder: string, port: number, setup: Setup): Launch
}

export interface RunningServer {
  readonly name: string
  readonly port: number
  readonly process: RunningProcess
  /** From start to the answers that made it ready. */
  readonly readyAfterMs: number
  stop(): Promise<void>
}

/** A free port may be taken by another test before the server has it; then another one is tried. */
const STARTS_MAX = 3

/** Starts a server and waits until it answers. Throws what it printed if it does not. */
export async function startServer(kind: ServerKind, setup: Setup): Promise<RunningServer> {
  for (let starts = 1; ; starts++) {
    try {
      return await startOnce(kind, setup)
    } catch (error) {
      const isTaken = /in use|EADDRINUSE/i.test(String(error))
      if (!isTaken || starts === STARTS_MAX) {
        throw new Error(`server "${kind.name}" did not start`, { cause: error })
      }
    }
  }
}

async function startOnce(kind: ServerKind, setup: Setup): Promise<RunningServer> {
  const folder = temporaryFolder(kind.name)
  const port = await freePort()
  const launch = kind.configure(folder.path, port, setup)
  const startedMs = performance.now()
  const child = startProcess({
    ...launch,
    ...(setup.core === undefined ? {} : { core: setup.core }),
    env: { ...launch.env, ...setup.env },
  })
  const stop = async () => {
    await child.stop()
    folder.remove()
  }
  try {
    await waitUntilAnswering(child, port, setup)
  } catch (error) {
    await stop()
    throw error
  }
  const readyAfterMs = performance.now() - startedMs
  return { name: kind.name, port, process: child, readyAfterMs, stop }
}

async function waitUntilAnswering(
  child: RunningProcess,
  port: number,
  { zones, readyWhen, readyWithinMs, pollEveryMs }: Setup,
): Promise<void> {
  const questions = readyWhen ?? zones.map(({ apex }) => ({ name: apex, type: TYPE.SOA }))
  const left = questions.map((question) => encodeQuery(question))
  const asker = await openAsker(port)
  const isReady = async () => {
    while (left.length > 0) {
      // Short, because a datagram sent before the port is open is lost.
      const reply = await asker.ask(left[0]!, pollEveryMs ?? 50)
      if (!reply || !isAnswer(reply)) return false
      left.shift()
    }
    return true
  }
  try {
    await waitUntil(child, isReady, {
      ...(readyWithinMs === undefined ? {} : { limitMs: readyWithinMs }),
      ...(pollEveryMs === undefined ? {} : { everyMs: pollEveryMs }),
    })
  } finally {
    asker.close()
  }
}

/** NOERROR with at least one record in the answer section. */
function isAnswer(reply: Buffer): boolean {
  return reply.length >= 12 && (reply[3]! & 0x0f) === 0 && reply.readUInt16BE(6) > 0
}
