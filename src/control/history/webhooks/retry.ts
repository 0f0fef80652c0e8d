/** What comes of a delivery by what was answered, and how long to wait before the next try. */

import type { Random } from '../../../base/random.ts'

import type { Answer } from './post.ts'

/** `refused`: whoever answers so will not answer otherwise to the same again. */
export type Outcome = 'delivered' | 'refused' | 'failed'

/** Request Timeout, Too Early, Too Many Requests: they say to come again (RFC 9110, 8470, 6585). */
const COME_AGAIN: readonly number[] = [408, 425, 429]

const FIRST_MS = 1_000
const BACKOFF_MAX_MS = 300_000
/** Whoever asks for more is asked again sooner: an incident is not a matter of tomorrow. */
const RETRY_AFTER_MAX_MS = 900_000

export function outcomeOf(answer: Answer): Outcome {
  if ('silence' in answer) return 'failed'
  const { status } = answer
  if (status >= 200 && status < 300) return 'delivered'
  return status < 500 && !COME_AGAIN.includes(status) ? 'refused' : 'failed'
}

/**
 * Doubles with each failure in a row, from one second to five minutes, the half of it by dice, so
 * that servers that failed together do not come back together; at least what Retry-After asks for.
 */
export function delayMs(
  failureCount: number,
  answer: Answer,
  random: Random,
  nowWall: number,
): number {
  const wholeMs = Math.min(BACKOFF_MAX_MS, FIRST_MS * 2 ** Math.min(30, failureCount - 1))
  const ownMs = wholeMs / 2 + (random() * wholeMs) / 2
  const askedMs = 'silence' in answer ? undefined : retryAfterMs(answer.retryAfter, nowWall)
  return Math.max(ownMs, Math.min(askedMs ?? 0, RETRY_AFTER_MAX_MS))
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfterMs(text: string | undefined, nowWall: number): number | undefined {
  if (text === undefined) return
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const wall = Date.parse(text)
  return Number.isNaN(wall) ? undefined : wall - nowWall
}

/** For people: what was answered. */
export function answerText(answer: Answer): string {
  if ('silence' in answer) return answer.silence
  const { status } = answer
  const isRedirect = status >= 300 && status < 400
  return `status ${status}${isRedirect ? '; redirects are not followed' : ''}`
}
