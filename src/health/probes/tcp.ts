/**
 * Connects and leaves: an accepted connection is a success. Where the check says so, it speaks
 * first, and waits for what it expects or for a report.
 */

import { connect } from 'node:net'

import { ANSWER_OCTETS_MAX, converse, type Heard, isSelf } from './converse.ts'
import { faultOutcome } from './faults.ts'
import { failure, type OnStage, type Outcome, quote, success } from './probe.ts'
import { withReport } from './report.ts'
import type { ReportFormat, TcpProbe } from './spec.ts'

export function probeTcp(
  address: string,
  probe: TcpProbe,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  const { port, send, expect, report } = probe
  if (expect === undefined && report === undefined) return reach(address, probe, signal)
  return converse(
    { address, port },
    {
      ...(send !== undefined && { opening: send }),
      judge: report === undefined ? searcher(expect!) : lineReader(report, expect),
    },
    signal,
    onStage,
  )
}

function reach(address: string, { port, send }: TcpProbe, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
    socket.once('connect', () => {
      resolve(isSelf(socket) ? failure('connection refused') : success('connected'))
      // A reset, as other load balancers send it: no port is left waiting (TIME_WAIT) on this side.
      // What was said might be lost by it.
      if (send === undefined) socket.resetAndDestroy()
      else socket.end(send, () => socket.destroy())
    })
    socket.on('error', (error) => resolve(faultOutcome(error)))
    socket.once('close', () => resolve(failure('aborted'))) // Unless something was said before.
  })
}

/** Looks for a text in all that comes. */
function searcher(text: string) {
  const wanted = Buffer.from(text)
  return ({ octets, from, isEnded }: Heard): Outcome | undefined => {
    // The text may begin in what came before, but never further back than its own length.
    if (octets.indexOf(wanted, Math.max(0, from - wanted.length + 1)) >= 0) {
      return success('answer matches')
    }
    if (isEnded) return failure(`answer lacks ${quote(text)}`)
    const isFull = octets.length === ANSWER_OCTETS_MAX
    return isFull ? failure(`answer lacks ${quote(text)} in 64 KiB`) : undefined
  }
}

/** Reads one line, which ends with the connection at the latest. */
function lineReader(report: ReportFormat, text = '') {
  return ({ octets, from, isEnded }: Heard): Outcome | undefined => {
    const end = octets.indexOf('\n', from)
    if (end < 0 && !(isEnded && octets.length > 0)) return undefined
    const line = octets.toString('utf8', 0, end < 0 ? octets.length : end)
    if (!line.includes(text)) return failure(`answer lacks ${quote(text)}`)
    return withReport(success(`answered ${quote(line.trim())}`), line, report)
  }
}
