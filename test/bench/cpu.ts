/**
 * What a server costs: processor time of its process and of all that it forked. The kernel counts
 * the threads of a process together; a server that forks is the sum of a family.
 */

import { readdirSync, readFileSync } from 'node:fs'

export interface CpuTime {
  readonly userMs: number
  readonly systemMs: number
}

export interface ProcessStat {
  readonly parent: number
  readonly userTicks: number
  readonly systemTicks: number
}

/** USER_HZ, in which /proc counts: 100 on every Linux that Node runs on (see `man 5 proc`). */
const TICK_MS = 10

/** Processor time of `pid` and its descendants since each was started. */
export function cpuTime(pid: number): CpuTime {
  let userTicks = 0
  let systemTicks = 0
  for (const member of familyOf(pid)) {
    const stat = statOf(member)
    userTicks += stat?.userTicks ?? 0
    systemTicks += stat?.systemTicks ?? 0
  }
  return { userMs: userTicks * TICK_MS, systemMs: systemTicks * TICK_MS }
}

/** `pid` and every process that descends from it, parents first. */
export function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = statOf(Number(entry))?.parent
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const family = [pid]
  for (const member of family) family.push(...(children.get(member) ?? []))
  return family
}

/** Reads /proc/<pid>/stat. The command's name may hold spaces and brackets, so it is cut off. */
export function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  // Field 3 (state) is the first one left: field n of the manual is fields[n - 3].
  return {
    parent: Number(fields[4 - 3]),
    userTicks: Number(fields[14 - 3]),
    systemTicks: Number(fields[15 - 3]),
  }
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return undefined // It ended between the listing and the reading.
  }
}
