/** Spans of time as people write them: `250ms`, `5s`, `2m`, `1h`, `1d`. */

const UNIT_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined
  let totalMs = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(count) * UNIT_MS[unit!]
  }
  return Number.isFinite(totalMs) ? Math.round(totalMs) : undefined
}

/** Prints milliseconds in the largest unit that keeps them whole. */
export function printDuration(spanMs: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    if (spanMs > 0 && spanMs % UNIT_MS[unit] === 0) return `${spanMs / UNIT_MS[unit]}${unit}`
  }
  return `${spanMs}ms`
}
