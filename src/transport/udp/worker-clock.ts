/**
 * The time in a thread that may make no objects: Node's own clocks return numbers that are objects
 * of the heap, so the kernel writes into memory laid out beforehand, and it is read from there into
 * a cell. It is the clock that `systemClock.now` reads, the same in all threads.
 */

import type { Libc } from './libc.ts'

/** Writes the present into a cell, in milliseconds that only ever grow. */
export type ReadClock = (cell: Float64Array) => void

const CLOCK_MONOTONIC = 1

/** Above the size of Buffer's pool, so that the block is its own and stays where it is. */
const BLOCK_OCTETS = 8192

/** struct timespec of 64-bit Linux, little-endian, in words of 32 bits. */
const TIMESPEC = { SECONDS: 0, SECONDS_HIGH: 1, NANOSECONDS: 2, WORDS: 4 }
const WORD = 2 ** 32

/** A clock that allocates nothing when it is read; a reading costs some 70 ns. */
export function createWorkerClock(libc: Libc): ReadClock {
  const block = Buffer.alloc(BLOCK_OCTETS)
  const address = libc.addressOf(block)
  const time = new Uint32Array(block.buffer, block.byteOffset, TIMESPEC.WORDS)
  return (cell) => {
    libc.clock_gettime(CLOCK_MONOTONIC, address)
    const seconds = time[TIMESPEC.SECONDS_HIGH] * WORD + time[TIMESPEC.SECONDS]
    cell[0] = seconds * 1e3 + time[TIMESPEC.NANOSECONDS] / 1e6
  }
}
