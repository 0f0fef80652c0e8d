/**
 * Goal: what cannot be parsed is FORMERR, without harm, and what merely looks odd is answered.
 * Method: packets made by hand from one good request, each spoilt in one way.
 */

import { describe, expect, it } from 'vitest'

import { decodeMessage } from '../../src/wire/message.ts'
import { answer } from '../../src/engine/answer.ts'
import { createClient } from '../../src/engine/world.ts'

import { authority } from '../support/authority.ts'
import { optOctets, questionOctets, requestFor, u16 } from '../support/request.ts'

const { engine, answerOctets } = authority({
  'example.test': `
@    60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@    60 NS  ns1.example.org.
www  60 A   192.0.2.1
`,
})

const FORMERR = 1
const QUESTION = questionOctets('www.example.test A')
const TAIL = [0, 1, 0, 1] // A IN
const OPT = optOctets({})

interface Parts {
  readonly counts?: readonly [number, number, number, number]
  readonly question?: readonly number[]
  /** Everything after the question. */
  readonly rest?: readonly number[]
}

function packet({ counts = [1, 0, 0, 0], question = QUESTION, rest = [] }: Parts): Uint8Array {
  const header = [0xbeef, 0, ...counts].flatMap(u16)
  return Uint8Array.from([...header, ...question, ...rest])
}

/** A label of `size` octets. */
function label(size: number): number[] {
  return [size, ...new Array<number>(size).fill(0x61)]
}

function withOpt(opt: readonly number[], more: Partial<Parts> = {}): Parts {
  return { counts: [1, 0, 0, 1], rest: opt, ...more }
}

function subnet(...octets: number[]): Parts {
  return withOpt(optOctets({ options: [[8, octets]] }))
}

/** OPT whose RDLENGTH says `length` while its data are these. */
function optOfLength(length: number, data: readonly number[]): number[] {
  const opt = optOctets({})
  return [...opt.slice(0, 9), ...u16(length), ...data]
}

const A_RECORD = [0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]

const SPOILT: Record<string, Parts> = {
  'no question': { counts: [0, 0, 0, 0], question: [] },
  'no question, though one stands there': { counts: [0, 0, 0, 0] },
  'two questions': { counts: [2, 0, 0, 0], rest: QUESTION },
  'a question counted 256 times': { counts: [256, 0, 0, 0] },
  'a question without its name’s end': { question: [3, 0x77, 0x77, 0x77] },
  'a name that is a pointer to itself': { question: [0xc0, 0x0c, ...TAIL] },
  'a name that is a pointer forward': { question: [0xc0, 0x0e, 0, ...TAIL] },
  'a name that ends in a pointer': { question: [3, 0x77, 0x77, 0x77, 0xc0, 0x0c, ...TAIL] },
  'a label of 64 octets': { question: [...label(64), 0, ...TAIL] },
  'a label of type 10': { question: [0x80, 1, 0, ...TAIL] },
  'a label longer than the packet': { question: [63, 0x61, 0x61] },
  'a name of 256 octets': {
    question: [...[63, 63, 63, 62].flatMap(label), 0, ...TAIL],
  },
  'a name of 128 labels': {
    question: [...Array.from({ length: 128 }, () => label(1)).flat(), 0, ...TAIL],
  },
  'an answer': { counts: [1, 1, 0, 0], rest: A_RECORD },
  'an authority': { counts: [1, 0, 1, 0], rest: A_RECORD },
  'an additional record that is not there': { counts: [1, 0, 0, 1] },
  'an additional record more than there are': { counts: [1, 0, 0, 2], rest: OPT },
  'two OPT': { counts: [1, 0, 0, 2], rest: [...OPT, ...OPT] },
  'two OPT with a record between': { counts: [1, 0, 0, 3], rest: [...OPT, ...A_RECORD, ...OPT] },
  'an OPT whose name is not the root': withOpt([1, 0x61, ...OPT]),
  'an OPT whose name is a pointer': withOpt([0xc0, 0x0c, ...OPT.slice(1)]),
  'an OPT longer than the packet': withOpt(optOfLength(1, [])),
  'an option without its length': withOpt(optOfLength(3, [0, 3, 0])),
  'an option of one octet': withOpt(optOfLength(1, [0])),
  'an option longer than the OPT': withOpt(optOfLength(4, [0, 3, 0, 1])),
  'an option longer than the packet': withOpt(optOfLength(4, [0, 10, 0xff, 0xff])),
  'a subnet of no octets': subnet(),
  'a subnet of three octets': subnet(0, 1, 24),
  'a subnet of family 3': subnet(0, 3, 8, 0, 192),
  'a subnet of family 257': subnet(1, 1, 8, 0, 192),
  'a subnet of family 0 with a prefix': subnet(0, 0, 8, 0, 192),
  'an IPv4 subnet of 33 bits': subnet(0, 1, 33, 0, 192, 0, 2, 1, 0),
  'an IPv6 subnet of 129 bits': subnet(0, 2, 129, 0, ...new Array<number>(17).fill(0)),
  'a subnet with too few octets': subnet(0, 1, 24, 0, 192, 0),
  'a subnet with too many octets': subnet(0, 1, 24, 0, 192, 0, 2, 0),
  'a subnet of no bits with an octet': subnet(0, 1, 0, 0, 0),
  'a subnet with bits set after its prefix': subnet(0, 1, 20, 0, 192, 0, 0x1f),
  'a subnet with a scope': subnet(0, 1, 24, 24, 192, 0, 2),
  'a second subnet that is bad': withOpt(
    optOctets({ subnet: '192.0.2.0/24', options: [[8, [0, 3, 0, 0]]] }),
  ),
}

