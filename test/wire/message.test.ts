/**
 * Goal: a message is shown as what it is, and garbage is seen to be garbage.
 * Method: messages written out octet by octet, queries decoded again, and random octets.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decodeOption, parseSubnet, printOption, printSubnet } from '../../src/wire/edns-options.ts'
import { encodeQuery } from '../../src/wire/encode-query.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { printMessage, printRecord } from '../../src/wire/print-message.ts'
import { TYPE } from '../../src/wire/registry.ts'
import { octetsOf } from '../support/rdata.ts'

/** `www.example.test.` at offset 12, where the first name of a message is. */
const WWW = '03777777 076578616d706c65 0474657374 00'
const QUESTION = `${WWW} 0001 0001`
/** Pointers to the names above. */
const TO_WWW = 'c00c'
const TO_ZONE = 'c010'

/** A response with a name compressed in each place that may have one. */
const RESPONSE = octetsOf(`
  1234 8580 0001 0002 0001 0002
  ${QUESTION}
  ${TO_WWW} 0005 0001 0000001e 0006 03 776562 ${TO_ZONE}
  03 776562 ${TO_ZONE} 0001 0001 0000001e 0004 c0000201
  ${TO_ZONE} 0006 0001 00000e10 001b 02 6e73 ${TO_ZONE} ${TO_ZONE}
    00000001 00000e10 00000384 00093a80 0000012c
  ${TO_WWW} 0021 0001 0000001e 0008 0000 0001 1f90 ${TO_ZONE}
  00 0029 04d0 00 00 8000 0023
    0008 0007 0001 18 10 c00002
    0003 0003 6e7331
    000f 000d 0003 6c61737420676f6f640a00`)

