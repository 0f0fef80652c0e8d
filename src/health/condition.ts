/** What must hold of a member, judged by what is believed of each of its checks. */

import type { Check, Condition } from './check.ts'
import type { Verdict } from './verdict.ts'

/**
 * The verdict of a condition: up once enough of its parts are, down once that can no longer be,
 * unknown until then. Monotonic: a part that comes up never takes the whole down.
 */
export function conditionVerdict(
  condition: Condition,
  verdictOf: (check: Check) => Verdict,
): Verdict {
  if (condition.kind === 'check') return verdictOf(condition.check)
  const { count, of } = condition
  let upCount = 0
  let downCount = 0
  for (const part of of) {
    const verdict = conditionVerdict(part, verdictOf)
    if (verdict === 'up') upCount++
    else if (verdict === 'down') downCount++
  }
  if (upCount >= count) return 'up'
  return of.length - downCount < count ? 'down' : 'unknown'
}

/** Every check that a condition asks for, each once, in the order in which they are written. */
export function checksOf(condition: Condition): readonly Check[] {
  const checks = new Set<Check>()
  collect(condition, checks)
  return [...checks]
}

function collect(condition: Condition, checks: Set<Check>): void {
  if (condition.kind === 'check') checks.add(condition.check)
  else for (const part of condition.of) collect(part, checks)
}
