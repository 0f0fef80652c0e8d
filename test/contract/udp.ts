/**
 * UDP workers as the server runs them: threads from the compiled files, told worlds that a test
 * writes as zone text and pools. Whatever is started here has ended when the test is over.
 */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'

import type { Endpoint } from '../../src/base/address.ts'
import { createDice, roll } from '../../src/base/random.ts'
import { foldName } from '../../src/wire/name.ts'
import type { Roster } from '../../src/balance/roster.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import type { World } from '../../src/engine/world.ts'
import { newsOfWorld } from '../../src/transport/news.ts'
import type { UdpOptions, UdpPath, UdpWorkers } from '../../src/transport/udp/workers.ts'
import { type Balanced, buildZone, rosterOf } from '../support/authority.ts'
import { nameOf } from '../support/request.ts'

const COMPILED = resolve(import.meta.dirname, '../../dist/transport/udp/workers.js')

export interface Given {
  readonly path: UdpPath
  /** Loopback and any free port if unset. */
  readonly endpoints?: readonly Endpoint[]
  readonly workersEach?: number
}

export interface Workers {
  readonly udp: UdpWorkers
  readonly endpoints: readonly Endpoint[]
  readonly port: number
  /** The workers that died and were replaced, with the reason. */
  readonly respawned: string[]
  /** Tells a world, a generation later than the last, and resolves when all have taken it. */
  change(to: WorldText): Promise<void>
  /** Tells a roster for one name, and does not wait. */
  changeRoster(name: string, balanced: Balanced): void
}

export interface WorldText {
  /** Lines of the zone example.test beside its apex. */
  readonly lines?: readonly string[]
  readonly names?: Readonly<Record<string, Balanced>>
}

const ANY: Endpoint = { address: '127.0.0.1', port: 0 }
const APEX = 'example.test'
const HEAD = `$ORIGIN ${APEX}.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
`

/** Starts workers that answer from a world. */
export async function startWorkers(given: Given, first: WorldText): Promise<Workers> {
  const workers = await createWorkers(given, first)
  const endpoints = await openAll(workers.udp, given)
  await workers.udp.start()
  await workers.udp.took(1)
  return { ...workers, endpoints, port: endpoints[0]!.port }
}

/** Takes the addresses, one after another. */
export async function openAll(udp: UdpWorkers, { endpoints = [ANY] }: Given): Promise<Endpoint[]> {
  const taken: Endpoint[] = []
  for (const endpoint of endpoints) taken.push(await udp.open(endpoint))
  return taken
}

/** The same before anything is opened. */
export async function createWorkers({ path, workersEach = 2 }: Given, first: WorldText) {
  if (!existsSync(COMPILED)) throw new Error('there is no dist/; build it with "npm run build"')
  const { UdpWorkers } = (await import(
    COMPILED
  )) as typeof import('../../src/transport/udp/workers.ts')
  let generation = 1
  let names = Object.keys(first.names ?? {})
  let [world, rosters] = worldOf(first, generation)
  const respawned: string[] = []
  const options: UdpOptions = {
    workersEach,
    path,
    cursors: createCursors(),
    random: seededRandom(),
    briefing: () => newsOfWorld(world, rosters),
    onRespawn: (_, reason) => respawned.push(reason),
  }
  const udp = new UdpWorkers(options)
  onTestFinished(() => udp.stop())
  return {
    udp,
    respawned,
    async change(to: WorldText) {
      generation++
      names = Object.keys(to.names ?? {})
      ;[world, rosters] = worldOf(to, generation)
      udp.tell(newsOfWorld(world, rosters))
      await udp.took(generation)
    },
    changeRoster(name: string, balanced: Balanced) {
      const binding = names.indexOf(name)
      const roster = rosterOf(balanced)
      rosters = rosters.with(binding, roster)
      udp.tell([{ kind: 'roster', binding, roster }])
    },
  }
}

function worldOf({ lines = [], names = {} }: WorldText, generation: number): [World, Roster[]] {
  const pools = Object.values(names)
  const bound = Object.keys(names).map((name) => foldName(nameOf(name)))
  const zones = [buildZone(foldName(nameOf(APEX)), HEAD + lines.join('\n'), bound)]
  const bindings = pools.map(({ answers = 8 }) => ({ answers }))
  return [{ generation, zones, bindings, serverId: new Uint8Array(0) }, pools.map(rosterOf)]
}

function seededRandom() {
  const dice = createDice(3)
  return () => roll(dice, 2 ** 31) / 2 ** 31
}
