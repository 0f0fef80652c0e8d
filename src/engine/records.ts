/** Encoded records of rings: the owner is the question's name, by pointer. */

import { CLASS, TYPE } from '../wire/registry.ts'

/** The pointer that starts an encoded record. */
export const OWNER_POINTER_SIZE = 2

/** Owner, type, class, TTL and length. */
export const RECORD_HEADER = 12

/** Writes an A or AAAA record, by the size of the address. `ttl` in seconds. */
export function writeAddress(out: Uint8Array, at: number, address: Uint8Array, ttl: number): void {
  writeRecord(out, at, address.length === 4 ? TYPE.A : TYPE.AAAA, address, ttl)
}

/** Writes a record whose RDATA is given. */
export function writeRecord(
  out: Uint8Array,
  at: number,
  type: number,
  rdata: Uint8Array,
  ttl: number,
): void {
  const view = new DataView(out.buffer)
  view.setUint16(at, 0xc00c)
  view.setUint16(at + 2, type)
  view.setUint16(at + 4, CLASS.IN)
  view.setUint32(at + 6, ttl)
  view.setUint16(at + 10, rdata.length)
  out.set(rdata, at + RECORD_HEADER)
}
