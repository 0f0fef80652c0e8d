/**
 * Records that nobody will ever see: what stands at or below a cut belongs to somebody else, and
 * what stands below a DNAME is redirected. Address records of name servers are the exception: they
 * are glue.
 */

import { TYPE } from '../../wire/registry.ts'

import { APEX, NONE } from '../builder.ts'
import type { Tell } from './check.ts'
import {
  coverOf,
  firstRecord,
  isCut,
  nextRecord,
  nodeName,
  recordTitle,
  typeOf,
  type ZoneView,
} from './view.ts'

/** One record of a hidden node is told: where one is in the wrong place, all are. */
export function checkHidden(view: ZoneView, node: number, tell: Tell): void {
  const cover = coverOf(view, node)
  if (cover === NONE) return
  const isDelegated = isCut(view, cover)
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    if (isDelegated && isGlue(view, node, type)) continue
    const where = `below the ${isDelegated ? 'delegation' : 'DNAME'} of ${nodeName(view, cover)}`
    tell(record, `${recordTitle(view, node, record)} is ${where}: it is never answered`)
    return
  }
}

/** RFC 2181 §6.1: at a cut, all but the NS, and what DNSSEC adds to them, is the child's to say. */
export function checkCut(view: ZoneView, node: number, tell: Tell): void {
  if (node === APEX || coverOf(view, node) !== NONE) return
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    if (AT_CUT.has(type) || isGlue(view, node, type)) continue
    const title = recordTitle(view, node, record)
    tell(record, `${title} stands where the name is delegated: it is never answered`)
    return
  }
}

/** CNAME is told as an error by its own check. */
const AT_CUT: ReadonlySet<number> = new Set([TYPE.NS, TYPE.DS, TYPE.NSEC, TYPE.RRSIG, TYPE.CNAME])

function isGlue({ isNameServer }: ZoneView, node: number, type: number): boolean {
  return isNameServer[node] === 1 && (type === TYPE.A || type === TYPE.AAAA)
}
