/** Who explains: asked over DNS in octets, by the API in words that may be wrong. */

import { hasHostBits, parsePrefix, type Prefix } from '../base/prefix.ts'

import { foldName, nameFault, parseName, ROOT } from '../wire/name.ts'

import type { Engine } from '../engine/engine.ts'

import { type Explanation, explain } from '../control/explain/explain.ts'
import { explanationLines } from '../control/explain/explain-text.ts'
import type { Keeper } from '../control/keeper.ts'
import { faultAt, type Refusal } from '../control/books/refusal.ts'

/** For whom it is explained where nobody is named: this machine itself. */
const NOBODY_IN_PARTICULAR = '127.0.0.1'

export class Explainer {
  readonly #engine: Engine
  readonly #keeper: Keeper

  /** Questions over DNS that reach the engine's thread are answered from now on. */
  constructor(engine: Engine, keeper: Keeper) {
    this.#engine = engine
    this.#keeper = keeper
    engine.explainer = (name, client) => explanationLines(this.#explain(name, client))
  }

  /** Explains a name to a client, an address or a prefix, as people write both. */
  explain(nameText: string, clientText = NOBODY_IN_PARTICULAR): Explanation | Refusal {
    const name = parseName(nameText, ROOT)
    if (typeof name === 'number') {
      return faultAt('name', `"${nameText}" is not a name: ${nameFault(name)}`)
    }
    const client = parsePrefix(clientText)
    if (!client || hasHostBits(clientText)) {
      const detail = `"${clientText}" is not an address or a prefix such as 203.0.113.0/24`
      return faultAt('client', detail)
    }
    return this.#explain(foldName(name), client)
  }

  #explain(name: Uint8Array, client: Prefix): Explanation {
    return explain({ engine: this.#engine, keeper: this.#keeper }, name, client)
  }
}
