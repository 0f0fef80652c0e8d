/**
 * One port for UDP and TCP alike, as clients expect who come back by TCP for a long answer. The
 * system knows of no such thing: asked for any port, it gives one that is free for that protocol.
 */

import type { Endpoint } from '../base/address.ts'

import { BindFault } from '../transport/bind-problem.ts'

export interface Taken {
  readonly endpoint: Endpoint
  readonly giveBack: () => Promise<void>
}

export interface Takers {
  /** Takes the address for TCP, port 0 being any that is free; rejects with a BindFault. */
  readonly tcp: (wanted: Endpoint) => Promise<Taken>
  /** The same for UDP. */
  readonly udp: (wanted: Endpoint) => Promise<unknown>
}

/** Far fewer ports than one in ten are taken for UDP, on the busiest machine. */
const PORTS_TRIED_MAX = 10

/** Takes an address for both, and resolves with it; rejects with a BindFault. */
export async function takeShared(wanted: Endpoint, takers: Takers): Promise<Endpoint> {
  for (let tries = 1; ; tries++) {
    try {
      return await takeOnce(wanted, takers)
    } catch (error) {
      const mayTryAnother = wanted.port === 0 && error instanceof BindFault && error.isTaken
      if (!mayTryAnother || tries === PORTS_TRIED_MAX) throw error
    }
  }
}

/** TCP first: callers have ports of it for a minute after they are done, those of UDP do not. */
async function takeOnce(wanted: Endpoint, { tcp, udp }: Takers): Promise<Endpoint> {
  const { endpoint, giveBack } = await tcp(wanted)
  try {
    await udp(endpoint)
    return endpoint
  } catch (error) {
    await giveBack()
    throw error
  }
}
