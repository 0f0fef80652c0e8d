/**
 * The small languages inside a configuration: spans of time, TTLs, shares, status codes, addresses.
 * Each reader takes what a person wrote and returns its meaning, or a fault: the end of a sentence
 * that opens with the key and the value, as in `interval "5" has no unit; write 5s`.
 */

import { type Endpoint, parseAddress, parseEndpoint, parseV4, parseV6 } from '../../base/address.ts'
import { parseDuration, printDuration } from '../../base/duration.ts'
import { isWithinPrefix, parsePrefix } from '../../base/prefix.ts'

import type { StatusRange } from '../../health/probes/spec.ts'

import type { MinHealthy, TtlRange } from '../config.ts'

export interface Fault {
  readonly fault: string
}

export function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'fault' in value
}

/** RFC 2181 §8 allows 68 years; past a day a balanced answer would outlive every verdict. */
export const TTL_SECONDS_MAX = 86_400

/** Reads a span of time and holds it to [minMs, maxMs]. */
export function readSpan(text: string, minMs: number, maxMs: number): number | Fault {
  const range = `${printDuration(minMs)}–${printDuration(maxMs)}`
  if (/^\d+(\.\d+)?$/.test(text)) return { fault: `has no unit; write ${text}s or ${text}ms` }
  const spanMs = parseDuration(text)
  if (spanMs === undefined) return { fault: 'is not a span of time such as 5s, 250ms or 1m30s' }
  return spanMs < minMs || spanMs > maxMs ? { fault: `is outside ${range}` } : spanMs
}

/** Reads `30/5` (most/least), `30` (fixed), or the same with units, `1m/5s`. Whole seconds. */
export function readTtl(written: string | number): TtlRange | Fault {
  const parts = String(written)
    .trim()
    .split(/\s*\/\s*/)
  if (parts.length > 2) return { fault: 'is not a TTL such as 30/5, 30 or 1m/5s' }
  const [max, min = max] = parts.map(readSeconds)
  if (isFault(max)) return max
  if (isFault(min)) return min
  if (min > max)
    return { fault: `has a least (${min}) above its most (${max}); write ${min}/${max}` }
  return { max, min }
}

/** Reads a whole number of members, or a share of them such as `50%`. */
export function readMinHealthy(written: string | number): MinHealthy | Fault {
  const parts = /^(\d+)(%?)$/.exec(String(written))
  if (!parts) return { fault: 'is neither a whole number of members nor a share such as 50%' }
  const amount = Number(parts[1])
  // With nobody healthy a pool has failed, whatever it needs.
  if (parts[2] === '%') {
    return amount >= 1 && amount <= 100 ? { percent: amount } : { fault: 'is outside 1%–100%' }
  }
  return amount >= 1 && amount <= MEMBERS_MAX
    ? { count: amount }
    : { fault: `is outside 1–${MEMBERS_MAX}` }
}

/** More hosts than this behind one name is a case for several pools; it also bounds a roster. */
export const MEMBERS_MAX = 256

/** Reads one status code, or a range of them such as `200-299` (RFC 9110 §15: 100 to 599). */
export function readStatus(written: string | number): StatusRange | Fault {
  const parts = /^(\d{3})(?:-(\d{3}))?$/.exec(String(written))
  if (!parts) return { fault: 'is not a status such as 200, nor a range such as 200-299' }
  const from = Number(parts[1])
  const to = Number(parts[2] ?? parts[1])
  if (from < 100 || to > 599) return { fault: 'is outside 100–599' }
  return from <= to ? { from, to } : { fault: `runs backwards; write ${to}-${from}` }
}

/** Reads an IP address of either family; 4 octets or 16. */
export function readAddress(text: string): Uint8Array | Fault {
  const octets = parseAddress(text)
  if (octets) return asHost(octets)
  return parseEndpoint(text)
    ? { fault: 'has a port; a member is an address alone, and the port belongs to its check' }
    : { fault: 'is not an IP address such as 192.0.2.1 or 2001:db8::1' }
}

/** A member is one host, so what no host or every host answers to is none (RFC 6890, RFC 4291). */
function asHost(octets: Uint8Array): Uint8Array | Fault {
  const isV4 = octets.length === 4
  const isAll = (value: number) => octets.every((octet) => octet === value)
  if (isAll(0)) return { fault: 'is the unspecified address; a member is one host' }
  if (isV4 && isAll(0xff)) return { fault: 'is the broadcast address; a member is one host' }
  const isMulticast = isV4 ? octets[0]! >> 4 === 0xe : octets[0] === 0xff
  if (isMulticast) return { fault: 'is a multicast address; a member is one host' }
  // It would be probed by IPv4, past what is said of IPv4, and no client can use the answer.
  const isMapped = !isV4 && isWithinPrefix(octets, MAPPED)
  return isMapped
    ? { fault: 'is an IPv4 address in the spelling of IPv6; it belongs under v4' }
    : octets
}

