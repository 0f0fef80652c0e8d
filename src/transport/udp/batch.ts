/**
 * The memory that `recvmmsg` and `sendmmsg` work on, laid out once: headers, addresses and buffers
 * for a batch of datagrams (struct mmsghdr of 64-bit Linux; see `recvmmsg(2)`, `cmsg(3)`).
 *
 * Datagram i is received into buffer i and answered in place. The headers to send are packed:
 * where a query got no answer, the next one's header takes its place.
 */

import type { Libc } from './libc.ts'

/** Past 64, more datagrams a call save nothing that can be measured. */
export const BATCH = 64

/**
 * Longer datagrams are cut: no query is that long, and one whose records are cut is answered with
 * FORMERR. Any answer that UDP may carry fits too.
 */
export const DATAGRAM_OCTETS = 2048

/** struct mmsghdr: msghdr of 56 octets, the length received or sent, padding. As 32-bit words. */
const HEADER = {
  SIZE: 64,
  NAME: 0,
  NAME_LENGTH: 2,
  IOV: 4,
  IOV_COUNT: 6,
  CONTROL: 8,
  CONTROL_LENGTH: 10,
  LENGTH: 14,
}
const HEADER_WORDS = HEADER.SIZE / 4
/** struct iovec: address, length. */
const IOV_SIZE = 16
const IOV_WORDS = IOV_SIZE / 4
const IOV_LENGTH = 2
const SOCKADDR_SIZE = 32
/** cmsghdr and in6_pktinfo (16 + 20), rounded up; in_pktinfo is shorter. */
const CONTROL_SIZE = 64

export interface Batch {
  readonly receiveHeaders: bigint
  readonly sendHeaders: bigint
  readonly datagrams: readonly Uint8Array[]
  /** The whole block, by octets and by 32-bit words. */
  readonly octets: Uint8Array
  readonly words: Uint32Array
  readonly at: Layout
  readonly isV6: boolean
  readonly isWildcard: boolean
  /** Which datagram each header to send points at now. */
  readonly sending: Int32Array
}

/** Offsets in octets from the start of the block. */
interface Layout {
  readonly receive: number
  readonly send: number
  readonly receiveIov: number
  readonly sendIov: number
  readonly names: number
  readonly controls: number
  readonly datagrams: number
  readonly end: number
}

export function createBatch(libc: Libc, isV6: boolean, isWildcard: boolean): Batch {
  const at = layOut()
  // Above the size of Buffer's pool, so the block is its own and stays where it is.
  const block = Buffer.alloc(at.end)
  const base = libc.addressOf(block)
  const batch: Batch = {
    receiveHeaders: base + BigInt(at.receive),
    sendHeaders: base + BigInt(at.send),
    datagrams: slices(block, at.datagrams),
    octets: block,
    words: new Uint32Array(block.buffer, block.byteOffset, at.end / 4),
    at,
    isV6,
    isWildcard,
    sending: new Int32Array(BATCH).fill(-1),
  }
  for (let i = 0; i < BATCH; i++) {
    const datagram = at.datagrams + i * DATAGRAM_OCTETS
    pointIov(batch, at.receiveIov, i, base, datagram, DATAGRAM_OCTETS)
    pointIov(batch, at.sendIov, i, base, datagram, 0)
    pointHeader(batch, at.receive, i, base, at.receiveIov, i)
    pointHeader(batch, at.send, i, base, at.sendIov, i)
    batch.sending[i] = i
    resetControl(batch, i)
  }
  return batch
}

function layOut(): Layout {
  const receive = 0
  const send = receive + BATCH * HEADER.SIZE
  const receiveIov = send + BATCH * HEADER.SIZE
  const sendIov = receiveIov + BATCH * IOV_SIZE
  const names = sendIov + BATCH * IOV_SIZE
  const controls = names + BATCH * SOCKADDR_SIZE
  const datagrams = controls + BATCH * CONTROL_SIZE
  const end = datagrams + BATCH * DATAGRAM_OCTETS
  return { receive, send, receiveIov, sendIov, names, controls, datagrams, end }
}

function slices(block: Uint8Array, from: number): Uint8Array[] {
  return Array.from({ length: BATCH }, (_, i) => {
    // A plain view: Buffer's own methods are of no use here, and one class keeps the code fast.
    return new Uint8Array(
      block.buffer,
      block.byteOffset + from + i * DATAGRAM_OCTETS,
      DATAGRAM_OCTETS,
    )
  })
}

