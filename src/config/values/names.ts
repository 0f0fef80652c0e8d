/** Names as the operator writes them: with or without the final dot, in any case, ASCII alone. */

import { domainToASCII } from 'node:url'

import { foldName, nameFault, parseName, printName, ROOT } from '../../wire/name.ts'

import { type Fault, isFault } from './values.ts'

const STAR = 0x2a

/** Reads a name as absolute, whether or not it ends in a dot; the octets are lower-case. */
export function readDomainName(text: string): Uint8Array | Fault {
  if (text === '' || text === '@') return { fault: 'is not a name' }
  if (/[\s\p{Cc}]/u.test(text)) return { fault: 'has white space in it' }
  if (/[^!-~]/.test(text)) return { fault: `is not ASCII${spelling(text)}` }
  const octets = parseName(text, ROOT)
  return typeof octets === 'number' ? { fault: nameFault(octets) } : foldName(octets)
}

/** Reads a name that may begin with the label `*`, and has it nowhere else (RFC 4592 §2.1.1). */
export function readBalancedName(text: string): Uint8Array | Fault {
  const octets = readDomainName(text)
  if (isFault(octets)) return octets
  for (let at = octets[0] + 1; at < octets.length; at += octets[at] + 1) {
    if (octets[at] === 1 && octets[at + 1] === STAR) {
      return { fault: 'has a * that is not its first label, so it is no wildcard' }
    }
  }
  return octets
}

/** Returns a way from a name to the zone that answers for it: the longest of those that hold it. */
export function zoneFinder<Zone extends { readonly apex: Uint8Array }>(zones: readonly Zone[]) {
  const byApex = new Map(zones.map((zone) => [nameKey(zone.apex), zone]))
  const lengths = new Set(zones.map(({ apex }) => apex.length))
  return (name: Uint8Array): Zone | undefined => {
    for (let at = 0; ; at += name[at] + 1) {
      const mayBeApex = lengths.has(name.length - at)
      const zone = mayBeApex ? byApex.get(nameKey(name.subarray(at))) : undefined
      if (zone || name[at] === 0) return zone
    }
  }
}

/** Prints a name for messages: as people write it, without the final dot. */
export function showName(octets: Uint8Array): string {
  const text = printName(octets)
  return text === '.' ? text : text.slice(0, -1)
}

/** The name one label up; the root's parent is the root. */
export function parentOf(name: Uint8Array): Uint8Array {
  return name[0] === 0 ? name : name.subarray(name[0] + 1)
}

/** The same text for the same name, whatever the case. */
export function nameKey(octets: Uint8Array): string {
  const { buffer, byteOffset, length } = foldName(octets)
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}

function spelling(text: string): string {
  const ascii = domainToASCII(text)
  return ascii === '' ? '' : `; write ${ascii}`
}
