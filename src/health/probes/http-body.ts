/** The body of an answer: looked through for what a check expects, and read for a report. */

import type { IncomingMessage } from 'node:http'

import { matchPattern, printPattern } from './pattern.ts'
import { failure, type OnStage, type Outcome, ownFault, quote, success } from './probe.ts'
import { withReport } from './report.ts'
import type { HttpProbe } from './spec.ts'

/** Enough for any health page, and little enough to read every second. */
export const BODY_OCTETS_MAX = 65_536

/** Whether the outcome depends on the body; otherwise it is not awaited. */
export function bodyIsWanted({ body, report }: HttpProbe): boolean {
  return body !== undefined || (report !== undefined && 'body' in report)
}

/** Reads the body as far as needed: a text that is found early ends it. */
export function readBody(
  response: IncomingMessage,
  probe: HttpProbe,
  settle: (outcome: Outcome) => void,
  onStage: OnStage,
): void {
  const octets = Buffer.allocUnsafe(BODY_OCTETS_MAX)
  let length = 0
  const status = `status ${response.statusCode}`
  const text = !probe.report && typeof probe.body === 'string' ? Buffer.from(probe.body) : undefined
  onStage(`${status}, body not complete`)
  response.on('data', (chunk: Buffer) => {
    const from = length
    length += chunk.copy(octets, length)
    if (text) {
      // The text may begin in what came before, but never further back than its own length.
      const start = Math.max(0, from - text.length + 1)
      if (octets.subarray(0, length).indexOf(text, start) >= 0) {
        return settle(success(`${status}, body matches`))
      }
    }
    if (length === octets.length) settle(judgeBody(octets, probe, status, ' in 64 KiB'))
  })
  response.on('end', () => settle(judgeBody(octets.subarray(0, length), probe, status, '')))
  const onBreak = () => settle(failure(`${status}, connection closed within the body`))
  response.on('error', onBreak)
  response.on('close', onBreak)
}

function judgeBody(octets: Buffer, probe: HttpProbe, status: string, extent: string): Outcome {
  const { body, report } = probe
  if (typeof body === 'string' && !octets.includes(body)) {
    return failure(`${status}, body lacks ${quote(body)}${extent}`)
  }
  if (typeof body === 'object') {
    const match = matchPattern(body, octets)
    const shown = printPattern(body)
    if (match === 'too slow') return ownFault(`${shown} takes too long on the body; simplify it`)
    if (match === 'missing') return failure(`${status}, body does not match ${shown}${extent}`)
  }
  const outcome = success(body === undefined ? status : `${status}, body matches`)
  return report && 'body' in report ? withReport(outcome, octets.toString(), report.body) : outcome
}