function pointIov(
  batch: Batch,
  table: number,
  i: number,
  base: bigint,
  target: number,
  length: number,
): void {
  const word = table / 4 + i * IOV_WORDS
  putPointer(batch.words, word, base + BigInt(target))
  batch.words[word + IOV_LENGTH] = length
}

function pointHeader(
  batch: Batch,
  table: number,
  i: number,
  base: bigint,
  iovTable: number,
  datagram: number,
): void {
  const { words, at, isV6, isWildcard } = batch
  const word = table / 4 + i * HEADER_WORDS
  putPointer(words, word + HEADER.NAME, base + BigInt(at.names + datagram * SOCKADDR_SIZE))
  words[word + HEADER.NAME_LENGTH] = isV6 ? 28 : 16
  putPointer(words, word + HEADER.IOV, base + BigInt(iovTable + datagram * IOV_SIZE))
  words[word + HEADER.IOV_COUNT] = 1
  if (isWildcard) {
    putPointer(words, word + HEADER.CONTROL, base + BigInt(at.controls + datagram * CONTROL_SIZE))
  }
}

function putPointer(words: Uint32Array, word: number, pointer: bigint): void {
  words[word] = Number(pointer & 0xffffffffn)
  words[word + 1] = Number(pointer >> 32n)
}

/** How many octets of datagram i were received. */
export function receivedLength({ words, at }: Batch, i: number): number {
  return words[at.receive / 4 + i * HEADER_WORDS + HEADER.LENGTH]
}

/** Copies the source address of datagram i: 4 octets, or 16. */
export function copySource(batch: Batch, i: number, out: Uint8Array): void {
  const { octets, at, isV6 } = batch
  const from = at.names + i * SOCKADDR_SIZE + (isV6 ? 8 : 4)
  const size = isV6 ? 16 : 4
  for (let j = 0; j < size; j++) out[j] = octets[from + j]
}

/** Makes header `place` send the first `length` octets of datagram i back to who asked. */
export function setSend(batch: Batch, place: number, i: number, length: number): void {
  const { words, at, sending, isWildcard } = batch
  words[at.sendIov / 4 + i * IOV_WORDS + IOV_LENGTH] = length
  const header = at.send / 4 + place * HEADER_WORDS
  if (sending[place] !== i) {
    // The header of datagram i in the receiving table has the same name and control pointers.
    const other = at.receive / 4 + i * HEADER_WORDS
    const iovs = at.sendIov - at.receiveIov
    words[header + HEADER.NAME] = words[other + HEADER.NAME]
    words[header + HEADER.NAME + 1] = words[other + HEADER.NAME + 1]
    copyShifted(words, other + HEADER.IOV, header + HEADER.IOV, iovs)
    words[header + HEADER.CONTROL] = words[other + HEADER.CONTROL]
    words[header + HEADER.CONTROL + 1] = words[other + HEADER.CONTROL + 1]
    sending[place] = i
  }
  if (isWildcard) aimControl(batch, i, header)
}

/** Copies a 64-bit pointer and adds `shift` octets to it. */
function copyShifted(words: Uint32Array, from: number, to: number, shift: number): void {
  const low = words[from] + shift
  words[to] = low
  words[to + 1] = words[from + 1] + (low > 0xffffffff ? 1 : 0)
}

/**
 * The control message that came with a query says which of our addresses was asked; sent back, it
 * makes the answer leave from there (ip(7), ipv6(7)). The interface is left to routing, except that
 * a link-local address means nothing without its own.
 */
function aimControl({ words, octets, at, isV6 }: Batch, i: number, header: number): void {
  const received = at.receive / 4 + i * HEADER_WORDS + HEADER.CONTROL_LENGTH
  words[header + HEADER.CONTROL_LENGTH] = words[received]
  words[header + HEADER.CONTROL_LENGTH + 1] = 0
  const data = at.controls + i * CONTROL_SIZE + 16
  if (!isV6) words[data / 4] = 0
  else if (octets[data] !== 0xfe || (octets[data + 1] & 0xc0) !== 0x80) words[data / 4 + 4] = 0
}

/** Gives datagram i its whole control buffer again; the kernel had set what it used. */
export function resetControl({ words, at, isWildcard }: Batch, i: number): void {
  if (!isWildcard) return
  words[at.receive / 4 + i * HEADER_WORDS + HEADER.CONTROL_LENGTH] = CONTROL_SIZE
}

/** Where the header to send number `place` lies, to go on from there after a failure. */
export function sendHeaderAt({ sendHeaders }: Batch, place: number): bigint {
  return place === 0 ? sendHeaders : sendHeaders + BigInt(place * HEADER.SIZE)
}
