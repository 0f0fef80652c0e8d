/**
 * Goal: an implementation that shares no line with ours sees the same records in the same octets.
 * Method: messages written by dns2 and read by us, and RDATA written by us and read by dns2, for the
 * types that dns2 knows and the values it handles: no dots or octets above 127 inside labels, no
 * IPv4 tail in IPv6, no string over 255 octets.
 */

import { Packet } from 'dns2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { printAddress } from '../../src/base/address.ts'
import { encodeQuery } from '../../src/wire/encode-query.ts'
import { parseSubnet, printOption } from '../../src/wire/edns-options.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { printRecord } from '../../src/wire/print-message.ts'
import { TYPE, typeName, typeNumber } from '../../src/wire/registry.ts'
import { octetsOf, wireOf } from '../support/rdata.ts'

const letter = fc.constantFrom(...'abcxyzABC0189-_')
const label = fc.string({ unit: letter, minLength: 1, maxLength: 20 })
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
const u16 = fc.integer({ min: 0, max: 0xffff })
const u31 = fc.integer({ min: 0, max: 0x7fff_ffff })
const string = fc.string({ unit: 'grapheme-ascii', maxLength: 80 })

/** What dns2 is told, and the zone text of it. */
const record = fc.oneof(
  address(4).map((octets) => [
    { type: TYPE.A, address: printAddress(octets) },
    printAddress(octets),
  ]),
  address(16).map((octets) => [{ type: TYPE.AAAA, address: groups(octets) }, printAddress(octets)]),
  name.map((ns) => [{ type: TYPE.NS, ns }, `${ns}.`]),
  name.map((domain) => [{ type: TYPE.CNAME, domain }, `${domain}.`]),
  name.map((domain) => [{ type: TYPE.PTR, domain }, `${domain}.`]),
  fc
    .tuple(u16, name)
    .map(([priority, exchange]) => [
      { type: TYPE.MX, priority, exchange },
      `${priority} ${exchange}.`,
    ]),
  fc
    .tuple(u16, u16, u16, name)
    .map(([priority, weight, port, target]) => [
      { type: TYPE.SRV, priority, weight, port, target },
      `${priority} ${weight} ${port} ${target}.`,
    ]),
  fc
    .array(string, { minLength: 1, maxLength: 4 })
    .map((data) => [{ type: TYPE.TXT, data }, data.map(quote).join(' ')]),
  fc
    .tuple(name, name, u31, u31, u31, u31, u31)
    .map(([primary, admin, serial, refresh, retry, expiration, minimum]) => [
      { type: TYPE.SOA, primary, admin, serial, refresh, retry, expiration, minimum },
      `${primary}. ${admin}. ${serial} ${refresh} ${retry} ${expiration} ${minimum}`,
    ]),
  fc
    .tuple(fc.constantFrom(0, 128), fc.constantFrom('issue', 'iodef'), string)
    .map(([flags, tag, value]) => [
      { type: TYPE.CAA, flags, tag, value },
      `${flags} ${tag} ${quote(value)}`,
    ]),
) as fc.Arbitrary<[{ type: number }, string]>

describe('what dns2 writes', () => {
  it('is what we read, through its compression', () => {
    const named = fc.tuple(name, u31, record)
    fc.assert(
      fc.property(name, fc.array(named, { maxLength: 6 }), (question, records) => {
        const packet = new Packet()
        packet.header = new Packet.Header({ id: 77, qr: 1, aa: 1 })
        packet.questions.push(new Packet.Question(question, TYPE.A, 1))
        for (const [owner, ttl, [fields]] of records) {
          packet.answers.push(new Packet.Resource({ name: owner, ttl, class: 1, ...fields }))
        }
        const message = decodeMessage(packet.toBuffer())
        expect(message?.question[0]?.name.toLowerCase()).toBe(`${question}.`.toLowerCase())
        expect(message?.answer.map((found) => printRecord(found).toLowerCase())).toEqual(
          // A pointer borrows the letters of an earlier name, and so perhaps their case.
          records.map(([owner, ttl, [{ type }, text]]) =>
            `${owner}. ${ttl} IN ${typeName(type)} ${text}`.toLowerCase(),
          ),
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('what we write', () => {
  it('is what dns2 reads', () => {
    fc.assert(
      fc.property(record, ([fields, text]) => {
        const rdata = octetsOf(wireOf(`${typeName(fields.type)} ${text}`))
        const found = Packet.Resource.decode(Buffer.from(asRecord(fields.type, rdata)))
        expect(found).toMatchObject(fields)
      }),
      { numRuns: 300 },
    )
  })

  it.each(['HTTPS 1 . alpn=h2', 'DS 1 8 2 abcd', 'NAPTR 1 2 "" "" "" .'])(
    'is raw data to dns2 in a type it does not know: %s',
    (entry) => {
      const rdata = octetsOf(wireOf(entry))
      const type = typeNumber(entry.split(' ')[0]!)!
      const found = Packet.Resource.decode(Buffer.from(asRecord(type, rdata)))
      expect(found.data).toEqual(Buffer.from(rdata))
    },
  )

  it('asks dns2 the same question, for the same subnet', () => {
    const subnet = parseSubnet('192.0.2.0/24')!
    const query = encodeQuery({
      name: 'www.example.test.',
      type: TYPE.SRV,
      id: 4711,
      rd: true,
      edns: { payload: 1232, isDnssecOk: true, subnet },
    })
    const packet = Packet.parse(Buffer.from(query))
    expect(packet.errors).toEqual([])
    expect(packet.header).toMatchObject({ id: 4711, qr: 0, rd: 1, opcode: 0 })
    expect(packet.questions).toMatchObject([{ name: 'www.example.test', type: TYPE.SRV, class: 1 }])
    expect(packet.additionals).toMatchObject([
      {
        type: TYPE.OPT,
        class: 1232,
        doFlag: true,
        rdata: [{ ednsCode: 8, family: 1, sourcePrefixLength: 24, ip: '192.0.2.0' }],
      },
    ])
    expect(printOption(decodeMessage(packet.toBuffer())!.edns!.options[0]!)).toBe(
      'CLIENT-SUBNET: 192.0.2.0/24/0',
    )
  })
})

function address(octets: 4 | 16): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: octets, maxLength: octets })
}

/** As dns2 prints IPv6 itself, so that its answer can be compared. */
function groups(octets: Uint8Array): string {
  return Packet.toIPv6(
    Array.from({ length: 8 }, (_, i) => octets[i * 2]! * 256 + octets[i * 2 + 1]!),
  )
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** A record of the root with a TTL of nought. */
function asRecord(type: number, rdata: Uint8Array): number[] {
  const length = rdata.length
  return [0, type >> 8, type & 255, 0, 1, 0, 0, 0, 0, length >> 8, length & 255, ...rdata]
}