/** IPv4-mapped addresses (RFC 4291 §2.5.5.2). */
const MAPPED = parsePrefix('::ffff:0:0/96')!

export function readV4(text: string): Uint8Array | Fault {
  if (parseV6(text)) return { fault: 'is an IPv6 address; it belongs under v6' }
  const octets = parseV4(text)
  return octets ? asHost(octets) : { fault: 'is not an IPv4 address such as 192.0.2.1' }
}

export function readV6(text: string): Uint8Array | Fault {
  if (parseV4(text)) return { fault: 'is an IPv4 address; it belongs under v4' }
  const octets = parseV6(text)
  return octets ? asHost(octets) : { fault: 'is not an IPv6 address such as 2001:db8::1' }
}

/** Reads where to listen; port 0 asks the system for a free one. */
export function readEndpoint(text: string): Endpoint | Fault {
  const endpoint = parseEndpoint(text)
  if (endpoint) return endpoint
  if (parseV4(text)) return { fault: `has no port; write ${text}:53` }
  if (parseV6(text)) return { fault: `has no port; write [${text}]:53` }
  return { fault: 'is not an address and a port such as 127.0.0.1:53 or [::1]:53' }
}

/** Reads the path of a request: what stands after the host in a URL (RFC 9112 §3.2.1). */
export function readRequestPath(text: string): string | Fault {
  if (!text.startsWith('/')) return { fault: `does not begin with a slash; write /${text}` }
  // A fragment stays with the client (RFC 9110 §4.2.5); whoever writes one means %23.
  return /^[!"$-~]*$/.test(text) ? text : { fault: 'has a character that a request cannot carry' }
}

/** Reads a name by which this server is asked: lower case, without its final dot or a port. */
export function readOwnHost(text: string): string | Fault {
  if (parseV4(text) || parseV6(text.replace(/^\[|\]$/g, '')) || /^localhost\.?$/i.test(text)) {
    return { fault: 'may be asked in any case; leave it out' }
  }
  const [, bare] = /^(?:[a-z]+:\/\/)?([^/:]+)/i.exec(text) ?? []
  if (bare !== undefined && bare !== text) return { fault: `is more than a name; write ${bare}` }
  return text.length <= 253 && /^([a-z0-9_]([a-z0-9_-]{0,62})\.?)+$/i.test(text)
    ? text.toLowerCase().replace(/\.$/, '')
    : { fault: 'is not a name such as rota.example.org' }
}

/** Reads the value of a Host header: a host, and a port if it is not the usual one. */
export function readHost(text: string): string | Fault {
  return text.length <= 255 && /^([A-Za-z0-9._-]+|\[[A-Fa-f0-9:.]+\])(:\d{1,5})?$/.test(text)
    ? text
    : { fault: 'is not a host such as www.example.org or [2001:db8::1], at most 255 characters' }
}

/** Reads how many UDP workers serve each address. More than 64 cores is another kind of host. */
export function readWorkers(written: string | number): number | 'auto' | Fault {
  if (written === 'auto') return written
  if (typeof written === 'string' || !Number.isInteger(written)) {
    return { fault: 'is neither auto nor a whole number (1–64)' }
  }
  return written >= 1 && written <= 64 ? written : { fault: 'is outside 1–64' }
}

/** Reads what NSID carries; `id.server` puts it in one TXT string (RFC 1035 §3.3: 255 octets). */
export function readServerId(text: string): string | Fault {
  const octets = new TextEncoder().encode(text).length
  return octets >= 1 && octets <= 255 ? text : { fault: 'is outside 1–255 octets' }
}

export function readFilePath(text: string): string | Fault {
  return text === '' || text.includes('\0') ? { fault: 'is not a path' } : text
}

/** Reads what operators call a check, a pool or a member: it becomes a label and an argument. */
export function readWord(text: string): string | Fault {
  return /^[A-Za-z0-9._:-]{1,63}$/.test(text)
    ? text
    : { fault: 'is not a word of 1–63 letters, digits, dots, colons, dashes and underscores' }
}

function readSeconds(text: string): number | Fault {
  const spanMs = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text)
  if (spanMs === undefined) return { fault: 'is not a TTL such as 30/5, 30 or 1m/5s' }
  if (spanMs % 1000 !== 0) return { fault: 'is not a whole number of seconds' }
  return spanMs <= TTL_SECONDS_MAX * 1000
    ? spanMs / 1000
    : { fault: `is outside 0–${TTL_SECONDS_MAX} seconds` }
}
