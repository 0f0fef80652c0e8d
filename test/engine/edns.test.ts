/**
 * Goal: EDNS is spoken to those who speak it, as RFC 6891, 7871, 5001 and 8914 say.
 * Method: one question, asked with every option; the OPT record of the answer is read.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'
import { subnetOctets } from '../support/request.ts'

const ZONE = `
@    60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@    60 NS  ns1.example.org.
www  60 A   192.0.2.1
`
const SERVER_ID = 'ns1.example.test'

const { ask } = authority({ 'example.test': ZONE }, { serverId: SERVER_ID })
const QUESTIONS = ['www.example.test A', 'nobody.example.test A', 'www.example.org A']

describe('OPT', () => {
  it.each(QUESTIONS)('answers OPT, and nothing else does: %s', (question) => {
    expect(ask(question).message.edns).toBeUndefined()
    expect(ask(question, { edns: true }).message.edns).toMatchObject({
      version: 0,
      payload: 1232,
      isDnssecOk: false,
    })
  })

  it('echoes DO (RFC 3225 §3) and no other flag', () => {
    expect(ask('www.example.test A', { do: true }).message.edns?.isDnssecOk).toBe(true)
    const { octets } = ask('www.example.test A', { do: true })
    expect([...octets.slice(-11)]).toEqual([0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0])
  })

  it('leaves an unknown option unanswered', () => {
    const manner = { options: [[65001, [1, 2, 3]]] as const }
    expect(ask('www.example.test A', manner).message.edns?.options).toEqual([])
  })
})

describe('an EDNS version above 0', () => {
  it.each([1, 2, 255])('is BADVERS with version 0: %i', (version) => {
    const { rcode, flags, answer, message } = ask('www.example.test A', { version })
    expect({ rcode, flags, answer }).toEqual({ rcode: 'BADVERS', flags: 'qr', answer: [] })
    expect(message.edns?.version).toBe(0)
    expect(message.question).toHaveLength(1)
  })
})

describe('a client subnet (RFC 7871)', () => {
  it.each([
    '192.0.2.0/24',
    '192.0.2.0/23',
    '198.51.100.7/32',
    '128.0.0.0/1',
    '0.0.0.0/0',
    '2001:db8::/56',
    '2001:db8::1/128',
    '::/0',
  ])('is echoed octet for octet with scope 0: %s', (subnet) => {
    const { octets, message } = ask('www.example.test A', { subnet })
    const data = subnetOctets(subnet)
    expect([...octets.slice(-data.length)]).toEqual(data)
    expect(message.edns?.options).toHaveLength(1)
  })

  it('of family 0 is echoed too', () => {
    const { octets } = ask('www.example.test A', { options: [[8, [0, 0, 0, 0]]] })
    expect([...octets.slice(-8)]).toEqual([0, 8, 0, 4, 0, 0, 0, 0])
  })

  it.each(QUESTIONS)('is echoed whatever comes of the question: %s', (question) => {
    const { edns } = ask(question, { subnet: '192.0.2.0/24' }).message
    expect(edns?.options[0]).toMatchObject({
      kind: 'subnet',
      subnet: { address: Uint8Array.of(192, 0, 2, 0), source: 24, scope: 0 },
    })
  })

  it('that did not come is not made up', () => {
    expect(ask('www.example.test A', { edns: true }).message.edns?.options).toEqual([])
  })
})

describe('NSID (RFC 5001)', () => {
  const octets = new TextEncoder().encode(SERVER_ID)

  it.each(QUESTIONS)('is the server’s name, for who asks for it: %s', (question) => {
    expect(ask(question, { nsid: true }).message.edns?.options[0]).toEqual({
      kind: 'nsid',
      code: 3,
      octets,
    })
    const { edns } = ask(question, { edns: true }).message
    expect(edns?.options.filter(({ kind }) => kind === 'nsid')).toEqual([])
  })

  it('is left out by a server without a name', () => {
    const nameless = authority({ 'example.test': ZONE })
    expect(nameless.ask('www.example.test A', { nsid: true }).message.edns?.options).toEqual([])
  })

  it('of any length fits beside a subnet and an extended error', () => {
    const { ask } = authority({ 'example.test': ZONE }, { serverId: 'n'.repeat(255) })
    const manner = { nsid: true, subnet: '2001:db8::1/128', payload: 512 }
    const kinds = ask('www.example.org A', manner).message.edns?.options.map(({ kind }) => kind)
    expect(kinds?.sort()).toEqual(['error', 'nsid', 'subnet'])
  })

  it('gives way where the longest question fills 512 octets', () => {
    const { ask } = authority({ 'example.test': ZONE }, { serverId: 'n'.repeat(255) })
    const longest = [63, 63, 63, 61].map((size) => 'x'.repeat(size)).join('.')
    const manner = { nsid: true, subnet: '2001:db8::1/128', payload: 512 }
    const { rcode, message } = ask(`${longest} A`, manner)
    expect(rcode).toBe('REFUSED')
    expect(message.edns?.options.map(({ kind }) => kind)).toEqual(['subnet', 'error'])
    expect(ask(`${longest} A`, { ...manner, tcp: true }).message.edns?.options).toHaveLength(3)
  })
})

describe('the payload of a datagram', () => {
  const wide = authority({
    'example.test': `${ZONE}${Array.from(
      { length: 100 },
      (_, host) => `wide 60 A 198.51.100.${host}\n`,
    ).join('')}`,
  })
  const exact = (octets: number) => {
    // Header and question are 12 + 23 octets, OPT 11, and each A record 16; EDE is allowed 6.
    const count = Math.floor((octets - 35 - 17) / 16)
    const rest = octets - 35 - 17 - count * 16
    return { count, rest }
  }

  it.each([0, 1, 511, 512])('announced as %i is 512 (RFC 6891 §6.2.3)', (payload) => {
    const narrow = wide.ask('wide.example.test A', { payload })
    expect(narrow.flags).toBe('qr aa tc')
    expect(narrow.octets.length).toBeLessThanOrEqual(512)
  })

  it.each([1233, 4096, 65535])('announced as %i is 1232 (DNS flag day 2020)', (payload) => {
    const { flags, octets } = wide.ask('wide.example.test A', { payload })
    expect(flags).toBe('qr aa tc')
    expect(octets.length).toBeLessThanOrEqual(1232)
  })

  it('is what was announced, to the octet', () => {
    const { count, rest } = exact(800)
    const { ask } = authority({
      'example.test': `${ZONE}${Array.from(
        { length: count },
        (_, host) => `wide 60 A 198.51.100.${host}\n`,
      ).join('')}`,
    })
    expect(ask('wide.example.test A', { payload: 800 - rest }).flags).toBe('qr aa')
    expect(ask('wide.example.test A', { payload: 799 - rest }).flags).toBe('qr aa tc')
  })

  it('does not bind a stream', () => {
    const { flags, answer } = wide.ask('wide.example.test A', { tcp: true, payload: 512 })
    expect([flags, answer.length]).toEqual(['qr aa', 100])
  })
})
