/** IPv4 and IPv6 addresses as fields; no string is made unless there is a fault to report. */

import { printAddress } from '../../base/address.ts'
import { readV4, readV6 } from '../../base/address-octets.ts'

import { fail, type Field, quoteWord } from './field.ts'

export const v4: Field = {
  expects: 'an IPv4 address',
  words: 'one',
  width: 4,
  read(tokens, token, _origin, out, at, fault) {
    if (readV4(tokens.text, tokens.start[token], tokens.end[token], out, at)) return at + 4
    const given = quoteWord(tokens, token)
    return fail(fault, token, `${given} is not an IPv4 address (four numbers of 0–255)`)
  },
  measure: (_octets, at, end) => (at + 4 <= end ? at + 4 : -1),
  print: (octets, at) => printAddress(octets.subarray(at, at + 4)),
}

export const v6: Field = {
  expects: 'an IPv6 address',
  words: 'one',
  width: 16,
  read(tokens, token, _origin, out, at, fault) {
    if (readV6(tokens.text, tokens.start[token], tokens.end[token], out, at)) return at + 16
    return fail(fault, token, `${quoteWord(tokens, token)} is not an IPv6 address`)
  },
  measure: (_octets, at, end) => (at + 16 <= end ? at + 16 : -1),
  print: (octets, at) => printAddress(octets.subarray(at, at + 16)),
}
