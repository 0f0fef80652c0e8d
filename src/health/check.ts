/** What is measured, of whom, and what came of it: the nouns of health. */

/** What a probe does. One kind, one file in `probes/`. */
export type ProbeSpec = TcpProbe | HttpProbe

/** Connects; an accepted connection is a success. */
export interface TcpProbe {
  readonly kind: 'tcp'
  readonly port: number
}

/** Asks once, follows no redirect, and compares status and body. */
export interface HttpProbe {
  readonly kind: 'http' | 'https'
  readonly port: number
  readonly path: string
  /** The Host header, and for `https` the name asked by SNI; the target's address if unset. */
  readonly host?: string
  readonly expect: readonly StatusRange[]
  /** Text that the first 64 KiB of the body must hold. */
  readonly body?: string
  /** `https` only: whether the certificate must be valid for `host`. */
  readonly verify: boolean
}

/** Status codes from `from` to `to`, both included. */
export interface StatusRange {
  readonly from: number
  readonly to: number
}

export interface Check {
  readonly name: string
  readonly probe: ProbeSpec
  readonly intervalMs: number
  /** The interval while the target is in transition. */
  readonly fastIntervalMs: number
  readonly timeoutMs: number
  /** Successes in a row that bring a target up. */
  readonly rise: number
  /** Failures in a row that take a target down. */
  readonly fall: number
  /** Probed instead of the member's own address. */
  readonly address?: string
  /** Answers after which the next probe is due, should the interval not be over; absent: none. */
  readonly everyAnswers?: number
}

/** What must hold of a member: one check, or at least `count` of several conditions. */
export type Condition =
  | { readonly kind: 'check'; readonly check: Check }
  | { readonly kind: 'at-least'; readonly count: number; readonly of: readonly Condition[] }

/** One address under one check. Pools that name the same pair share its probes. */
export interface Target {
  /** The same for the same address and the same measurement, whatever the check is called. */
  readonly key: string
  /** IP address as text. */
  readonly address: string
  readonly check: Check
}

/** The result of one probe. */
export interface Observation {
  readonly isSuccess: boolean
  /** Clock milliseconds at its end. */
  readonly atMs: number
  readonly elapsedMs: number
  /** What was seen, for people: `connection refused`, `status 500, expected 200-299`. */
  readonly evidence: string
  /** What was seen that is no failure yet: `certificate expires in 9 days`. */
  readonly warning?: string
  readonly report?: Report
}

/** What a backend says of itself. */
export interface Report {
  /** The less, the better; whatever the backend counts. */
  readonly load?: number
  /** Percent of its weight that it wants to carry. */
  readonly share?: number
  /** What it asks for, whatever the probe found. */
  readonly word?: 'up' | 'drain' | 'down'
  readonly requests?: number
  readonly errors?: number
  readonly connections?: number
}

export function createTarget(address: string, check: Check): Target {
  return { key: targetKey(address, check), address, check }
}

/** Equal for the same address, probe, timing and limits: such targets share one verdict. */
export function targetKey(address: string, check: Check): string {
  const { intervalMs, fastIntervalMs, timeoutMs, rise, fall } = check
  return `${probeKey(address, check.probe)} ${[intervalMs, fastIntervalMs, timeoutMs, rise, fall]}`
}

/** Equal where the same question is put to the same address, however often. */
export function probeKey(address: string, probe: ProbeSpec): string {
  const parts = [address, probe.kind, probe.port]
  if (probe.kind === 'tcp') return JSON.stringify(parts)
  const ranges = probe.expect.map(({ from, to }) => [from, to])
  const { path, host, body, verify } = probe
  return JSON.stringify([...parts, path, host ?? null, ranges, body ?? null, verify])
}
