/** From the kind of a probe to the file that does it. */

import type { Target } from '../check.ts'
import { faultOutcome } from './faults.ts'
import { probeHttp } from './http.ts'
import type { OnStage, Outcome, Probe } from './probe.ts'
import { probeTcp } from './tcp.ts'

/** Probes the target once, for real. Never rejects. */
export const attempt: Probe = async (target, signal, onStage) => {
  try {
    return await dispatch(target, signal, onStage)
  } catch (error) {
    // What Node refuses to send at all, such as a path with a line break in it.
    return faultOutcome(error)
  }
}

function dispatch(
  { address, check: { probe } }: Target,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  switch (probe.kind) {
    case 'tcp':
      return probeTcp(address, probe, signal)
    case 'http':
    case 'https':
      return probeHttp(address, probe, signal, onStage)
  }
}
