/**
 * Answers the queries of the main thread, whatever brought them: it tells the engine the time,
 * counts what came of each, and lets no fault of the program out. TCP, TLS and HTTPS differ in how
 * a query comes and an answer leaves, and in nothing else.
 */

import { parseAddress } from '../base/address.ts'
import { systemClock } from '../base/clock.ts'

import { padMessage } from '../wire/padding.ts'

import { answer, MESSAGE_OCTETS_MAX } from '../engine/answer.ts'
import type { Engine } from '../engine/engine.ts'
import { type Client, createClient } from '../engine/world.ts'

import { type Counters, count, countLatency } from './counters.ts'

/** `silence`: it was no query. `fault`: of the program, which has been told of. */
export type Said = Uint8Array | 'silence' | 'fault'

export interface AnswererOptions {
  readonly engine: Engine
  readonly counters: Counters
  /** Whether nobody but the client reads the answer: then its size should tell nothing, either. */
  readonly isEncrypted?: boolean
  /** Told of an exception while answering, which is a fault of the program; the query is lost. */
  readonly onFault?: ((error: unknown) => void) | undefined
}

export class Answerer {
  readonly #options: AnswererOptions
  /** Room for the longest answer; copied from as each answer is sent. */
  readonly #out = new Uint8Array(MESSAGE_OCTETS_MAX)
  /** When the last answer had been made. */
  readonly #sentMoment = new Float64Array(1)

  constructor(options: AnswererOptions) {
    this.#options = options
  }

  /** The octets are valid until the next call. */
  answer(request: Uint8Array, client: Client): Said {
    const { engine, counters, onFault } = this.#options
    try {
      engine.moment[0] = systemClock.now()
      const length = answer(engine, request, request.length, client, this.#out)
      count(counters, engine.scratch, this.#out, length)
      if (length === 0) return 'silence'
      this.#sentMoment[0] = systemClock.now()
      countLatency(counters, engine.moment, this.#sentMoment, 1)
      const { query, optAt } = engine.scratch
      const isPadded = this.#options.isEncrypted && query.hasEdns && query.wantsPadding
      return this.#out.subarray(0, isPadded ? padMessage(this.#out, length, optAt) : length)
    } catch (error) {
      // A fault of ours ends a UDP worker, which is replaced. This thread has no replacement.
      onFault?.(error)
      return 'fault'
    }
  }

  /** Whether the last answer could have been another for a client elsewhere. */
  get wasPersonal(): boolean {
    return this.#options.engine.scratch.identity.isKnown
  }
}

/** Whoever is at the other end of a stream; of nobody, where the address is unknown. */
export function clientAt(address: string | undefined): Client {
  const client = createClient(true)
  const octets = parseAddress((address ?? '').split('%')[0])
  client.address.set(octets ?? [])
  client.isV6 = octets?.length === 16
  return client
}
