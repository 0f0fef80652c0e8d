/**
 * Goal: a name that is not there and a type that is not there are told apart, and for how long.
 * Method: one zone of a few lines, asked for what it lacks.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const ZONE = `
$TTL 3600
@       SOA ns1 hostmaster 2026112101 7200 3600 1209600 300
        NS  ns1
ns1     A   192.0.2.53
www     A   192.0.2.1
a.b.c   TXT "three labels down"
`
const SOA =
  'example.test. 300 IN SOA ns1.example.test. hostmaster.example.test. ' +
  '2026112101 7200 3600 1209600 300'

const { ask } = authority({ 'example.test': ZONE })

describe('an authoritative answer', () => {
  it.each(['www.example.test A', 'www.example.test MX', 'nobody.example.test A'])(
    'to %s has AA and neither RA nor TC',
    (question) => {
      expect(ask(question).flags).toBe('qr aa')
    },
  )

  it('holds the records asked for and nothing beside them', () => {
    expect(ask('www.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      answer: ['www.example.test. 3600 IN A 192.0.2.1'],
      authority: [],
      additional: [],
    })
  })
})

describe('a type that a name does not have', () => {
  it.each([
    ['a name with other types', 'www.example.test MX'],
    ['the apex', 'example.test A'],
    ['an empty non-terminal', 'b.c.example.test A'],
    ['an empty non-terminal higher up', 'c.example.test TXT'],
    ['a type nobody has met', 'www.example.test TYPE65280'],
    ['a DS where no cut is', 'www.example.test DS'],
  ])('is no data at %s: NOERROR, no answer, and the SOA', (_, question) => {
    expect(ask(question)).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [],
      authority: [SOA],
      additional: [],
    })
  })
})

describe('a name that does not exist', () => {
  it.each([
    'nobody.example.test A',
    'nobody.example.test ANY',
    'below.www.example.test A',
    'x.a.b.c.example.test TXT',
    'x.b.c.example.test TXT',
    'wwww.example.test A',
    'ww.example.test A',
  ])('makes %s NXDOMAIN with the SOA', (question) => {
    expect(ask(question)).toMatchObject({
      rcode: 'NXDOMAIN',
      flags: 'qr aa',
      answer: [],
      authority: [SOA],
    })
  })
})

describe('the time that a negative answer may be kept (RFC 2308 §3)', () => {
  it.each([
    { ttl: 3600, minimum: 60, kept: 60 },
    { ttl: 60, minimum: 3600, kept: 60 },
    { ttl: 90, minimum: 90, kept: 90 },
    { ttl: 0, minimum: 3600, kept: 0 },
    { ttl: 3600, minimum: 0, kept: 0 },
    { ttl: 2147483647, minimum: 2147483646, kept: 2147483646 },
  ])('is $kept for a SOA with TTL $ttl and MINIMUM $minimum', ({ ttl, minimum, kept }) => {
    const zone = `@ ${ttl} SOA ns1 hostmaster 1 2 3 4 ${minimum}\n@ ${ttl} NS ns1.example.org.\n`
    const server = authority({ 'example.test': zone })
    const denied = server.ask('nobody.example.test A').message.authority
    const empty = server.ask('example.test MX').message.authority
    expect([...denied, ...empty].map((soa) => soa.ttl)).toEqual([kept, kept])
  })

  it('leaves the SOA its own TTL where it was asked for', () => {
    expect(ask('example.test SOA').message.answer[0]!.ttl).toBe(3600)
  })
})

describe('an RRset', () => {
  const server = authority({
    'example.test': `${ZONE}
set 600 A 192.0.2.3
set 60  A 192.0.2.1
www 30  TXT "one TTL does not touch another RRset's"
set 300 A 192.0.2.2
set 300 A 192.0.2.1
SET 300 A 192.0.2.3
`,
  })

  it('has each record once, in the order of the file, under its lowest TTL (RFC 2181 §5)', () => {
    expect(server.ask('set.example.test A').answer).toEqual([
      'set.example.test. 60 IN A 192.0.2.3',
      'set.example.test. 60 IN A 192.0.2.1',
      'set.example.test. 60 IN A 192.0.2.2',
    ])
    expect(server.ask('www.example.test A').message.answer[0]!.ttl).toBe(3600)
  })

  it('of an unknown type is answered octet for octet (RFC 3597)', () => {
    const odd = authority({
      'example.test': `${ZONE}\nodd TYPE65280 \\# 4 c00c0001\nodd TYPE65280 \\# 0\n`,
    })
    expect(odd.ask('odd.example.test TYPE65280').answer).toEqual([
      'odd.example.test. 3600 IN TYPE65280 \\# 4 c00c0001',
      'odd.example.test. 3600 IN TYPE65280 \\# 0',
    ])
  })
})
