/** From what was loaded to what the threads that answer must know of it. */

import { buildPrefixMap } from '../base/prefix-map.ts'

import * as defaults from '../config/defaults.ts'

import { MAY_ASK, MAY_NOT_ASK } from '../engine/explain.ts'
import type { World } from '../engine/world.ts'

import type { Loaded } from './loading/load.ts'

export function worldOf(
  { settings, zones, bindings, nearness }: Loaded,
  generation: number,
): World {
  const { serverId = '', explainTo = defaults.EXPLAIN_TO } = settings
  const mayAsk = explainTo.map((prefix) => ({ prefix, value: MAY_ASK }))
  return {
    generation,
    zones,
    bindings: bindings.map(({ answers, clients, mayAlias }) => ({
      answers,
      ...(clients && { clients }),
      ...(mayAlias && { mayAlias }),
    })),
    nearness,
    serverId: new TextEncoder().encode(serverId),
    explainTo: buildPrefixMap(mayAsk, MAY_NOT_ASK),
  }
}
