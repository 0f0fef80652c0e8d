/**
 * Records that lead to hosts without being their addresses: SRV (RFC 2782), SVCB and HTTPS (RFC
 * 9460). At a balanced name they follow the health of the hosts they lead to, so here each is read
 * out of its zone with the addresses it stands for, as far as the zone knows them.
 */

import { nameLength } from '../wire/name.ts'
import { TYPE } from '../wire/registry.ts'

import { addressesOf, nodeOf } from './addresses.ts'
import { bindingOf, findRrset, recordsOf, type ZoneImage } from './image.ts'
import { NO_NODE } from './lookup.ts'

const SERVICE_TYPES = [TYPE.SRV, TYPE.SVCB, TYPE.HTTPS]

export interface ServiceRecord {
  readonly type: number
  /** Seconds, as the zone file says. */
  readonly ttl: number
  readonly rdata: Uint8Array
  /** Of its target, where that is in this zone, 4 octets or 16; hints are not among them. */
  readonly addresses: readonly Uint8Array[]
  /** Whether its target is a balanced name, whose addresses are answered as turns. */
  readonly isTargetBalanced: boolean
  /** Whether it leads to its own name: "." in SVCB and HTTPS (RFC 9460 §2.5.2), or in full. */
  readonly isTargetOwn: boolean
  readonly hints: readonly Hints[]
}

/** One of the hint parameters of a record, and where in its RDATA that stands. */
export interface Hints {
  /** Of the parameter's key; its value follows two octets of key and two of length. */
  readonly at: number
  readonly addresses: readonly Uint8Array[]
}

/** The records of a node that lead to hosts, in the order of the zone. */
export function servicesOf(zone: ZoneImage, node: number): ServiceRecord[] {
  return SERVICE_TYPES.flatMap((type) => {
    const rrset = findRrset(zone, node, type)
    if (rrset === 0) return []
    return [...recordsOf(zone, rrset)].map(({ ttl, rdata }) =>
      readService(zone, node, type, ttl, rdata),
    )
  })
}

function readService(
  zone: ZoneImage,
  node: number,
  type: number,
  ttl: number,
  rdata: Uint8Array,
): ServiceRecord {
  // Before it stand priority, weight and port of an SRV; the priority of the others.
  const targetAt = type === TYPE.SRV ? 6 : 2
  const paramsAt = targetAt + nameLength(rdata, targetAt)
  const name = rdata.slice(targetAt, paramsAt)
  const target = nodeOf(zone, name)
  return {
    type,
    ttl,
    rdata,
    addresses: addressesOf(zone, name),
    isTargetBalanced: target !== NO_NODE && bindingOf(zone, target) >= 0,
    isTargetOwn: target === node || (type !== TYPE.SRV && name.length === 1),
    hints: type === TYPE.SRV ? [] : hintsIn(rdata, paramsAt),
  }
}

/** RFC 9460 §14.3.2. */
const HINT_KEYS: Readonly<Record<number, number>> = { 4: 4, 6: 16 }
export const MANDATORY_KEY = 0
/** Octets before a parameter's value: its key and its length. */
export const PARAM_HEADER_SIZE = 4

function hintsIn(rdata: Uint8Array, from: number): Hints[] {
  return [...paramsIn(rdata, from)].flatMap(({ at, key, value }) => {
    const size = HINT_KEYS[key]
    if (size === undefined) return []
    const count = value.length / size
    const addresses = Array.from({ length: count }, (_, index) =>
      value.slice(index * size, (index + 1) * size),
    )
    return [{ at, addresses }]
  })
}

/** The parameters of an SVCB or HTTPS record, which its zone has found to be well formed. */
export function* paramsIn(rdata: Uint8Array, from: number) {
  for (let at = from; at < rdata.length; ) {
    const key = (rdata[at]! << 8) | rdata[at + 1]!
    const length = (rdata[at + 2]! << 8) | rdata[at + 3]!
    const value = rdata.subarray(at + PARAM_HEADER_SIZE, at + PARAM_HEADER_SIZE + length)
    yield { at, key, value }
    at += PARAM_HEADER_SIZE + length
  }
}
