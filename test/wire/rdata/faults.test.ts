/**
 * Goal: whatever is wrong in RDATA, the person hears which word it is and what it should have been.
 * Method: a table of slips with the word and the message; then, that nothing throws, whatever it is.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readRdata } from '../../../src/wire/rdata/read.ts'
import { rowOf } from '../../../src/wire/rdata/schema.ts'
import { TYPE } from '../../../src/wire/registry.ts'
import { faultOf } from '../../support/rdata.ts'

const SLIPS: readonly (readonly [string, number, string])[] = [
  ['A', 0, 'needs an IPv4 address'],
  ['A 192.0.2.1 192.0.2.2', 1, 'needs an IPv4 address; "192.0.2.2" is one word too many'],
  ['A "192.0.2.1"', 0, '"192.0.2.1" stands in quotes where an IPv4 address is needed'],
  ['A 192.0.2.256', 0, '"192.0.2.256" is not an IPv4 address (four numbers of 0–255)'],
  ['AAAA 192.0.2.1', 0, '"192.0.2.1" is not an IPv6 address'],
  ['NS a..b', 0, 'name server name "a..b" has an empty label'],
  ['MX 10', 1, 'needs a preference (0–65535) and a mail server name'],
  ['MX mail', 0, 'preference "mail" is not a number of 0–65535'],
  ['MX 65536 mail', 0, 'preference "65536" is not a number of 0–65535'],
  [
    'MX 10 mail backup',
    2,
    'needs a preference (0–65535) and a mail server name; "backup" is one word too many',
  ],
  ['SOA a b 1 2 3 4 x', 6, 'minimum TTL "x" is no time of 0–4294967295 seconds'],
  ['TXT', 0, 'needs one string or more'],
  [`TXT a ${'x'.repeat(256)}`, 1, 'string of 256 octets is longer than 255; split it'],
  [
    'TXT \\256',
    0,
    'string "\\256" has an escape that is neither \\DDD (000 to 255) nor \\ and a character',
  ],
  [
    'SRV 0 0',
    2,
    'needs a priority (0–65535), a weight (0–65535), a port (0–65535) and a target name',
  ],
  ['DS 1 NOPE 1 ab', 1, 'algorithm "NOPE" is neither 0–255 nor a known mnemonic'],
  ['DS 1 256 1 ab', 1, 'algorithm "256" is not a number of 0–255'],
  ['DS 1 8 1 abc', 3, 'digest ends within an octet'],
  ['DS 1 8 1 xy', 3, 'digest has something other than hexadecimal digits'],
  ['DNSKEY 256 3 8 AQ', 3, 'public key ends within an octet'],
  ['DNSKEY 256 3 8 AQ=A', 3, 'public key has something other than base64 digits'],
  ['DNSKEY 256 3 8 A===', 3, 'public key ends within an octet'],
  [
    'RRSIG A 5 3 60 20030230000000 0 1 a. AA==',
    4,
    'signature expiration "20030230000000" is neither YYYYMMDDHHmmSS (1970 to 2106) nor seconds ' +
      'since 1970',
  ],
  [
    'RRSIG NOPE 5 3 60 0 0 1 a. AA==',
    0,
    'type covered "NOPE" is neither a known type nor TYPE0–TYPE65535',
  ],
  ['NSEC a. A NOPE', 2, '"NOPE" is neither a known type nor TYPE0–TYPE65535'],
  ['NSEC3PARAM 1 0 0 abc', 3, 'salt ends within an octet'],
  ['NSEC3 1 0 0 - w A', 4, 'next hashed name has something other than base32hex digits'],
  ['NSEC3 1 0 0 - 2 A', 4, 'next hashed name ends within an octet'],
  ['ZONEMD 1 1 1 c68090d90a7aed716bc459', 3, 'digest of 11 octets is shorter than 12'],
  ['CERT NOPE 0 0 AA==', 0, 'certificate type "NOPE" is neither 0–65535 nor a known mnemonic'],
  ['CERT 65536 0 0 AA==', 0, 'certificate type "65536" is not a number of 0–65535'],
  ['L64 10 2001:db8::1', 1, 'locator "2001:db8::1" is not like xxxx:xxxx:xxxx:xxxx'],
  ['L64 10', 1, 'needs a preference (0–65535) and a locator like xxxx:xxxx:xxxx:xxxx'],
  ['NID 10 0:0:0:10000', 1, 'node identifier "0:0:0:10000" is not like xxxx:xxxx:xxxx:xxxx'],
  ['EUI48 00:00:5e:00:53:2a', 0, '"00:00:5e:00:53:2a" is not an address like xx-xx-xx-xx-xx-xx'],
  ['CAA 0 is-sue x', 1, 'property tag "is-sue" is not 1–255 letters and digits'],
  ['URI 10 1 ""', 2, 'target URI is empty'],
  ['LOC 91 N 0 E 0m', 0, 'needs a latitude of 0–90 degrees, like 42 21 54.5 N or S'],
  ['LOC 1 2 3 4 N 0 E 0m', 0, 'needs a latitude of 0–90 degrees, like 42 21 54.5 N or S'],
  ['LOC 0 N 181 E 0m', 2, 'needs a longitude of 0–180 degrees, like 42 21 54.5 E or W'],
  ['LOC 0 N 0 E', 4, 'needs an altitude, like 10m'],
  ['LOC 0 N 0 E -100001m', 4, 'altitude "-100001m" is not -100000m to 42849672.95m'],
  ['LOC 0 N 0 E 0m 1m x', 6, 'horizontal precision "x" is not 0m to 90000000m'],
  ['LOC 0 N 0 E 0m 1m 1m 1m 1m', 8, 'has a word after the vertical precision'],
  ['TYPE65280 abcd', 0, 'has no text form here; write \\#, its length and hexadecimal'],
  ['A \\#', 1, 'needs its length in octets after \\#'],
  ['A \\# x', 1, 'length "x" is not a number of 0–65535'],
  ['A \\# 4 0a0000', 1, 'declares 4 octets after \\# and has 3'],
  ['A \\# 4 0a00000102', 1, 'declares 4 octets after \\# and has 5'],
  ['A \\# 4 0a00000', 2, 'data after \\# has half an octet'],
  ['A \\# 4 0a00000x', 2, 'data after \\# is not all hexadecimal digits'],
  ['A \\# 3 0a0000', 0, 'octets after \\# do not fit an IPv4 address'],
  [
    'MX \\# 4 000ac00c',
    0,
    'octets after \\# do not fit a preference (0–65535) and a mail server name',
  ],
]

describe('a slip in', () => {
  it.each(SLIPS)('%s is in word %i: %s', (entry, token, message) => {
    expect(faultOf(entry)).toEqual({ token, message })
  })

  it('a long word is not repeated at full length', () => {
    expect(faultOf(`NS ${'a'.repeat(64)}`)?.message.length).toBeLessThan(150)
  })

  it('RDATA of more than 65535 octets is told its size', () => {
    const strings = `"${'x'.repeat(255)}" `.repeat(257)
    expect(faultOf(`TXT ${strings}`)?.message).toBe('takes 65792 octets, more than 65535')
  })
})

describe('reading', () => {
  const types = fc.constantFrom(...Object.values(TYPE).filter((type) => rowOf(type)), 65_280)
  const word = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .constantFrom('\\#', '4', '0a000001', '10', 'a', 'N', 'E', '0m', 'A', 'alpn=h2', '-')
      .map((text) => new TextEncoder().encode(text)),
  )

  it('never throws and always explains, whatever the words are', () => {
    const out = new Uint8Array(65_535)
    fc.assert(
      fc.property(
        types,
        fc.array(fc.tuple(word, fc.boolean()), { maxLength: 10 }),
        (type, words) => {
          const fault = { token: -1, message: '' }
          const length = readRdata(type, tokensOf(words), 0, new Uint8Array(1), out, fault)
          const isExplained =
            fault.message !== '' && fault.token >= 0 && fault.token <= words.length
          expect(length === -1 ? isExplained : length >= 0).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

function tokensOf(words: readonly (readonly [Uint8Array, boolean])[]) {
  const ends: number[] = []
  for (const [octets] of words) ends.push((ends.at(-1) ?? 0) + octets.length)
  return {
    text: Uint8Array.from(words.flatMap(([octets]) => [...octets])),
    count: words.length,
    start: Int32Array.from([0, ...ends]),
    end: Int32Array.from(ends),
    quoted: Uint8Array.from(words, ([, isQuoted]) => Number(isQuoted)),
  }
}
