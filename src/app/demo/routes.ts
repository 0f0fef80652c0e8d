/**
 * What the lab page asks of the demo, over the server's own API: which backends there are, to stop
 * and start them, and what failover their names promise. A server that is no demo lacks all of it.
 */

import { readFileSync } from 'node:fs'

import { printEndpoint } from '../../base/address.ts'

import { failoversOf } from '../../config/budget/failover.ts'
import { readConfig } from '../../config/read.ts'

import { ok, type Reply, type Route, route } from '../../admin/route.ts'

import type { DemoBackend } from './backend.ts'
import type { DemoBackends } from './backends.ts'

const DEMO_PATH = '/api/v1/demo'

/** A backend as the lab sees it. */
export interface DemoBackendStatus {
  readonly name: string
  readonly address: string
  readonly colour: string
  readonly isRunning: boolean
  /** The origin of its pages, of which nobody answers while it is stopped. */
  readonly page: string
}

/** `config` is the file that the demo's server reads. */
export function demoRoutes(backends: DemoBackends, config: string): Route[] {
  const switches = ['start', 'stop'] as const
  return [
    route({
      method: 'GET',
      path: `${DEMO_PATH}/backends`,
      summary: 'The backends of the demo, and whether they run.',
      answer: () => ok({ backends: backends.all.map(statusOf) }),
    }),
    route({
      method: 'GET',
      path: `${DEMO_PATH}/failovers`,
      summary: 'How long clients of each name may be sent to a backend that has died, at worst.',
      answer: () => ok({ failovers: promisesIn(config) }),
    }),
    ...switches.map((action) =>
      route({
        method: 'POST',
        path: `${DEMO_PATH}/backends/{name}/${action}`,
        summary: `${action === 'start' ? 'Starts' : 'Stops'} a backend of the demo.`,
        answer: ({ path }) => switched(backends, path['name']!, action),
      }),
    ),
  ]
}

async function switched(
  backends: DemoBackends,
  name: string,
  action: 'start' | 'stop',
): Promise<Reply> {
  const backend = backends.find(name)
  if (!backend) {
    const detail = `the demo has no backend "${name}"`
    return { problem: { status: 404, detail, remedy: `there are ${backends.names()}` } }
  }
  try {
    await backend[action]()
  } catch (error) {
    // Somebody took its port meanwhile: the message says who and what to do.
    return { problem: { status: 409, detail: error instanceof Error ? error.message : `${error}` } }
  }
  return ok(statusOf(backend))
}

function statusOf({ name, address, colour, isRunning, page }: DemoBackend): DemoBackendStatus {
  return { name, address, colour, isRunning, page: `http://${printEndpoint(page)}` }
}

/** How long clients of a name may be sent to a backend that has died, at worst, as one refuses. */
export interface PromisedFailover {
  readonly name: string
  /** Until no answer has it; absent where nothing is promised. */
  readonly answersMs?: number
  /** Until no cache has it either. */
  readonly cachesMs?: number
}

const NO_TTL = { max: 0, min: 0 }

/** By the file as it is now; nothing while it is unsound, as then the server did not take it. */
function promisesIn(file: string): PromisedFailover[] {
  const { config } = readConfig(readFileSync(file, 'utf8'), file)
  if (!config) return []
  const kept = failoversOf(config)
  const told = failoversOf({ ...config, names: config.names.map((n) => ({ ...n, ttl: NO_TTL })) })
  return kept.map(({ name, refused: inCaches }, index) => {
    const inAnswers = told[index]!.refused
    return {
      name,
      ...(inCaches && inAnswers && { answersMs: inAnswers.totalMs, cachesMs: inCaches.totalMs }),
    }
  })
}
