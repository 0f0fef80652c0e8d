/** The small languages inside a check: patterns, headers, codes, names. See `values.ts`. */

import { parseAddress, printAddress } from '../../base/address.ts'
import type { DnsProbe, Pattern } from '../../health/probes/spec.ts'
import { RCODE, typeNumber } from '../../wire/registry.ts'

import { listed } from '../schema/fields.ts'
import type { Fault } from './values.ts'

/** Reads what a body must hold: text, or `/pattern/flags`. The prober looks at 64 KiB. */
export function readBody(text: string): string | Pattern | Fault {
  if (text.length < 1 || text.length > 1_024) return { fault: 'is outside 1–1024 characters' }
  const parts = /^\/(.+)\/([a-z]*)$/s.exec(text)
  if (!parts) return text
  const [, source = '', flags = ''] = parts
  if (!/^[imsu]*$/.test(flags) || new Set(flags).size < flags.length) {
    return { fault: 'is a pattern whose flags are not some of i, m, s and u' }
  }
  try {
    new RegExp(source, flags)
    return { source, flags }
  } catch {
    return { fault: 'is not a regular expression' }
  }
}

/** Reads text that is sent or expected as it is. */
export function readText(text: string): string | Fault {
  return text.length >= 1 && text.length <= 1_024 ? text : { fault: 'is outside 1–1024 characters' }
}

/** A field name (RFC 9110 §5.1), which other settings or the probe itself do not own. */
export function readHeaderName(text: string): string | Fault {
  const name = text.toLowerCase()
  if (!/^[!#$%&'*+.^_`|~\w-]{1,64}$/.test(name)) return { fault: 'is not the name of a header' }
  if (name === 'host') return { fault: 'is a setting of its own; write host' }
  return OWN_HEADERS.includes(name) ? { fault: 'is decided by the probe' } : name
}

const OWN_HEADERS = ['connection', 'content-length', 'transfer-encoding', 'accept-encoding']

export function readHeaderValue(written: string | number): string | Fault {
  const text = String(written)
  return /^[\t -~]{0,1024}$/.test(text)
    ? text
    : { fault: 'is not at most 1024 printable ASCII characters' }
}

/** Reads what a reply must be: a response code by its name, or an address that it must hold. */
export function readDnsExpectation(text: string): DnsProbe['expect'] | Fault {
  const octets = parseAddress(text)
  if (octets) return { address: printAddress(octets) }
  const code = text.toUpperCase()
  for (const [name, rcode] of Object.entries(RCODE)) {
    // Those above travel in an EDNS record, which the probe does not send.
    if (name === code && rcode < 16) return { rcode }
  }
  const names = Object.entries(RCODE).flatMap(([name, rcode]) => (rcode < 16 ? [name] : []))
  return { fault: `is neither an address nor one of ${listed(names)}` }
}

export function readDnsType(text: string): number | Fault {
  return typeNumber(text.toUpperCase()) ?? { fault: 'is not a type such as A, AAAA or SOA' }
}

/** Reads a name to ask for: labels without escapes, as dns2 writes them (RFC 1035 §2.3.4). */
export function readQueryName(text: string): string | Fault {
  const isName = /^([\w*-]{1,63}\.)*[\w*-]{1,63}\.?$/.test(text) || text === '.'
  return isName && text.length <= 254
    ? text
    : { fault: 'is not a name such as www.example.org, of labels up to 63 characters' }
}

/** Reads what to probe: an address, or a host name that the system looks up. */
export function readCheckAddress(text: string): string | Fault {
  const octets = parseAddress(text)
  if (octets) return printAddress(octets)
  const isName = /^(?=.*[A-Za-z])([\w-]{1,63}\.)*[\w-]{1,63}\.?$/.test(text) && text.length <= 254
  return isName ? text : { fault: 'is neither an IP address nor a host name' }
}

/** Reads after how many answers a target is probed out of turn: `100 answers`. */
export function readEvery(text: string): number | Fault {
  const count = /^(\d{1,12}) answers?$/.exec(text)?.[1]
  if (count === undefined) return { fault: 'is not a number of answers, such as 1000 answers' }
  const answers = Number(count)
  return answers >= EVERY_MIN && answers <= EVERY_MAX
    ? answers
    : { fault: `is outside ${EVERY_MIN}–${EVERY_MAX} answers` }
}

/** Below this, whoever asks a lot would have a backend probed a lot. */
const EVERY_MIN = 10
const EVERY_MAX = 1_000_000_000

export function readCommand(text: string): string | Fault {
  return /^\/[^\0]{1,1023}$/.test(text)
    ? text
    : { fault: 'is not an absolute path; no shell looks for the program' }
}

export function readArgument(written: string | number): string | Fault {
  const text = String(written)
  return text.length <= 1_024 && !text.includes('\0')
    ? text
    : { fault: 'is longer than 1024 characters, or has a NUL in it' }
}

/** Reads the name of a gRPC service, which fits one octet of length. */
export function readService(text: string): string | Fault {
  return /^[\w.-]{0,127}$/.test(text) ? text : { fault: 'is not a service such as shop.Cart' }
}
