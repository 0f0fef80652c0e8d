/**
 * The C library of this machine, for the system calls that Node does not offer, through koffi.
 * koffi is optional, and so is Linux: where either is missing this says which, and callers have
 * another way. What they call of it they declare themselves.
 */

import { createRequire } from 'node:module'
import { endianness, platform } from 'node:os'

type Koffi = typeof import('koffi')
type Library = ReturnType<Koffi['load']>

/**
 * What `declare` makes of the library, or what is missing for it. Linux's numbers and structures on
 * little-endian machines may be taken for granted.
 */
export function openLibc<Calls>(
  declare: (library: Library, koffi: Koffi) => Calls,
): Calls | { readonly problem: string } {
  if (platform() !== 'linux') return { problem: `needs Linux, and this is ${platform()}` }
  if (endianness() !== 'LE') return { problem: 'is laid out for little-endian machines alone' }
  try {
    // Through `require`, so that a missing optional package is an exception here and nowhere else.
    const koffi = createRequire(import.meta.url)('koffi') as Koffi
    return declare(koffi.load(null), koffi)
  } catch (error) {
    return { problem: `needs the package koffi: ${(error as Error).message}` }
  }
}
