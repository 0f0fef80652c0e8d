/**
 * Goal: whatever the octets, the engine answers with silence or with a message that the asker can
 * read and knows for its own; it never throws and never writes where it may not.
 * Method: any octets at all; then valid requests of every kind, spoilt by dice with a fixed seed.
 * ROTA_FUZZ_COUNT sets how many (200,000 if unset) and ROTA_FUZZ_SEED the dice.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createDice, roll } from '../../src/base/random.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { answer, MESSAGE_OCTETS_MAX } from '../../src/engine/answer.ts'
import { type Client, createClient } from '../../src/engine/world.ts'

import { authority, opaqueRecord } from '../support/authority.ts'
import { spoil } from '../support/mutation.ts'
import { type Manner, requestFor } from '../support/request.ts'

const COUNT = Number(process.env['ROTA_FUZZ_COUNT'] ?? 200_000)
const SEED = Number(process.env['ROTA_FUZZ_SEED'] ?? 20_261_121)

const DATAGRAM_MAX = 1232
const PLAIN_DATAGRAM_MAX = 512
const HEADER_SIZE = 12
const POISON = 0x5a
const POISON_SIZE = 256

const MEMBERS = Object.fromEntries(
  Array.from({ length: 60 }, (_, host) => [
    `m${host}`,
    { v4: `192.0.2.${host}`, v6: `2001:db8::${host}`, weight: 1 + (host % 7) },
  ]),
)

const { engine, answerOctets } = authority(
  {
    'example.test': `
$TTL 300
@         SOA   ns1 hostmaster 1 7200 3600 1209600 60
@         NS    ns1
@         MX    10 mail
ns1       A     192.0.2.53
mail      A     192.0.2.25
*.wild    CNAME alias
alias     CNAME www
out       CNAME www.example.org.
once      CNAME a.b.example.org.
twin      CNAME a.a.b.example.org.
ping      CNAME pong
pong      CNAME ping
old       DNAME new
www.new   A     192.0.2.1
grow      DNAME grow.grow
sub       NS    ns.sub
sub       NS    ns1
ns.sub    A     192.0.2.54
sub       DS    1 13 2 ${'0'.repeat(64)}
${Array.from({ length: 90 }, (_, host) => `wide A 198.51.100.${host}`).join('\n')}
${Array.from({ length: 40 }, (_, host) => `far NS server-${host}.in.far`).join('\n')}
${Array.from({ length: 40 }, (_, host) => `server-${host}.in.far A 203.0.113.${host}`).join('\n')}
`,
    'sub.example.test': '@ 60 SOA ns.sub.example.test. h 1 2 3 4 5\nwww 60 TXT "child"\n',
  },
  {
    bindings: {
      'www.example.test': { members: MEMBERS, answers: 60 },
      'one.example.test': { members: MEMBERS, answers: 1 },
      'dice.example.test': { members: MEMBERS, policy: 'random', answers: 40 },
      'none.example.test': { members: {} },
      'sticky.example.test': { members: MEMBERS, policy: 'sticky', answers: 5 },
      'fork.example.test': {
        members: {
          alias: { cname: 'twin.example.test' },
          self: { cname: 'fork.example.test' },
          pool: { pool: { members: MEMBERS, policy: 'random' } },
        },
      },
    },
    serverId: 'n'.repeat(255),
  },
)

const NAMES = [
  'example.test',
  'www.example.test',
  'one.example.test',
  'dice.example.test',
  'none.example.test',
  'sticky.example.test',
  'fork.example.test',
  'a.b.wild.example.test',
  'ping.example.test',
  'once.example.test',
  'twin.example.test',
  'www.old.example.test',
  'x.grow.example.test',
  'www.sub.example.test',
  'www.far.example.test',
  'wide.example.test',
  'nobody.example.test',
  'www.example.org',
  `${[63, 63, 63, 48].map((size) => 'x'.repeat(size)).join('.')}.example.test`,
  '.',
]
const MANNERS: readonly Manner[] = [
  {},
  { edns: true, do: true },
  { subnet: '192.0.2.0/24', nsid: true, payload: 4096 },
  { subnet: '2001:db8::1/128', nsid: true, payload: 512 },
  { options: [[10, [1, 2, 3, 4, 5, 6, 7, 8]]], version: 1 },
]
const QUESTIONS: readonly (readonly [question: string, manner: Manner])[] = [
  ...NAMES.flatMap((name) =>
    ['A', 'AAAA', 'ANY', 'MX', 'NS', 'DS', 'DNAME'].flatMap((type) =>
      MANNERS.map((manner) => [`${name} ${type}`, manner] as const),
    ),
  ),
  ['id.server CH TXT', { nsid: true }],
  ['example.test IXFR', {}],
  ['example.test SOA', { opcode: 4 }],
]
const REQUESTS = QUESTIONS.map(([question, manner]) => requestFor(question, manner))

const DATAGRAM = createClient(false)
const STREAM = createClient(true)
const datagramOut = new Uint8Array(DATAGRAM_MAX + POISON_SIZE).fill(POISON)
let inPlaceTurn = false
const streamOut = new Uint8Array(MESSAGE_OCTETS_MAX + POISON_SIZE).fill(POISON)

describe('any octets', () => {
  it('are answered with silence or with a message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.boolean(), (octets, isStream) => {
        expect(faultOf(octets, isStream ? STREAM : DATAGRAM)).toBe('')
      }),
      { numRuns: 5_000, seed: SEED },
    )
  })

  it('behind a good header are answered too', () => {
    const header = fc.constantFrom([1, 0, 0, 0], [1, 0, 0, 1], [1, 0, 0, 3], [1, 1, 1, 1])
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 300 }), (counts, rest) => {
        const counted = counts.flatMap((count) => [0, count])
        expect(faultOf(Uint8Array.of(7, 9, 0, 0, ...counted, ...rest), DATAGRAM)).toBe('')
      }),
      { numRuns: 5_000, seed: SEED },
    )
  })
})

describe('requests as they should be', () => {
  it('are answered with a message, over both kinds of transport', () => {
    for (const [question, manner] of QUESTIONS) {
      for (const tcp of [false, true]) {
        const request = requestFor(question, manner)
        expect(faultOf(request, tcp ? STREAM : DATAGRAM)).toBe('')
        // Here the limit is known to the octet, and is kept.
        expect(answerOctets(request, { ...manner, tcp }).length).toBeGreaterThan(HEADER_SIZE)
      }
    }
  })
})

describe('spoilt requests', () => {
  it(`are answered with silence or with a message (${COUNT} with seed ${SEED})`, () => {
    const dice = createDice(SEED)
    for (let left = COUNT; left > 0; left--) {
      const request = spoil(dice, REQUESTS)
      const fault = faultOf(request, roll(dice, 8) === 0 ? STREAM : DATAGRAM)
      if (fault !== '') throw new Error(`${fault}: ${Buffer.from(request).toString('hex')}`)
    }
  }, 3_600_000)
})

/** What is wrong with the answer to these octets; empty where nothing is. Throws what is thrown. */
function faultOf(request: Uint8Array, client: Client): string {
  const out = client.isStream ? streamOut : datagramOut
  const poisonAt = out.length - POISON_SIZE
  // A transport may answer in the request's own buffer; every other request is met so.
  const isInPlace = (inPlaceTurn = !inPlaceTurn) && request.length <= poisonAt
  if (isInPlace) out.set(request)
  const length = answer(engine, isInPlace ? out : request, request.length, client, out)
  for (let at = poisonAt; at < out.length; at++) {
    if (out[at] !== POISON) return `octet ${at} was written past the end of the message`
  }
  const isAnswerable = request.length >= HEADER_SIZE && (request[2]! & 0x80) === 0
  if (length === 0) return isAnswerable ? 'silence for a request' : ''
  if (!isAnswerable) return 'an answer to what is no request'
  return faultOfMessage(request, out.slice(0, length), client)
}

