/**
 * Names in data that must lead to an address: the hosts of NS, MX and SRV. A target outside the
 * zone is nobody's business here; one inside must have an address, or glue where it is delegated.
 */

import { setPath, suffixAt } from '../../wire/name-path.ts'
import { TYPE } from '../../wire/registry.ts'

import { APEX, NONE } from '../builder.ts'
import type { Tell } from './check.ts'
import {
  coverOf,
  firstRecord,
  hasAddress,
  isCover,
  isCut,
  nextRecord,
  recordOf,
  recordTitle,
  setTarget,
  targetName,
  typeOf,
  type ZoneView,
} from './view.ts'

/** The zone's own name servers: without them nobody reaches it, so their faults are errors. */
export function checkApexServers(view: ZoneView, node: number, tell: Tell): void {
  if (node === APEX) checkServers(view, node, tell)
}

/** The name servers of a delegation, as far as this zone must say where they are. */
export function checkDelegation(view: ZoneView, node: number, tell: Tell): void {
  if (node !== APEX && coverOf(view, node) === NONE) checkServers(view, node, tell)
}

/** RFC 2181 §10.3 of NS and MX, RFC 2782 of SRV: the name that they hold must not be an alias. */
export function checkServices(view: ZoneView, node: number, tell: Tell): void {
  if (isCut(view, node) || coverOf(view, node) !== NONE) return
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    if (type !== TYPE.MX && type !== TYPE.SRV) continue
    const state = stateOfTarget(view, record)
    // Whether a host in a delegated zone has an address is for that zone to say.
    if (state === 'reached' || state === 'delegated') continue
    tell(record, `${recordTitle(view, node, record)} names ${targetName(view)}, ${WORDS[state]}`)
  }
}

function checkServers(view: ZoneView, node: number, tell: Tell): void {
  for (let record = firstRecord(view, node); record !== NONE; record = nextRecord(view, record)) {
    if (typeOf(view, record) !== TYPE.NS) continue
    const state = stateOfTarget(view, record)
    if (state === 'reached') continue
    tell(record, `${recordTitle(view, node, record)} names ${targetName(view)}, ${WORDS[state]}`)
  }
}

/** What becomes of somebody who follows a name to its address, as far as this zone can know. */
type TargetState = 'reached' | 'alias' | 'bare' | 'delegated'

const WORDS: Readonly<Record<Exclude<TargetState, 'reached'>, string>> = {
  alias: 'which is an alias (CNAME or DNAME) and must be a name with addresses',
  bare: 'which has no A or AAAA record',
  delegated: 'which is in a delegated zone and has no glue (A or AAAA record) here',
}

/** Sets the view's path to the target. */
function stateOfTarget(view: ZoneView, record: number): TargetState {
  if (!setTarget(view, record)) return 'reached' // Outside the zone.
  const { builder, path } = view
  // RFC 7505 §3 and RFC 2782: the root as a host means that there is none, on purpose.
  if (path.depth === 0) return 'reached'

  let depth = path.depth
  let node = builder.find(path, depth)
  while (node === NONE) node = builder.find(path, --depth) // Ends at the apex.
  const isNamed = depth === path.depth

  let cover = coverOf(view, node)
  if (cover === NONE && (isCut(view, node) || (!isNamed && isCover(builder, node)))) cover = node
  if (cover !== NONE) {
    if (!isCut(view, cover)) return 'alias'
    return isNamed && hasAddress(view, node) ? 'reached' : 'delegated'
  }
  const source = isNamed ? node : wildcardBelow(view, depth)
  if (source === NONE) return 'bare'
  if (hasAddress(view, source)) return 'reached'
  return recordOf(view, source, TYPE.CNAME) === NONE ? 'bare' : 'alias'
}

/** RFC 4592 §3.3.1: the wildcard of the closest encloser, the path's suffix of `depth` labels. */
function wildcardBelow({ builder, path, wildcard }: ZoneView, depth: number): number {
  const name = Uint8Array.of(
    1,
    ASTERISK,
    ...path.octets.subarray(suffixAt(path, depth), path.length),
  )
  setPath(wildcard, name, 0, name.length)
  return builder.find(wildcard, wildcard.depth)
}

const ASTERISK = 0x2a
