/** From the kind of a probe to the file that does it. */

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

import { type Clock, systemClock } from '../../base/clock.ts'

import type { Target } from '../check.ts'
import { createHeartbeats, type Heartbeats } from '../heartbeats.ts'
import { faultOutcome } from './faults.ts'
import { probeHeartbeat } from './heartbeat.ts'
import { probeHttp } from './http.ts'
import { failure, type OnStage, type Outcome, ownFault, type Probe } from './probe.ts'
import type { ProbeSpec } from './spec.ts'
import { probeTcp } from './tcp.ts'
import { probeTls } from './tls.ts'

export interface AttemptOptions {
  readonly clock: Clock
  /** Where heartbeats come in. */
  readonly heartbeats: Heartbeats
}

/** Returns who probes a target once, for real. The probe never rejects. */
export function createAttempt(options: AttemptOptions): Probe {
  return async (target, signal, onStage) => {
    try {
      return await attemptAt(target, options, signal, onStage)
    } catch (error) {
      // What Node refuses to send at all, such as a path with a line break in it.
      return faultOutcome(error)
    }
  }
}

/** For those who expect no heartbeats. */
export const attempt: Probe = createAttempt({
  clock: systemClock,
  heartbeats: createHeartbeats(),
})

async function attemptAt(
  { address, check }: Target,
  { clock, heartbeats }: AttemptOptions,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const { probe } = check
  if (probe.kind === 'heartbeat') {
    return probeHeartbeat(address, check.intervalMs, heartbeats, clock.now())
  }
  if (isIP(address)) return dispatch(address, probe, clock, signal, onStage)

  onStage('no address found for its name')
  const found = await resolveHost(address)
  if (typeof found !== 'string') return found
  if (signal.aborted) return failure('aborted')
  onStage('')
  return dispatch(found, namedAfter(address, probe), clock, signal, onStage)
}

function dispatch(
  address: string,
  probe: Exclude<ProbeSpec, { kind: 'heartbeat' }>,
  clock: Clock,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const wallMs = () => clock.wall()
  switch (probe.kind) {
    case 'tcp':
      return probeTcp(address, probe, signal, onStage)
    case 'tls':
      return probeTls(address, probe, signal, onStage, wallMs)
    case 'http':
    case 'https':
      return probeHttp(address, probe, signal, onStage, wallMs)
    default:
      throw new Error(`no probe of kind ${probe.kind}`)
  }
}

/** The first address that the system finds for a name, or why there is none. */
async function resolveHost(name: string): Promise<string | Outcome> {
  try {
    const { address } = await lookup(name)
    return address
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // A resolver that says no has answered; one that cannot be asked is this machine's trouble.
    if (code === 'ENOTFOUND') return failure(`no address for "${name}"`)
    return ownFault(`cannot look up "${name}": ${code}`)
  }
}

/** Whoever is found by a name is asked for by that name, unless the check gives another. */
function namedAfter<Spec extends ProbeSpec>(name: string, probe: Spec): Spec {
  const hasHost = ['tls', 'http', 'https', 'grpc'].includes(probe.kind)
  return hasHost && !('host' in probe) ? { ...probe, host: name } : probe
}