describe('a packet with', () => {
  it.each(Object.entries(SPOILT))('%s is FORMERR', (_, parts) => {
    const request = packet(parts)
    const reply = decodeMessage(answerOctets(request, { edns: true }))
    expect(reply).toMatchObject({
      id: 0xbeef,
      rcode: FORMERR,
      flags: { qr: true, aa: false, tc: false, ra: false },
      answer: [],
      authority: [],
      additional: [],
    })
    // What could not be read is not sent back: nobody's octets are reflected.
    expect(reply!.edns?.options ?? []).toEqual([])
    expect(reply!.size).toBeLessThanOrEqual(Math.max(12, request.length + OPT.length))
  })
})

describe('a request cut short', () => {
  const request = requestFor('www.example.test A', {
    subnet: '2001:db8::/56',
    nsid: true,
    options: [[10, [1, 2, 3, 4, 5, 6, 7, 8]]],
  })

  it.each(Array.from({ length: request.length - 12 }, (_, index) => index + 12))(
    'after %i octets is FORMERR',
    (length) => {
      const reply = decodeMessage(answerOctets(request.slice(0, length), { edns: true }))
      expect(reply).toMatchObject({ id: 0x1234, rcode: FORMERR, answer: [], authority: [] })
    },
  )

  it('is judged without what an earlier request left behind it in the buffer', () => {
    const out = new Uint8Array(1232)
    for (let length = 12; length < request.length; length++) {
      const size = answer(engine, request, length, createClient(false), out)
      expect(out.slice(0, size)).toEqual(answerOctets(request.slice(0, length), { edns: true }))
    }
  })
})

describe('what is odd, but can be read, is answered:', () => {
  it.each<[string, Parts]>([
    ['a label of 63 octets', { question: [...label(63), 0, ...TAIL] }],
    ['a name of 255 octets', { question: [...[63, 63, 63, 61].flatMap(label), 0, ...TAIL] }],
    [
      'a name of 127 labels',
      { question: [...Array.from({ length: 127 }, () => label(1)).flat(), 0, ...TAIL] },
    ],
    ['a record beside the OPT', { counts: [1, 0, 0, 2], rest: [...A_RECORD, ...OPT] }],
    [
      'a record whose name is compressed',
      { counts: [1, 0, 0, 2], rest: [0xc0, 0x0c, ...A_RECORD.slice(1), ...OPT] },
    ],
    ['an unknown option', withOpt(optOctets({ options: [[65001, [1, 2, 3]]] }))],
    ['an empty unknown option', withOpt(optOctets({ options: [[65001, []]] }))],
    ['unknown EDNS flags', withOpt([...OPT.slice(0, 7), 0x7f, 0xff, ...OPT.slice(9)])],
    ['an upper RCODE in a query', withOpt([...OPT.slice(0, 5), 0xff, ...OPT.slice(6)])],
    ['a subnet of family 0 without a prefix', subnet(0, 0, 0, 0)],
    ['all 32 bits of an IPv4 subnet', subnet(0, 1, 32, 0, 192, 0, 2, 1)],
    ['all 128 bits of an IPv6 subnet', subnet(0, 2, 128, 0, ...new Array<number>(16).fill(1))],
  ])('%s', (_, parts) => {
    const reply = decodeMessage(answerOctets(packet(parts), { edns: true }))
    expect(reply?.id).toBe(0xbeef)
    expect([0, 3, 5]).toContain(reply?.rcode)
  })
})
