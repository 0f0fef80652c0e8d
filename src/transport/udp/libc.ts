/**
 * The system calls of the batched path, through koffi: what Node itself does not offer
 * (`SO_REUSEPORT` on Node 20, `recvmmsg`, `sendmmsg`, `IP_PKTINFO`). koffi is optional, and so is
 * Linux: where either is missing this says why, and the portable path runs.
 */

import { createRequire } from 'node:module'
import { arch, endianness, platform } from 'node:os'

/** Calls return what C returns: -1 for a failure, whose number `errno()` then tells. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number
  bind(fd: number, address: Uint8Array, length: number): number
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number
  getsockname(fd: number, address: Uint8Array, length: Uint8Array): number
  close(fd: number): number
  recvmmsg(fd: number, headers: bigint, count: number, flags: number, timeout: null): number
  sendmmsg(fd: number, headers: bigint, count: number, flags: number): number
  clock_gettime(clock: number, time: bigint): number
  errno(): number
  /** Where octets lie in memory. They must not be collected while the kernel may write there. */
  addressOf(octets: Uint8Array): bigint
}

/** 64-bit, little-endian: the structures in `batch.ts` are laid out for these. */
const ARCHITECTURES = ['x64', 'arm64', 'riscv64', 'loong64']

/** The calls, or why they cannot be had here. */
export function loadLibc(): Libc | { readonly problem: string } {
  if (platform() !== 'linux')
    return { problem: `batched UDP needs Linux, and this is ${platform()}` }
  if (!ARCHITECTURES.includes(arch()) || endianness() !== 'LE') {
    return { problem: `batched UDP is not laid out for ${arch()}` }
  }
  try {
    // Through `require`, so that a missing optional package is an exception here and nowhere else.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const libc = koffi.load(null)
    const out = koffi.pointer('void')
    return {
      socket: libc.func('socket', 'int', ['int', 'int', 'int']),
      bind: libc.func('bind', 'int', ['int', out, 'unsigned int']),
      setsockopt: libc.func('setsockopt', 'int', ['int', 'int', 'int', out, 'unsigned int']),
      getsockname: libc.func('getsockname', 'int', ['int', out, out]),
      close: libc.func('close', 'int', ['int']),
      recvmmsg: libc.func('recvmmsg', 'int', ['int', out, 'unsigned int', 'int', out]),
      sendmmsg: libc.func('sendmmsg', 'int', ['int', out, 'unsigned int', 'int']),
      clock_gettime: libc.func('clock_gettime', 'int', ['int', out]),
      errno: () => koffi.errno(),
      addressOf: (octets) => koffi.address(octets),
    }
  } catch (error) {
    return { problem: `batched UDP needs the package koffi: ${(error as Error).message}` }
  }
}

/** Linux's numbers for the errors that mean something here. */
export const ERRNO = {
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  EACCES: 13,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  EAFNOSUPPORT: 97,
  ENOBUFS: 105,
} as const
