/** What a UDP worker is given when it starts, and what it tells the main thread. */

import type { Endpoint } from '../../base/address.ts'

import type { Ledger } from '../../engine/ledger.ts'
import type { Talkers } from '../../engine/talkers.ts'
import type { Tally } from '../../engine/tally.ts'

import type { Counters } from '../counters.ts'
import type { News } from '../news.ts'
import type { UdpSocket } from './socket.ts'

export interface WorkerOrder {
  /** An open socket for the batched path; the portable one binds `endpoint` itself. */
  readonly socket?: UdpSocket
  readonly endpoint: Endpoint
  readonly cursors: Int32Array
  readonly counters: Counters
  readonly tally: Tally
  readonly talkers: Talkers
  readonly ledger: Ledger
  /** Three shared cells: see SIGNAL. */
  readonly signals: Int32Array
  readonly seed: number
}

export const SIGNAL = {
  /** Moves with each piece of news; a worker that sees it moved reads its channel. */
  NEWS: 0,
  /** Not zero: answer what has arrived, then end. */
  STOP: 1,
  /** The mark that the worker met last: what was told before it is in all answers since. */
  HEARD: 2,
} as const

export function createSignals(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(12))
}

/** Ends what is told at a time. By it is known what a worker answers from. */
export interface Mark {
  readonly kind: 'mark'
  readonly number: number
}

/** What travels to a worker. */
export type Told = News | Mark

export type Report =
  | { readonly kind: 'listening'; readonly endpoint: Endpoint }
  | { readonly kind: 'took'; readonly generation: number }
  | { readonly kind: 'cannot-listen'; readonly code: string }
