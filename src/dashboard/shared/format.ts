/**
 * Numbers, spans and moments as people read them. The figures are of one width wherever they stand
 * below one another, so every function gives a fixed count of decimals for a size.
 */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A thin space: digits in groups, without a comma that half the world reads as a point. */
const THIN = '\u202f'
const MINUS = '\u2212'

/** A whole number with its digits in groups of three. */
export function countText(count: number): string {
  const digits = String(Math.abs(Math.round(count)))
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, THIN)
  return count < 0 ? MINUS + grouped : grouped
}

/** A number in three figures: `7`, `0.3`, `950`, `1.24 k`, `38.1 k`, `1.02 M`. */
export function shortText(count: number): string {
  if (count < 999.5) {
    return Number.isInteger(count) || count >= 9.95 ? String(Math.round(count)) : tenth(count)
  }
  const [size, unit] = count < 999_500 ? [1e3, 'k'] : count < 999.5e6 ? [1e6, 'M'] : [1e9, 'G']
  const scaled = count / size
  const decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0
  return `${scaled.toFixed(decimals)}${THIN}${unit}`
}

/** A share in percent (0–100), to a tenth. */
export function percentText(percent: number): string {
  return `${percent.toFixed(1)}${THIN}%`
}

/** A span in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function spanText(spanMs: number): string {
  if (spanMs < 0) return `${MINUS}${spanText(-spanMs)}`
  if (spanMs < SECOND_MS) return `${(spanMs / SECOND_MS).toFixed(1)}${THIN}s`
  if (spanMs < MINUTE_MS) return part(spanMs, SECOND_MS, 's')
  if (spanMs < HOUR_MS) return two(spanMs, MINUTE_MS, 'min', SECOND_MS, 's')
  if (spanMs < DAY_MS) return two(spanMs, HOUR_MS, 'h', MINUTE_MS, 'min')
  return two(spanMs, DAY_MS, 'd', HOUR_MS, 'h')
}

/** How long ago, or `just now` within the second. */
export function agoText(spanMs: number): string {
  return spanMs < SECOND_MS ? 'just now' : `${spanText(spanMs)} ago`
}

/** What is left, as a clock runs down: `0:07`, `1:30`, `1:02:03`; nothing is left at `0:00`. */
export function countdownText(spanMs: number): string {
  const seconds = Math.max(0, Math.ceil(spanMs / SECOND_MS))
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const tail = String(seconds % 60).padStart(2, '0')
  if (hours === 0) return `${minutes}:${tail}`
  return `${hours}:${String(minutes).padStart(2, '0')}:${tail}`
}

/** What a probe took. */
export function millisText(millis: number): string {
  if (millis < 9.95) return `${tenth(millis)}${THIN}ms`
  if (millis < 9_999.5) return `${Math.round(millis)}${THIN}ms`
  return `${(millis / SECOND_MS).toFixed(1)}${THIN}s`
}

/** The time of day where the reader is: `18:02:41`; with its day where that is not today. */
export function timeText(wallMs: number, nowMs: number): string {
  const at = new Date(wallMs)
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
  const isToday = at.toDateString() === new Date(nowMs).toDateString()
  return isToday ? time : `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${dayOf(at)} ${time}`
}

/** How a clock here is ahead of UTC, by so many minutes: `UTC`, `UTC+2`, `UTC−3:30`. */
export function zoneText(aheadMinutes: number): string {
  if (aheadMinutes === 0) return 'UTC'
  const ahead = Math.abs(aheadMinutes)
  const minutes = ahead % 60 === 0 ? '' : `:${twoDigits(ahead % 60)}`
  return `UTC${aheadMinutes < 0 ? MINUS : '+'}${Math.floor(ahead / 60)}${minutes}`
}

/** What the times on the page are in: the zone where the reader is, as it is at that moment. */
export function timesText(wallMs: number): string {
  return `times in ${zoneText(-new Date(wallMs).getTimezoneOffset())}`
}

/** The same moment in UTC, for titles. */
export function utcText(wallMs: number): string {
  return `${new Date(wallMs).toISOString().replace('T', ' ').slice(0, 19)} UTC`
}

/** `1 member`, `3 members`, `1 query`, `2 queries`. */
export function countedText(count: number, noun: string, nouns = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : nouns}`
}

function tenth(value: number): string {
  return value.toFixed(1)
}

function part(spanMs: number, unitMs: number, unit: string): string {
  return `${Math.floor(spanMs / unitMs)}${THIN}${unit}`
}

function two(spanMs: number, largeMs: number, large: string, smallMs: number, small: string) {
  const rest = Math.floor((spanMs % largeMs) / smallMs)
  const head = part(spanMs, largeMs, large)
  return rest === 0 ? head : `${head} ${rest}${THIN}${small}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

function dayOf(at: Date): string {
  return twoDigits(at.getDate())
}
