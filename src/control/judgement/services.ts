/**
 * SRV, SVCB and HTTPS records of a balanced name, as health leaves them: a record that leads to
 * members who may not be answered is left out, and so is a hint to the address of one.
 *
 * Always true: while somebody may be answered, a type that the zone has is never without a record.
 */

import { printAddress } from '../../base/address.ts'
import { concat } from '../../base/octets.ts'

import { CLASS } from '../../wire/registry.ts'

import { RECORD_HEADER_SIZE, RRSET_HEADER_SIZE } from '../../zone/image.ts'
import {
  type Hints,
  MANDATORY_KEY,
  PARAM_HEADER_SIZE,
  paramsIn,
  type ServiceRecord,
} from '../../zone/services.ts'

import type { ServiceSet } from '../../balance/roster.ts'

/**
 * Whether the member at an address may be answered; undefined where no member of the name's pools
 * has it: these then know nothing of that host, and leave it be.
 */
export type AddressStanding = (address: string) => boolean | undefined

/**
 * The sets to answer. `ttl` in seconds bounds what a cache may keep, as it does for addresses;
 * `isAnybody` tells whether the pool answers anybody at all: if not, no type has records either.
 */
export function followHealth(
  records: readonly ServiceRecord[],
  standing: AddressStanding,
  ttl: number,
  isAnybody: boolean,
): ServiceSet[] {
  return toldOf(records, standing, isAnybody).map(({ type, told }) => ({
    type,
    octets: encodeRrset(type, told, ttl),
  }))
}

/**
 * The addresses that the sets of each type lead to: by hints, and by targets that are not balanced.
 */
export function ledTo(
  records: readonly ServiceRecord[],
  standing: AddressStanding,
  isAnybody: boolean,
): { readonly type: number; readonly addresses: ReadonlySet<string> }[] {
  return toldOf(records, standing, isAnybody).map(({ type, told, isEverything }) => {
    const led = told.flatMap(({ addresses, isTargetBalanced, hints }) => {
      const hinted = hints.flatMap((one) => one.addresses).map(printAddress)
      return [
        ...(isTargetBalanced ? [] : addresses.map(printAddress)),
        ...hinted.filter((address) => isEverything || standing(address) !== false),
      ]
    })
    return { type, addresses: new Set(led) }
  })
}

/** The records of each type that are told; all, where nobody would be left. */
function toldOf(records: readonly ServiceRecord[], standing: AddressStanding, isAnybody: boolean) {
  const types = [...new Set(records.map(({ type }) => type))]
  return types.map((type) => {
    const everything = records.filter((record) => record.type === type)
    const left = everything.flatMap((record) => {
      const rdata = leftOf(record, standing)
      return rdata ? [{ ...record, rdata }] : []
    })
    const isEverything = left.length === 0
    return { type, told: !isAnybody ? [] : isEverything ? everything : left, isEverything }
  })
}

/** The record's RDATA without hints to those who are out; undefined where nobody is left. */
function leftOf(record: ServiceRecord, standing: AddressStanding): Uint8Array | undefined {
  const isOut = (octets: Uint8Array) => standing(printAddress(octets)) === false
  const all = [...record.addresses, ...record.hints.flatMap(({ addresses }) => addresses)]
  // Who is led to the name itself meets whoever is answered there.
  if (!record.isTargetOwn && all.length > 0 && all.every(isOut)) return undefined
  const thinned = record.hints.filter(({ addresses }) => addresses.some(isOut))
  // From the end, so that what stands before keeps its place.
  return thinned
    .toSorted((a, b) => b.at - a.at)
    .reduce<Uint8Array | undefined>(
      (rdata, hints) => rdata && withHints(rdata, record, hints, isOut),
      record.rdata,
    )
}

function withHints(
  rdata: Uint8Array,
  record: ServiceRecord,
  { at, addresses }: Hints,
  isOut: (octets: Uint8Array) => boolean,
): Uint8Array | undefined {
  const key = (rdata[at]! << 8) | rdata[at + 1]!
  const kept = addresses.filter((octets) => !isOut(octets))
  const before = rdata.subarray(0, at)
  const sizeBefore = addresses.reduce((sum, { length }) => sum + length, 0)
  const after = rdata.subarray(at + PARAM_HEADER_SIZE + sizeBefore)
  // A parameter without a value is malformed (RFC 9460 §7.3); one that is mandatory cannot go.
  if (kept.length === 0) return isMandatory(record, key) ? undefined : concat([before, after])
  const size = kept.reduce((sum, { length }) => sum + length, 0)
  const header = Uint8Array.of(key >> 8, key & 0xff, size >> 8, size & 0xff)
  return concat([before, header, ...kept, after])
}

function isMandatory({ rdata, hints }: ServiceRecord, key: number): boolean {
  // The hints tell where parameters stand; `mandatory`, where there is one, comes before them all.
  const first = firstParam(rdata)
  if (hints.length === 0 || first === rdata.length) return false
  const [param] = paramsIn(rdata, first)
  if (param?.key !== MANDATORY_KEY) return false
  const { value } = param
  for (let i = 0; i < value.length; i += 2) {
    if (((value[i]! << 8) | value[i + 1]!) === key) return true
  }
  return false
}

/** Where the parameters of an SVCB or HTTPS record start: after its priority and its target. */
function firstParam(rdata: Uint8Array): number {
  let at = 2
  while (rdata[at] !== 0) at += rdata[at]! + 1
  return at + 1
}

/** An RRset as a zone image holds it, so that it is answered by the same code. */
function encodeRrset(type: number, records: readonly ServiceRecord[], ttl: number): Uint8Array {
  const size = records.reduce((sum, { rdata }) => sum + RECORD_HEADER_SIZE + rdata.length, 0)
  const octets = new Uint8Array(RRSET_HEADER_SIZE + size)
  const view = new DataView(octets.buffer)
  view.setUint16(0, type)
  view.setUint16(2, records.length)
  view.setUint32(4, size)
  let at = RRSET_HEADER_SIZE
  for (const record of records) {
    view.setUint16(at, OWNER_POINTER)
    view.setUint16(at + 2, type)
    view.setUint16(at + 4, CLASS.IN)
    view.setUint32(at + 6, Math.min(record.ttl, ttl))
    view.setUint16(at + 10, record.rdata.length)
    octets.set(record.rdata, at + RECORD_HEADER_SIZE)
    at += RECORD_HEADER_SIZE + record.rdata.length
  }
  return octets
}

/** A pointer to the question's name (RFC 1035 §4.1.4). */
const OWNER_POINTER = 0xc00c
