/**
 * What is wrong with an operator's file, passed on as it is found, up to a bound: a file of another
 * format has a fault on every line, and nobody reads the second hundred. Errors and warnings are
 * counted apart, so that many warnings never hide an error.
 */

import type { Diagnostic, Place } from './diagnostic.ts'

/** How many of each severity are told one by one. */
export const FAULTS_MAX = 100

export interface Faults {
  /** Passes on a fault, or only counts it. */
  add(severity: Diagnostic['severity'], message: string, place: () => Place): void
  /** Says how many were only counted; called once, at the end. */
  close(): void
}

export function createFaults(report: (diagnostic: Diagnostic) => void): Faults {
  const tallies = {
    error: { count: 0, last: NOWHERE },
    warning: { count: 0, last: NOWHERE },
  }
  return {
    add(severity, message, place) {
      const tally = tallies[severity]
      if (++tally.count > FAULTS_MAX) return
      tally.last = place()
      report({ ...tally.last, severity, message })
    },
    close() {
      for (const severity of ['error', 'warning'] as const) {
        const { count, last } = tallies[severity]
        const surplus = count - FAULTS_MAX
        if (surplus <= 0) continue
        const noun = surplus === 1 ? severity : `${severity}s`
        report({ ...last, severity, message: `and ${surplus} more ${noun} after this one` })
      }
    },
  }
}

const NOWHERE: Place = { file: '', line: 1, column: 1 }