function faultOfMessage(request: Uint8Array, octets: Uint8Array, client: Client): string {
  const message = decodeMessage(octets)
  if (!message) return `an answer that does not decode, ${Buffer.from(octets).toString('hex')}`
  const opaque = opaqueRecord(message)
  if (opaque) return `an answer with RDATA without meaning, ${opaque}`
  const { edns, question, flags } = message
  const most = client.isStream ? MESSAGE_OCTETS_MAX : edns ? DATAGRAM_MAX : PLAIN_DATAGRAM_MAX
  if (octets.length > most) return `an answer of ${octets.length} octets, more than ${most}`
  if (octets[0] !== request[0] || octets[1] !== request[1]) return 'an answer with another ID'
  if (!flags.qr || flags.ra || flags.ad) return 'an answer with flags that are not ours to set'
  if (((octets[2]! ^ request[2]!) & 0x79) !== 0) return 'an answer with another opcode or RD'
  if (question.length > 1) return 'an answer to more than one question'
  const echoed = question.length === 0 ? HEADER_SIZE : questionEnd(octets)
  for (let at = HEADER_SIZE; at < echoed; at++) {
    if (octets[at] !== request[at]) return 'an answer to another question'
  }
  if (client.isStream && flags.tc) return 'an answer cut short on a stream'
  return ''
}

/** The offset after the question of a message whose question is not compressed. */
function questionEnd(octets: Uint8Array): number {
  let at = HEADER_SIZE
  while (octets[at] !== 0) at += octets[at]! + 1
  return at + 5
}
