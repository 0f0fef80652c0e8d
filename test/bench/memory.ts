/** How much memory a server holds, as the kernel counts it. */

import { readFileSync } from 'node:fs'

import { familyOf } from './cpu.ts'

export interface Memory {
  /**
   * VmRSS of a single process. A server that forks shares pages between its processes, so there it
   * is the sum of their proportional shares (Pss).
   */
  readonly residentKiB: number
  /** The largest VmHWM of the family: what it took at the worst moment. */
  readonly peakKiB: number
}

/** Memory of `pid` and its descendants now. */
export function memoryOf(pid: number): Memory {
  const family = familyOf(pid)
  const peaks = family.map((member) => parseKiB(read(member, 'status'), 'VmHWM'))
  const residentKiB =
    family.length === 1
      ? parseKiB(read(pid, 'status'), 'VmRSS')
      : family.reduce((sum, member) => sum + parseKiB(read(member, 'smaps_rollup'), 'Pss'), 0)
  return { residentKiB, peakKiB: Math.max(...peaks) }
}

/** The value of a `Key:   123 kB` line; 0 if there is none, as for a process that has ended. */
export function parseKiB(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0)
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // It has ended; a zombie has no memory to tell of.
  }
}
