/**
 * What a check is: one rule about one node, and the kinds of node that it is about. Few nodes of a
 * big zone are of any interest (most have an address and nothing else), and those are passed over
 * by a mask.
 */

import { TYPE } from '../../wire/registry.ts'

import { APEX, NONE } from '../builder.ts'
import { coverOf, firstRecord, nextRecord, typeOf, type ZoneView } from './view.ts'

/** Tells what is wrong with a record, or with the zone as a whole where there is none (NONE). */
export type Tell = (record: number, message: string) => void

export interface Check {
  /** An error keeps the zone from being served; a warning does not. */
  readonly severity: 'error' | 'warning'
  /** It looks at nodes of any of these kinds. */
  readonly kinds: number
  readonly check: (view: ZoneView, node: number, tell: Tell) => void
}

/** What makes a node interesting. */
export const KIND = {
  APEX: 1,
  SOA: 2,
  NS: 4,
  CNAME: 8,
  DNAME: 16,
  /** MX or SRV: names a host that somebody will connect to. */
  SERVICE: 32,
  /** Perhaps more than one record of a type. */
  SEVERAL: 64,
  /** Below a cut or a DNAME, and has records. */
  HIDDEN: 128,
} as const

/** All the kinds that a node is of. */
export function kindsOf(view: ZoneView, node: number): number {
  let kinds = node === APEX ? KIND.APEX : 0
  const first = firstRecord(view, node)
  if (first === NONE) return kinds
  let typesSeen = 0 // A bit for each type modulo 32: A and AAAA, which mostly stand alone, differ.
  for (let record = first; record !== NONE; record = nextRecord(view, record)) {
    const type = typeOf(view, record)
    kinds |= kindOfType(type)
    if ((typesSeen & (1 << (type & 31))) !== 0) kinds |= KIND.SEVERAL
    typesSeen |= 1 << (type & 31)
  }
  if (coverOf(view, node) !== NONE) kinds |= KIND.HIDDEN
  return kinds
}

function kindOfType(type: number): number {
  switch (type) {
    case TYPE.SOA:
      return KIND.SOA
    case TYPE.NS:
      return KIND.NS
    case TYPE.CNAME:
      return KIND.CNAME
    case TYPE.DNAME:
      return KIND.DNAME
    case TYPE.MX:
    case TYPE.SRV:
      return KIND.SERVICE
    default:
      return 0
  }
}
