/**
 * The system calls of the batched path: what Node itself does not offer (`SO_REUSEPORT` on Node 20,
 * `recvmmsg`, `sendmmsg`, `IP_PKTINFO`). Where they cannot be had this says why, and the portable
 * path runs.
 */

import { arch } from 'node:os'

import { openLibc } from '../../base/libc.ts'

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
  if (!ARCHITECTURES.includes(arch())) {
    return { problem: `batched UDP is not laid out for ${arch()}` }
  }
  const libc = openLibc<Libc>((library, koffi) => {
    const out = koffi.pointer('void')
    return {
      socket: library.func('socket', 'int', ['int', 'int', 'int']),
      bind: library.func('bind', 'int', ['int', out, 'unsigned int']),
      setsockopt: library.func('setsockopt', 'int', ['int', 'int', 'int', out, 'unsigned int']),
      getsockname: library.func('getsockname', 'int', ['int', out, out]),
      close: library.func('close', 'int', ['int']),
      recvmmsg: library.func('recvmmsg', 'int', ['int', out, 'unsigned int', 'int', out]),
      sendmmsg: library.func('sendmmsg', 'int', ['int', out, 'unsigned int', 'int']),
      clock_gettime: library.func('clock_gettime', 'int', ['int', out]),
      errno: () => koffi.errno(),
      addressOf: (octets) => koffi.address(octets),
    }
  })
  return 'problem' in libc ? { problem: `batched UDP ${libc.problem}` } : libc
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
