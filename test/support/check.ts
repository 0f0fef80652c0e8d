/** Checks and targets for tests: the defaults of the design, with what a test is about changed. */

import { type Check, createTarget, type Target } from '../../src/health/check.ts'

export function checkWith(changes: Partial<Check> = {}): Check {
  return {
    name: 'web',
    probe: { kind: 'tcp', port: 80 },
    intervalMs: 5_000,
    fastIntervalMs: 1_000,
    timeoutMs: 2_000,
    rise: 2,
    fall: 3,
    ...changes,
  }
}

/** Targets 2001:db8::1:0, 2001:db8::1:1, … which nobody ever connects to. */
export function targetsWith(count: number, changes: Partial<Check> = {}): Target[] {
  const check = checkWith(changes)
  return Array.from({ length: count }, (_, index) =>
    createTarget(`2001:db8::1:${index.toString(16)}`, check),
  )
}
