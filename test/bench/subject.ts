/**
 * What the heap bench exercises: the data plane in this process, with a world, a query and a place
 * for the reply all made beforehand.
 */

import { parseV4 } from '../../src/base/address.ts'
import { createDice } from '../../src/base/random.ts'
import { foldName, parseName } from '../../src/wire/name.ts'
import { createZoneBuilder } from '../../src/zone/builder.ts'
import { parseZone } from '../../src/zone/parse.ts'
import type { Roster } from '../../src/balance/roster.ts'
import { answer, MESSAGE_OCTETS_MAX } from '../../src/engine/answer.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine, takeWorld } from '../../src/engine/engine.ts'
import { createClient, type World } from '../../src/engine/world.ts'

import { encodeQuery } from '../support/query.ts'
import { APEX, balancedZone, DIALECTS, MEMBERS } from './zones.ts'

export interface Subject {
  /** Answers the same query once more and returns the reply's length in octets. */
  answer(): number
}

/** Makes a world with one weighted name, and an EDNS query for it. */
export function openSubject(): Subject {
  const label = 'www'
  const name = `${label}.${APEX}`
  const engine = createEngine(createCursors(), createDice(1))
  takeWorld(engine, worldOf(label, octetsOf(name)), [roster()])

  const request = encodeQuery({ name, type: 1, edns: { payload: 1232 } })
  const client = createClient(false)
  client.address.set(parseV4('127.0.0.1')!)
  const out = new Uint8Array(MESSAGE_OCTETS_MAX)
  return { answer: () => answer(engine, request, request.length, client, out) }
}

function worldOf(label: string, name: Uint8Array): World {
  const builder = createZoneBuilder(octetsOf(APEX))
  parseZone({
    file: 'bench.zone',
    octets: new TextEncoder().encode(balancedZone([label], DIALECTS.full)),
    apex: builder.apex,
    sink: builder,
    include: (path) => ({ problem: `${path} is not there` }),
    report: ({ message }) => {
      throw new Error(message)
    },
  })
  builder.bind(name, 0)
  const bindings = [{ answers: 1 }]
  return { generation: 1, zones: [builder.finish()], bindings, serverId: new Uint8Array(0) }
}

function roster(): Roster {
  const candidates = MEMBERS.map(({ name, v4, weight }, index) => {
    return { name, index, weight, v4: { kind: 'address', octets: parseV4(v4)! } } as const
  })
  return { lineup: { policy: 'weighted', candidates }, ttl: 30 }
}

function octetsOf(name: string): Uint8Array {
  const octets = parseName(name)
  if (typeof octets === 'number') throw new Error(`"${name}" is not a name`)
  return foldName(octets)
}