describe('decoding', () => {
  it('spells out every name and prints every record in zone syntax', () => {
    const message = decodeMessage(RESPONSE)!
    expect(message).toMatchObject({ id: 0x1234, opcode: 0, rcode: 0, size: RESPONSE.length })
    expect(message.question).toEqual([{ name: 'www.example.test.', type: TYPE.A, class: 1 }])
    expect(message.answer.map(printRecord)).toEqual([
      'www.example.test. 30 IN CNAME web.example.test.',
      'web.example.test. 30 IN A 192.0.2.1',
    ])
    expect(message.authority.map(printRecord)).toEqual([
      'example.test. 3600 IN SOA ns.example.test. example.test. 1 3600 900 604800 300',
    ])
    expect(message.additional.map(printRecord)).toEqual([
      'www.example.test. 30 IN SRV 0 1 8080 example.test.',
    ])
    expect(message.flags).toEqual({
      ...{ qr: true, aa: true, tc: false, rd: true },
      ...{ ra: true, ad: false, cd: false },
    })
  })

  it('gives the options of EDNS their meaning', () => {
    const { edns } = decodeMessage(RESPONSE)!
    expect(edns).toMatchObject({ version: 0, payload: 1232, isDnssecOk: true })
    expect(edns?.options.map(printOption)).toEqual([
      'CLIENT-SUBNET: 192.0.2.0/24/16',
      'NSID: 6e 73 31 ("ns1")',
      'EDE: 3 (stale answer): last good.',
    ])
  })

  it('shows a message as dig does', () => {
    expect(printMessage(decodeMessage(RESPONSE)!)).toBe(
      [
        ';; opcode: QUERY, status: NOERROR, id: 4660',
        ';; flags: qr aa rd ra; QUESTION: 1, ANSWER: 2, AUTHORITY: 1, ADDITIONAL: 2',
        '',
        ';; OPT PSEUDOSECTION:',
        '; EDNS: version: 0, flags: do; udp: 1232',
        '; CLIENT-SUBNET: 192.0.2.0/24/16',
        '; NSID: 6e 73 31 ("ns1")',
        '; EDE: 3 (stale answer): last good.',
        '',
        ';; QUESTION SECTION:',
        ';www.example.test. IN A',
        '',
        ';; ANSWER SECTION:',
        'www.example.test. 30 IN CNAME web.example.test.',
        'web.example.test. 30 IN A 192.0.2.1',
        '',
        ';; AUTHORITY SECTION:',
        'example.test. 3600 IN SOA ns.example.test. example.test. 1 3600 900 604800 300',
        '',
        ';; ADDITIONAL SECTION:',
        'www.example.test. 30 IN SRV 0 1 8080 example.test.',
        '',
      ].join('\n'),
    )
  })

  it('joins the two parts of an extended RCODE (RFC 6891 §6.1.3)', () => {
    const badVersion = octetsOf('0000 8000 0000 0000 0000 0001  00 0029 04d0 01 00 0000 0000')
    const message = decodeMessage(badVersion)!
    expect(message.rcode).toBe(16)
    expect(printMessage(message)).toContain('status: BADVERS')
  })

  it('keeps RDATA that does not fit its type as octets', () => {
    const message = decodeMessage(
      octetsOf('0000 8000 0000 0001 0000 0000  00 0001 0001 00000000 0003 c00002'),
    )
    expect(message?.answer[0]?.text).toBe('\\# 3 c00002')
  })

  it.each([
    ['cut short in its header', '1234 0100 0001 0000 0000'],
    ['cut short in its question', `1234 0100 0001 0000 0000 0000 ${WWW} 0001`],
    ['without the record it counts', `1234 0100 0001 0001 0000 0000 ${QUESTION}`],
    ['with octets after its last record', `1234 0100 0001 0000 0000 0000 ${QUESTION} 00`],
    [
      'with RDATA past its end',
      '0000 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 c0000201',
    ],
    ['with a pointer to itself', '0000 0000 0001 0000 0000 0000 c00c 0001 0001'],
    ['with a pointer ahead', '0000 0000 0001 0000 0000 0000 c00e 00 0001 0001'],
    ['with a pointer cut short', '0000 0000 0001 0000 0000 0000 c0'],
    [
      'with pointers in a circle',
      '0000 0000 0002 0000 0000 0000 01 61 c00c 0001 0001 c010 0001 0001',
    ],
    ['with a label of a reserved kind', '0000 0000 0001 0000 0000 0000 40 0001 0001'],
    [
      'with two OPT records',
      `0000 0000 0000 0000 0000 0002 ${'00 0029 04d0 00000000 0000'.repeat(2)}`,
    ],
    [
      'with an option past its end',
      '0000 0000 0000 0000 0000 0001 00 0029 04d0 00000000 0004 0003 0001',
    ],
    [
      'with an OPT record below the root',
      '0000 0000 0000 0000 0000 0001 01 61 00 0029 04d0 00000000 0000',
    ],
  ])('refuses a message %s', (_what, hex) => {
    expect(decodeMessage(octetsOf(hex))).toBeUndefined()
  })

  it('refuses a name that pointers make longer than 255 octets', () => {
    // Each name is a label of 63 octets and a pointer to the name before it.
    const link = (target: number) =>
      `3f ${'61'.repeat(63)} ${(0xc000 + target).toString(16)} 0001 0001`
    const first = `3f ${'61'.repeat(63)} 00 0001 0001`
    const chain = [first, link(12), link(81), link(151)]
    const message = (count: number) =>
      octetsOf(`0000 0000 000${count} 0000 0000 0000 ${chain.slice(0, count).join(' ')}`)
    expect(decodeMessage(message(3))?.question[2]?.name).toHaveLength(192)
    expect(decodeMessage(message(4))).toBeUndefined()
  })

  it('never throws and always ends, whatever the octets are', () => {
    const random = fc.uint8Array({ maxLength: 200 })
    const changed = fc
      .array(fc.tuple(fc.nat(RESPONSE.length - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((changes) => {
        const octets = RESPONSE.slice()
        for (const [at, octet] of changes) octets[at] = octet
        return octets
      })
    fc.assert(
      fc.property(fc.oneof(random, changed), (octets) => {
        const message = decodeMessage(octets)
        if (message) expect(printMessage(message)).toContain('opcode')
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('a query', () => {
  it('is decoded as what was asked', () => {
    const subnet = parseSubnet('2001:db8:1:2ff::/58')!
    const message = decodeMessage(
      encodeQuery({
        name: 'www.example.test',
        type: TYPE.AAAA,
        id: 7,
        rd: true,
        edns: { payload: 4096, isDnssecOk: true, subnet, nsid: true },
      }),
    )!
    expect(message).toMatchObject({ id: 7, flags: { qr: false, rd: true } })
    expect(message.question).toEqual([{ name: 'www.example.test.', type: TYPE.AAAA, class: 1 }])
    expect(message.edns).toMatchObject({ payload: 4096, isDnssecOk: true })
    expect(message.edns?.options.map(printOption)).toEqual([
      'NSID:  ("")',
      'CLIENT-SUBNET: 2001:db8:1:2c0::/58/0',
    ])
  })

  it('has no OPT record unless asked to', () => {
    const octets = encodeQuery({ name: '.', type: TYPE.NS, id: 0xffff })
    expect(Buffer.from(octets).toString('hex')).toBe('ffff00000001000000000000' + '0000020001')
  })
})

describe('a client subnet (RFC 7871 §6)', () => {
  it.each([
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['192.0.2.77/32', '192.0.2.77/32'],
    ['192.0.2.77/0', '0.0.0.0/0'],
    ['2001:db8:ffff:ffff::1/49', '2001:db8:ffff:8000::/49'],
  ])('%s is the network %s', (text, network) => {
    expect(printSubnet(parseSubnet(text)!)).toBe(network)
  })

  it.each(['192.0.2.0', '192.0.2.0/33', '2001:db8::/129', '192.0.2/24', 'www/24', '192.0.2.0/'])(
    '%s is none',
    (text) => {
      expect(parseSubnet(text)).toBeUndefined()
    },
  )

  it.each([
    ['of no known family', '0003 18 00 c00002'],
    ['with a prefix longer than an address', '0001 21 00 c000020100'],
    ['with a scope longer than an address', '0001 18 21 c00002'],
    ['with an octet too few', '0001 18 00 c000'],
    ['with an octet too many', '0001 18 00 c0000201'],
    ['with bits after its prefix', '0001 17 00 c00003'],
    ['cut short', '0001 18'],
  ])('%s stays octets', (_what, hex) => {
    expect(decodeOption(8, octetsOf(hex)).kind).toBe('other')
  })
})
