/**
 * Times to live as master files write them: plain seconds, or BIND's units, `1w2d3h4m5s`. RFC 2181
 * §8 gives them "a minimum value of 0, and a maximum value of 2147483647".
 */

export const TTL_SECONDS_MAX = 0x7fff_ffff

/**
 * Reads the time at text[start..end) in seconds, or -1 if it is none or above TTL_SECONDS_MAX.
 * Units are weeks, days, hours, minutes and seconds, in either case, each after its count; a last
 * count without a unit is seconds. Allocates nothing.
 */
export function readTtl(text: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1
  let seconds = 0
  let count = -1 // Below zero: no digit since the last unit.
  for (let i = start; i < end; i++) {
    const octet = text[i]
    if (octet >= 0x30 && octet <= 0x39) {
      count = (count < 0 ? 0 : count * 10) + (octet - 0x30)
      if (count > TTL_SECONDS_MAX) return -1
      continue
    }
    const unit = unitSeconds(octet)
    if (unit === 0 || count < 0) return -1
    seconds += count * unit
    count = -1
    if (seconds > TTL_SECONDS_MAX) return -1
  }
  if (count > 0) seconds += count
  return seconds <= TTL_SECONDS_MAX ? seconds : -1
}

function unitSeconds(octet: number): number {
  switch (octet | 0x20) {
    case 0x73: // s
      return 1
    case 0x6d: // m
      return 60
    case 0x68: // h
      return 3_600
    case 0x64: // d
      return 86_400
    case 0x77: // w
      return 604_800
    default:
      return 0
  }
}
