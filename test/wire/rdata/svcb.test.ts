/**
 * Goal: SVCB and HTTPS records are what RFC 9460 says, and a slip is refused where it stands.
 * Method: all vectors of appendix D, good and bad, then the rules that it has no figure for.
 */

import { describe, expect, it } from 'vitest'

import { printRdata, validateRdata } from '../../../src/wire/rdata/print.ts'
import { TYPE } from '../../../src/wire/registry.ts'
import { faultOf, octetsOf, reprint, wireOf } from '../../support/rdata.ts'
import { SVCB_FAILURES, SVCB_VECTORS } from '../../vectors/svcb.ts'

describe('RFC 9460 appendix D', () => {
  it.each(SVCB_VECTORS)('%s: %s', (_figure, entry, hex) => {
    expect(wireOf(entry)).toBe(hex)
    expect(wireOf(`SVCB ${reprint(entry)}`)).toBe(hex)
  })

  it.each(SVCB_FAILURES)('%s is refused', (_figure, entry) => {
    expect(faultOf(entry)?.token).toBeGreaterThanOrEqual(2)
  })
})

describe('a parameter', () => {
  it.each([
    ['alpn="h3,h2"', 'alpn="h3,h2"'],
    ['alpn=h3 no-default-alpn', 'alpn="h3" no-default-alpn'],
    ['no-default-alpn= alpn=h3', 'alpn="h3" no-default-alpn'],
    ['ipv4hint="192.0.2.1,192.0.2.2"', 'ipv4hint=192.0.2.1,192.0.2.2'],
    ['ech=AEj+DQ==', 'ech=AEj+DQ=='],
    ['dohpath=/dns-query{?dns}', 'dohpath="/dns-query{?dns}"'],
    ['ohttp', 'ohttp'],
    ['key667', 'key667'],
    ['key667=""', 'key667'],
    ['key667="a b"', 'key667="a b"'],
    ['key3=\\000\\053', 'port=53'],
    ['key1=\\002h2', 'alpn="h2"'],
    ['key65535=x', 'key65535="x"'],
  ])('written %s prints as %s', (written, printed) => {
    expect(reprint(`HTTPS 1 . ${written}`)).toBe(`1 . ${printed}`)
  })

  it.each([
    ['foo=bar', 2, 'parameter "foo=bar" has neither a known key nor keyNNNNN'],
    ['port=53 KEY7=x', 3, 'parameter "KEY7=x" has neither a known key nor keyNNNNN'],
    ['key07=x', 2, 'parameter "key07=x" has neither a known key nor keyNNNNN'],
    ['key65536=x', 2, 'parameter "key65536=x" has neither a known key nor keyNNNNN'],
    ['"port=53"', 2, 'parameter "port=53" has neither a known key nor keyNNNNN'],
    ['port=65536', 2, 'parameter port needs a number of 0–65535'],
    ['port=""', 2, 'parameter port needs a number of 0–65535'],
    ['key3=53x', 2, 'parameter key3 needs a number of 0–65535'],
    ['alpn=h2,,h3', 2, 'parameter alpn needs a list of protocol names of 1–255 octets'],
    ['alpn="h2\\\\x"', 2, 'parameter alpn needs a list of protocol names of 1–255 octets'],
    ['alpn=\\999', 2, 'parameter alpn needs a list of protocol names of 1–255 octets'],
    ['alpn= "h2"', 2, 'parameter alpn needs a list of protocol names of 1–255 octets'],
    ['ipv4hint=192.0.2.1,2001:db8::1', 2, 'parameter ipv4hint needs a list of IPv4 addresses'],
    ['ech=AEj', 2, 'parameter ech needs an ECHConfigList in base64'],
    ['dohpath=', 2, 'parameter dohpath needs a value'],
    ['port=53 port=54', 3, 'parameter port is given twice'],
    ['port=53 key3=\\000\\053', 3, 'parameter port is given twice'],
    ['port=53 mandatory=port,alpn', 3, 'parameter alpn is mandatory and missing'],
    ['no-default-alpn', 2, 'parameter no-default-alpn needs parameter alpn beside it'],
  ])('written %s is at fault in word %i: %s', (written, token, message) => {
    expect(faultOf(`HTTPS 1 . ${written}`)).toEqual({ token, message })
  })

  it.each([
    ['keys out of order', '000100 00040004c0000201 000300020035'],
    ['a key twice', '000100 000300020035 000300020035'],
    ['a value cut short', '000100 000300020'],
    ['a header cut short', '000100 0003'],
    ['a port of three octets', '000100 00030003003500'],
    ['an empty protocol name', '000100 0001000100'],
    ['a protocol name cut short', '000100 00010002056'],
    ['half an address', '000100 00040002c000'],
    ['mandatory keys out of order', '000100 0000000400040001 000100020161 00040004c0000201'],
    ['a mandatory key that is missing', '000100 000000020003'],
    ['no-default-alpn without alpn', '000100 00020000'],
  ])('on the wire may not have %s', (_what, hex) => {
    const octets = octetsOf(hex)
    expect(validateRdata(TYPE.SVCB, octets, 0, octets.length)).toBe(false)
    expect(printRdata(TYPE.SVCB, octets)).toMatch(/^\\# /)
  })
})
