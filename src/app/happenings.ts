/** What happens to a server, told to its log and written down in its history. */

import { type Endpoint, printEndpoint } from '../base/address.ts'
import type { Diagnostic } from '../base/diagnostic.ts'

import type { Doubt } from '../health/self-doubt.ts'

import type { Flip, FlipRecord } from '../control/flips.ts'
import { clipped, firstOf, flipped } from '../control/history/happenings.ts'
import type { Recorder } from '../control/history/recorder.ts'

import type { Log } from './log.ts'

export class Happenings {
  readonly #log: Log
  readonly #history: Recorder

  constructor(log: Log, history: Recorder) {
    this.#log = log
    this.#history = history
  }

  flip({ state, previous, members, target }: Flip, record: FlipRecord): void {
    const fields = { ...firstOf(members), address: target.address, evidence: state.evidence }
    const message = `${previous.verdict} -> ${state.verdict}`
    if (state.verdict === 'down') this.#log.warn(fields, message)
    // A first verdict that is good news is no news: ten thousand targets would be as many lines.
    else if (previous.verdict !== 'unknown') this.#log.info(fields, message)
    const event = flipped(record)
    if (event) this.#history.record(event)
  }

  doubt({ isSuspect, why }: Doubt): void {
    if (isSuspect) this.#log.warn({ why }, 'so much fails at once that failures are held back')
    else this.#log.info({ why }, 'failures count again')
    this.#history.record({ kind: 'doubt', isSuspect, why: clipped(why) })
  }

  respawn(at: Endpoint, reason: string): void {
    const endpoint = printEndpoint(at)
    this.#log.error({ endpoint, reason }, 'UDP worker died and was replaced')
    this.#history.record({ kind: 'respawn', endpoint, reason: clipped(reason) })
  }

  /** What a load has found; the history has loads as a whole. */
  diagnostics(found: readonly Diagnostic[]): void {
    for (const { file, line, column, severity, message } of found) {
      const at = `${file}:${line}:${column}`
      this.#log[severity === 'error' ? 'error' : 'warn']({ at }, message)
    }
  }
}
