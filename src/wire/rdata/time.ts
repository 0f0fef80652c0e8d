/**
 * The moments between which a signature holds: `YYYYMMDDHHmmSS` in UTC, or seconds since 1970 in
 * decimal (RFC 4034 §3.2); 32 bits on the wire.
 */

import { fail, type Field, quoteWord, withArticle, wordOf } from './field.ts'
import { putNumber, readNumber, takeNumber } from './number.ts'

const SECONDS_MAX = 0xffff_ffff

export function time(noun: string): Field {
  return {
    expects: `${withArticle(noun)} (YYYYMMDDHHmmSS)`,
    words: 'one',
    width: 4,
    read(tokens, token, _origin, out, at, fault) {
      const { text, start, end } = tokens
      const isDate = end[token] - start[token] === DATE_DIGITS
      const seconds = isDate
        ? secondsOf(wordOf(tokens, token))
        : readNumber(text, start[token], end[token], SECONDS_MAX)
      if (seconds >= 0) return putNumber(out, at, 4, seconds)
      const given = quoteWord(tokens, token)
      const rule = 'neither YYYYMMDDHHmmSS (1970 to 2106) nor seconds since 1970'
      return fail(fault, token, `${noun} ${given} is ${rule}`)
    },
    measure: (_octets, at, end) => (at + 4 <= end ? at + 4 : -1),
    print: (octets, at) => dateOf(takeNumber(octets, at, 4)),
  }
}

const DATE_DIGITS = 14

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, '')
}

/** Seconds since 1970, or -1 if the digits are no date of the calendar. */
function secondsOf(date: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(date)
  if (!parts) return -1
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number)
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000
  // `Date.UTC` carries a 31 February over into March: print it again to see whether it did.
  return seconds >= 0 && seconds <= SECONDS_MAX && dateOf(seconds) === date ? seconds : -1
}
