/**
 * What would be answered next: the code that answers, run on copies of all that a turn moves, so
 * that asking changes nothing. How full members are that a load bound holds back is each thread's
 * own knowledge and is not in it.
 */

import { createDice } from '../base/random.ts'
import type { Prefix } from '../base/prefix.ts'

import { encodeQuery } from '../wire/encode-query.ts'
import { decodeMessage, type Message } from '../wire/message.ts'
import { printName } from '../wire/name.ts'

import { answer, MESSAGE_OCTETS_MAX } from './answer.ts'
import { createEngine, type Engine, NO_BINDING, takeWorld } from './engine.ts'
import { createClient } from './world.ts'

export interface Preview {
  readonly message: Message
  /** What balances the name for this client; undefined where nothing does. */
  readonly binding: number | undefined
}

/** Where dice draw, a preview shows one draw of many. */
const SEED = 1

/** Previews what an engine would answer to a client; its answers come from one moment. */
export function createPreview({ world, rosters, cursors }: Engine, from: Prefix) {
  const engine = createEngine(cursors.slice(), createDice(SEED))
  takeWorld(engine, world, rosters)
  const client = createClient(true)
  client.address.set(from.octets)
  client.isV6 = from.octets.length === 16
  const out = new Uint8Array(MESSAGE_OCTETS_MAX)

  /** The answer to a question of a name, as octets, and a type. */
  return (name: Uint8Array, type: number): Preview => {
    const subnet = { address: from.octets, source: from.bits, scope: 0 }
    const edns = { payload: MESSAGE_OCTETS_MAX, ...(from.bits > 0 && { subnet }) }
    const query = encodeQuery({ name: printName(name), type, id: 0, edns })
    const length = answer(engine, query, query.length, client, out)
    const message = decodeMessage(out.subarray(0, length))
    if (!message) throw new Error('the engine has written what does not decode')
    const { binding } = engine.scratch
    return { message, binding: binding === NO_BINDING ? undefined : binding }
  }
}
