/** From the kind of a probe to the file that does it. */

import { isIP } from 'node:net'

import { type Clock, systemClock } from '../../base/clock.ts'

import type { Target } from '../check.ts'
import { createHeartbeats, type Heartbeats } from '../heartbeats.ts'
import { probeDns } from './dns.ts'
import { probeExec } from './exec.ts'
import { faultOutcome } from './faults.ts'
import { probeFile } from './file.ts'
import { probeGrpc } from './grpc.ts'
import { probeHeartbeat } from './heartbeat.ts'
import { probeHttp } from './http.ts'
import { probeIcmp } from './icmp.ts'
import { failure, type OnStage, type Outcome, type Probe } from './probe.ts'
import type { Patience } from './program.ts'
import { createResolveHost } from './resolve.ts'
import { probeService } from './services.ts'
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

/** One for all, as the threads that it spares are shared by all. */
const resolveHost = createResolveHost()

async function attemptAt(
  target: Target,
  { clock, heartbeats }: AttemptOptions,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const { address, check } = target
  const { probe } = check
  if (probe.kind === 'heartbeat') {
    return probeHeartbeat(address, check.intervalMs, heartbeats, clock.now())
  }
  // These may know the target by its name.
  if (probe.kind === 'file') return probeFile(address, probe, signal)
  const patience = { clock, timeoutMs: check.timeoutMs, signal, onStage }
  if (probe.kind === 'exec') return probeExec(target, probe, patience)
  if (isIP(address)) return dispatch(address, probe, patience)

  onStage('no address found for its name')
  const found = await resolveHost(address, patience)
  if (typeof found !== 'string') return found
  if (signal.aborted) return failure('aborted')
  onStage('')
  // The final dot is for resolvers alone: no certificate bears it.
  return dispatch(found, namedAfter(address.replace(/\.$/, ''), probe), patience)
}

function dispatch(
  address: string,
  probe: Exclude<ProbeSpec, { kind: 'heartbeat' | 'file' | 'exec' }>,
  patience: Patience,
): Promise<Outcome> {
  const { clock, signal, onStage } = patience
  const wallMs = () => clock.wall()
  switch (probe.kind) {
    case 'tcp':
      return probeTcp(address, probe, signal, onStage)
    case 'tls':
      return probeTls(address, probe, signal, onStage, wallMs)
    case 'http':
    case 'https':
      return probeHttp(address, probe, signal, onStage, wallMs)
    case 'dns':
      return probeDns(address, probe, signal, onStage)
    case 'grpc':
      return probeGrpc(address, probe, signal, onStage, wallMs)
    case 'icmp':
      return probeIcmp(address, patience)
    case 'redis':
    case 'postgres':
    case 'mysql':
    case 'smtp':
      return probeService(address, probe, signal, onStage)
  }
}

/** Whoever is found by a name is asked for by that name, unless the check gives another. */
function namedAfter<Spec extends ProbeSpec>(name: string, probe: Spec): Spec {
  switch (probe.kind) {
    case 'http':
    case 'https': {
      const isUsual = probe.port === (probe.kind === 'http' ? 80 : 443)
      return { host: isUsual ? name : `${name}:${probe.port}`, ...probe }
    }
    case 'tls':
    case 'grpc':
      return { host: name, ...probe }
    default:
      return probe
  }
}
