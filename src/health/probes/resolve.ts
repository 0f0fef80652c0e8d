/**
 * From the name of a host to its address, by way of the system, so that /etc/hosts counts as well.
 *
 * The system's lookup cannot be called off and holds one of the few threads with which this process
 * reads and writes files, too: a resolver that hangs must not take all of them.
 *
 * Always true: one lookup of a name at a time, and no more than LOOKUPS_MAX of them at once.
 */

import { lookup as lookupBySystem } from 'node:dns/promises'

import { createPlaces } from './places.ts'
import { failure, type Outcome, ownFault } from './probe.ts'
import type { Patience } from './program.ts'

/** Half of the threads that there are (libuv's default). */
export const LOOKUPS_MAX = 2

/** The first address of a name, or why there is none. Never rejects. */
export type ResolveHost = (
  name: string,
  patience: Pick<Patience, 'clock' | 'timeoutMs'>,
) => Promise<string | Outcome>

type Lookup = (name: string) => Promise<{ readonly address: string }>

export function createResolveHost(lookup: Lookup = lookupBySystem): ResolveHost {
  const places = createPlaces(LOOKUPS_MAX)
  const forever = new AbortController().signal
  /** By name. Bounded by the config. */
  const pending = new Map<string, Promise<string | Outcome>>()

  const look = async (name: string): Promise<string | Outcome> => {
    const give = await places.take(forever)
    try {
      return (await lookup(name)).address
    } catch (error) {
      return judgeFault(name, error)
    } finally {
      give?.()
      pending.delete(name)
    }
  }

  return async (name, { clock, timeoutMs }) => {
    const found = pending.get(name) ?? look(name)
    pending.set(name, found)
    let cancel = () => {}
    const waited = new Promise<Outcome>((resolve) => {
      // As long as leaves time to probe: to wait in vain is no fault of the target.
      cancel = clock.after(timeoutMs / 2, () =>
        resolve(ownFault(`cannot look up "${name}": the resolver does not answer`)),
      )
    })
    try {
      return await Promise.race([found, waited])
    } finally {
      cancel()
    }
  }
}

/** A resolver that says no has answered; one that cannot be asked is this machine's trouble. */
function judgeFault(name: string, error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOTFOUND') return failure(`no address for "${name}"`)
  return ownFault(`cannot look up "${name}": ${code}`)
}
