/**
 * Goal: the header says what was asked and what came of it, and what is no query gets no answer
 * that could do harm.
 * Method: the same small zone, asked in every manner; header octets changed by hand.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'

const { ask, answerOctets } = authority({
  'example.test': `
@    60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@    60 NS  ns1.example.org.
www  60 A   192.0.2.1
`,
})

const QR = 0x80
const EDE_NOT_AUTHORITATIVE = { kind: 'error', code: 15, info: 20, text: '' }
const EDE_NOT_SUPPORTED = { kind: 'error', code: 15, info: 21, text: '' }

describe('an answer repeats', () => {
  it.each([0, 1, 0x8000, 0xffff])('the ID %i', (id) => {
    expect(ask('www.example.test A', { id }).message.id).toBe(id)
  })

  it.each([
    ['WwW.eXaMpLe.TeSt', 'NOERROR'],
    ['NoBoDy.example.TEST', 'NXDOMAIN'],
    ['wWw.EXAMPLE.org', 'REFUSED'],
  ])('the question in its own case: %s', (name, rcode) => {
    const reply = ask(`${name} A`)
    expect(reply.message.question).toEqual([{ name: `${name}.`, type: 1, class: 1 }])
    expect(reply.rcode).toBe(rcode)
  })

  it.each([
    [{ rd: true }, 'qr aa rd'],
    [{ cd: true }, 'qr aa cd'],
    [{ rd: true, cd: true }, 'qr aa rd cd'],
    [{ ad: true }, 'qr aa'],
  ])('RD and CD, but never promises RA or AD: %o', (manner, flags) => {
    expect(ask('www.example.test A', manner).flags).toBe(flags)
  })

  it('names without case: the answer is found whatever the question’s letters', () => {
    expect(ask('WWW.EXAMPLE.TEST A').answer).toEqual(['WWW.EXAMPLE.TEST. 60 IN A 192.0.2.1'])
  })
})

describe('a question outside our zones', () => {
  it.each([
    'www.example.org A',
    'test A',
    '. NS',
    'notexample.test A',
    'www.example.test.example.org A',
    'example.test.org A',
  ])('is refused: %s', (question) => {
    expect(ask(question)).toMatchObject({
      rcode: 'REFUSED',
      flags: 'qr',
      answer: [],
      authority: [],
      additional: [],
    })
  })

  it('is refused with the reason, for those who speak EDNS (RFC 8914 §4.21)', () => {
    expect(ask('www.example.org A', { edns: true }).message.edns?.options).toEqual([
      EDE_NOT_AUTHORITATIVE,
    ])
    expect(ask('www.example.org A').message.edns).toBeUndefined()
  })

  it.each(['example.test AXFR', 'example.test IXFR', 'www.example.test TYPE0', '. TYPE249'])(
    'is refused too where the type is no data: %s',
    (question) => {
      expect(ask(question)).toMatchObject({ rcode: 'REFUSED', answer: [] })
    },
  )

  it('says of such a type that it is not supported', () => {
    expect(ask('example.test AXFR', { edns: true }).message.edns?.options).toEqual([
      EDE_NOT_SUPPORTED,
    ])
  })

  it.each(['www.example.test HS A', 'www.example.test ANY A', 'www.example.test NONE A'])(
    'is refused where the class is not ours: %s',
    (question) => {
      expect(ask(question)).toMatchObject({ rcode: 'REFUSED', flags: 'qr', answer: [] })
    },
  )
})

describe('what is not a query', () => {
  it('is met with silence where it is a response (RFC 1035 §7.3)', () => {
    for (const opcode of [0, 1, 4, 5, 15]) {
      const response = requestFor('www.example.test A', { opcode })
      response[2]! |= QR
      expect(answerOctets(response)).toHaveLength(0)
    }
  })

  it('is met with silence where it is shorter than a header', () => {
    const request = requestFor('www.example.test A')
    for (let length = 0; length < 12; length++) {
      expect(answerOctets(request.slice(0, length))).toHaveLength(0)
    }
  })

  it.each(Array.from({ length: 15 }, (_, index) => index + 1))(
    'is NOTIMP where its opcode is %i, with the opcode and the question',
    (opcode) => {
      const { rcode, flags, message } = ask('www.example.test A', { opcode, rd: true })
      expect({ rcode, flags, opcode: message.opcode }).toEqual({
        rcode: 'NOTIMP',
        flags: 'qr rd',
        opcode,
      })
      expect(message.question).toHaveLength(1)
    },
  )
})

describe('a request that is no query, but speaks EDNS', () => {
  const OTHER = { opcode: 5, edns: true } as const

  it('hears that its opcode is not supported in an OPT (RFC 6891 §6.1.1)', () => {
    const { rcode, message } = ask('www.example.test A', OTHER)
    expect(rcode).toBe('NOTIMP')
    expect(message.edns?.options).toEqual([EDE_NOT_SUPPORTED])
  })

  it('hears of its version first', () => {
    expect(ask('www.example.test A', { opcode: 5, version: 1 }).rcode).toBe('BADVERS')
  })

  it.each([
    ['cannot be read', (octets: Uint8Array) => octets.subarray(0, octets.length - 1)],
    ['is announced and absent', (octets: Uint8Array) => octets.with(11, 2)],
    ['comes after other sections', (octets: Uint8Array) => octets.with(9, 1)],
  ])('is NOTIMP without OPT where that %s', (_, spoil) => {
    const request = spoil(requestFor('www.example.test A', { ...OTHER, subnet: '192.0.2.0/24' }))
    const octets = answerOctets(request)
    expect({ rcode: octets[3]! & 0x0f, additional: octets[11] }).toEqual({
      rcode: 4,
      additional: 0,
    })
  })
})

describe('one engine', () => {
  it('carries nothing from one answer into the next', () => {
    const long = `${'x'.repeat(63)}.${'y'.repeat(63)}.example.test`
    const first = ask('www.example.test A').octets
    ask(`${long} A`, { subnet: '192.0.2.0/24', do: true, nsid: true, payload: 4096 })
    ask('example.test AXFR', { edns: true })
    ask('www.example.test A', { version: 1 })
    expect(ask('www.example.test A').octets).toEqual(first)
  })
})
