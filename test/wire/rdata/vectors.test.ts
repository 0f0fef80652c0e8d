/**
 * Goal: every type Rota knows has the octets that the rest of the world gives it.
 * Method: vectors made by BIND from the examples of the RFCs, read, printed and read again; then the
 * text that people see, where it is not the text they wrote.
 */

import { describe, expect, it } from 'vitest'

import { printRdata, validateRdata } from '../../../src/wire/rdata/print.ts'
import { rowOf } from '../../../src/wire/rdata/schema.ts'
import { TYPE, typeNumber } from '../../../src/wire/registry.ts'
import { octetsOf, reprint, wireOf } from '../../support/rdata.ts'
import { RDATA_VECTORS } from '../../vectors/rdata.ts'
import { SVCB_VECTORS } from '../../vectors/svcb.ts'

describe('the RDATA of', () => {
  it.each(RDATA_VECTORS)('%s: %s', (_source, entry, hex) => {
    expect(wireOf(entry)).toBe(hex)
    const type = entry.split(' ')[0]!
    expect(wireOf(`${type} ${reprint(entry)}`)).toBe(hex)
    expect(wireOf(`${type} \\# ${hex.length / 2} ${hex}`)).toBe(hex)
  })

  it('every type with a row is among the vectors', () => {
    const covered = new Set(
      [...RDATA_VECTORS, ...SVCB_VECTORS].map(([, entry]) => entry.split(' ')[0]),
    )
    const rows = Object.entries(TYPE).filter(([, type]) => rowOf(type))
    expect(rows.map(([name]) => name).filter((name) => !covered.has(name))).toEqual([])
  })
})

describe('printing', () => {
  it.each([
    ['A 192.0.2.1', '192.0.2.1'],
    ['AAAA 2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['NS ns1', 'ns1.example.test.'],
    ['CNAME a\\.b', 'a\\.b.example.test.'],
    ['TXT plain "two words" "a\\"b\\\\c" \\007', '"plain" "two words" "a\\"b\\\\c" "\\007"'],
    ['SOA @ \\@ 1 1h 5m 1w1d 60', 'example.test. \\@.example.test. 1 3600 300 691200 60'],
    ['LOC 42 21 54 N 71 06 18.25 W -24.5m', '42 21 54.000 N 71 6 18.250 W -24.50m 1m 10000m 10m'],
    ['DS 1 RSASHA256 1 AB CD', '1 8 1 abcd'],
    [
      'RRSIG A 5 3 1d 1048354263 0 1 @ AA==',
      'A 5 3 86400 20030322173103 19700101000000 1 example.test. AA==',
    ],
    ['NSEC a. TYPE65535 MX A A', 'a. A MX TYPE65535'],
    ['NSEC a.', 'a.'],
    ['CERT pgp 1 rsasha1 AA==', '3 1 5 AA=='],
    ['L64 10 2001:DB8:0:1', '10 2001:0db8:0000:0001'],
    ['CAA 0 Issue ca.example.org', '0 Issue "ca.example.org"'],
    ['TYPE65280 \\# 2 AB cd', '\\# 2 abcd'],
  ])('shows %s as %s', (entry, text) => {
    expect(reprint(entry)).toBe(text)
  })

  it.each([
    ['A', 'c00002', '\\# 3 c00002'],
    ['A', 'c000020100', '\\# 5 c000020100'],
    ['MX', '000ac00c', '\\# 4 000ac00c'],
    ['TXT', '', '\\# 0'],
    ['TXT', '0561', '\\# 2 0561'],
    ['NSEC', '000001', '\\# 3 000001'],
    ['NSEC', '0000024000', '\\# 5 0000024000'],
    ['ZONEMD', '000000010101c68090d90a7aed716bc459', '\\# 17 000000010101c68090d90a7aed716bc459'],
    ['CAA', '00022d2d78', '\\# 5 00022d2d78'],
  ])('shows %s octets %s that do not fit as %s (RFC 3597 §5)', (type, hex, text) => {
    const number = typeNumber(type)!
    expect(validateRdata(number, octetsOf(hex), 0, hex.length / 2)).toBe(false)
    expect(printRdata(number, octetsOf(hex))).toBe(text)
  })

  it('takes no name for one that is longer than a name may be (RFC 1035 §3.1)', () => {
    const label = (octets: number) =>
      `${octets.toString(16).padStart(2, '0')}${'61'.repeat(octets)}`
    const name = (...labels: number[]) => octetsOf(`${labels.map(label).join('')}00`)
    expect(printRdata(TYPE.NS, name(63, 63, 63, 61))).toMatch(/^a/)
    expect(printRdata(TYPE.NS, name(63, 63, 63, 62))).toMatch(/^\\# 256 /)
    expect(printRdata(TYPE.NS, name(64))).toMatch(/^\\# 66 /)
  })

  it('shows only the octets it is given', () => {
    expect(printRdata(TYPE.A, octetsOf('ffff c0000201 ffff'), 2, 4)).toBe('192.0.2.1')
  })
})
