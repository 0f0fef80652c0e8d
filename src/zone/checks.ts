/**
 * What must be true of a zone as a whole: one row, one rule. An error makes the zone unfit to be
 * served; a warning is surely a mistake, but BIND serves such zones, and so does Rota.
 */

import type { Diagnostic, Place } from '../base/diagnostic.ts'
import { createFaults } from '../base/faults.ts'

import { NONE, type ZoneBuilder } from './builder.ts'
import { type Check, KIND, kindsOf } from './checks/check.ts'
import { checkCut, checkHidden } from './checks/hidden.ts'
import {
  checkAlias,
  checkNsPresent,
  checkRepeats,
  checkSingle,
  checkSoaPlace,
  checkSize,
  checkSoaPresent,
  checkTtls,
  checkUnsigned,
  checkWildcard,
} from './checks/owners.ts'
import { checkApexServers, checkDelegation, checkServices } from './checks/targets.ts'
import { viewZone } from './checks/view.ts'

const CHECKS: readonly Check[] = [
  { severity: 'error', kinds: KIND.APEX, check: checkSoaPresent },
  { severity: 'error', kinds: KIND.SOA, check: checkSoaPlace },
  { severity: 'error', kinds: KIND.APEX, check: checkNsPresent },
  { severity: 'error', kinds: KIND.APEX, check: checkUnsigned },
  { severity: 'error', kinds: KIND.SEVERAL, check: checkSize },
  { severity: 'error', kinds: KIND.SOA | KIND.CNAME | KIND.DNAME, check: checkSingle },
  { severity: 'error', kinds: KIND.CNAME, check: checkAlias },
  { severity: 'error', kinds: KIND.NS, check: checkApexServers },
  { severity: 'warning', kinds: KIND.NS, check: checkDelegation },
  { severity: 'warning', kinds: KIND.NS | KIND.DNAME, check: checkWildcard },
  { severity: 'warning', kinds: KIND.SERVICE, check: checkServices },
  { severity: 'warning', kinds: KIND.SEVERAL, check: checkTtls },
  { severity: 'warning', kinds: KIND.SEVERAL, check: checkRepeats },
  { severity: 'warning', kinds: KIND.HIDDEN, check: checkHidden },
  { severity: 'warning', kinds: KIND.NS, check: checkCut },
]

export interface ZoneToCheck {
  /** All records are in it, and all bindings. */
  readonly builder: ZoneBuilder
  /** The files that `parseZone` read. */
  readonly files: readonly string[]
  readonly report: (diagnostic: Diagnostic) => void
}

/** Checks a zone that was read whole. Neither the builder nor what it makes is changed. */
export function checkZone({ builder, files, report }: ZoneToCheck): void {
  const view = viewZone(builder)
  const faults = createFaults(report)
  for (let node = 0; node < builder.nodes.count; node++) {
    const kinds = kindsOf(view, node)
    if (kinds === 0) continue
    for (const { severity, kinds: wanted, check } of CHECKS) {
      if ((kinds & wanted) === 0) continue
      check(view, node, (record, message) => {
        faults.add(severity, message, () => placeOf(builder, files, record))
      })
    }
  }
  faults.close()
}

/** Where a record stands; the first line of the zone where something is missing. */
function placeOf({ records }: ZoneBuilder, files: readonly string[], record: number): Place {
  if (record === NONE) return { file: files[0], line: 1, column: 1 }
  return { file: files[records.file.data[record]], line: records.line.data[record], column: 1 }
}
