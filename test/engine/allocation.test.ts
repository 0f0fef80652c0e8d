/**
 * Goal: an answer, counted, allocates nothing, so that no query ever waits for a collection.
 * Method: hundreds of thousands of mixed queries, in chunks; what the heap has grown by after each
 * chunk, per query. A chunk in which a collection ran shows too little and one in which the compiler
 * worked too much, so the middle of all chunks is judged.
 */

import { getHeapStatistics } from 'node:v8'

import { describe, expect, it } from 'vitest'

import { buildPrefixMap } from '../../src/base/prefix-map.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import { answer, MESSAGE_OCTETS_MAX } from '../../src/engine/answer.ts'
import { createClient, type Nearness } from '../../src/engine/world.ts'
import { count, countLatency, createCounters } from '../../src/transport/counters.ts'

import { authority } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'

const WARM_UP = 200_000
const WARM_UPS_MAX = 60
const CHUNKS = 31
const CHUNK = 10_000

/** The smallest object of V8 has 8 octets: below one there is none, even for every eighth query. */
const OCTETS_MAX = 1

const MEMBERS = Object.fromEntries(
  Array.from({ length: 9 }, (_, host) => [
    `m${host}`,
    { v4: `192.0.2.${host}`, v6: `2001:db8::${host}`, weight: host + 1 },
  ]),
)

/** Three addresses, each of three members. */
const SHARERS = Object.fromEntries(
  Array.from({ length: 9 }, (_, host) => [
    `m${host}`,
    { v4: `192.0.2.${host % 3}`, weight: host + 1 },
  ]),
)

/** Near to the first member in 198.51.100.0/25, and to all elsewhere. */
const NEARNESS: Nearness = {
  map: mapOf('198.51.100.0/25'),
  ranks: Uint8Array.from({ length: 18 }, (_, at) => (at > 9 ? 1 : 0)),
  width: 9,
  places: 2,
}

const BOUNDED = { v4Prefix: 32, v6Prefix: 56, loadBound: 1.25 }

const { engine } = authority(
  {
    'example.test': `
$TTL 300
@        4294967 SOA ns1 hostmaster 1 7200 3600 1209600 4294967
@        NS    ns1
@        MX    10 mail
ns1      A     192.0.2.53
mail     A     192.0.2.25
*.wild   CNAME alias
alias    CNAME www
old      DNAME new
www.new  A     192.0.2.1
sub      NS    ns.sub
ns.sub   A     192.0.2.54
text     TXT   "one" "two"
ping     CNAME pong
pong     CNAME ping
${Array.from({ length: 60 }, (_, host) => `wide A 198.51.100.${host}`).join('\n')}
`,
  },
  {
    bindings: {
      'www.example.test': { members: MEMBERS },
      'one.example.test': { members: MEMBERS, answers: 1 },
      'dice.example.test': { members: MEMBERS, policy: 'random' },
      'rotate.example.test': { members: MEMBERS, policy: 'rotate', answers: 3 },
      'none.example.test': { members: {} },
      'shared.example.test': { members: SHARERS },
      'dice.shared.example.test': { members: SHARERS, policy: 'random' },
      'sticky.shared.example.test': { members: SHARERS, policy: 'sticky' },
      'sticky.example.test': { members: MEMBERS, policy: 'sticky', sticky: BOUNDED },
      'nearest.example.test': { members: MEMBERS, policy: 'nearest', nearness: 0 },
      'rules.example.test': { members: MEMBERS, clients: mapOf('198.51.100.0/26') },
      'fork.example.test': {
        members: {
          alias: { cname: 'ns1.example.test' },
          host: '192.0.2.1',
          dice: { pool: { members: MEMBERS, policy: 'random' } },
          sticky: { pool: { members: MEMBERS, policy: 'sticky' } },
          nearest: { pool: { members: MEMBERS, policy: 'nearest', nearness: 0 } },
        },
      },
    },
    nearness: [NEARNESS],
    serverId: 'ns1.example.test',
  },
)

const KINDS = {
  'turns of balanced names': [
    requestFor('www.example.test A', { subnet: '192.0.2.0/24' }),
    requestFor('www.example.test AAAA', { edns: true }),
    requestFor('one.example.test A'),
    requestFor('rotate.example.test A', { edns: true }),
    requestFor('none.example.test A', { edns: true }),
  ],
  'turns by dice': [requestFor('dice.example.test A'), requestFor('dice.example.test AAAA')],
  'turns that depend on the client': [
    requestFor('sticky.example.test A'),
    requestFor('sticky.example.test AAAA', { subnet: '192.0.2.0/24' }),
    requestFor('nearest.example.test A', { edns: true }),
    requestFor('rules.example.test A', { edns: true }),
  ],
  'turns of addresses that members share': [
    requestFor('shared.example.test A'),
    requestFor('dice.shared.example.test A'),
    requestFor('sticky.shared.example.test A'),
  ],
  'turns of pools in pools': [
    requestFor('fork.example.test A'),
    requestFor('fork.example.test AAAA', { subnet: '2001:db8::/48' }),
  ],
  'records of the zone': [
    requestFor('text.example.test TXT'),
    requestFor('example.test MX', { edns: true }),
    requestFor('example.test NS'),
    requestFor('example.test ANY'),
    requestFor('wide.example.test A'),
  ],
  'denials and referrals': [
    requestFor('nobody.example.test A'),
    requestFor('text.example.test A', { edns: true, do: true }),
    requestFor('www.sub.example.test A', { do: true }),
    requestFor('www.example.org A', { edns: true }),
  ],
  'chains of aliases': [
    requestFor('any.wild.example.test A'),
    requestFor('www.old.example.test A'),
    requestFor('ping.example.test A'),
  ],
  'what is refused or malformed': [
    requestFor('id.server CH TXT', { nsid: true }),
    requestFor('www.example.test A', { opcode: 5 }),
    requestFor('www.example.test A', { version: 1 }),
    requestFor('www.example.test A', { subnet: '192.0.2.0/24' }).slice(0, -1),
    requestFor('www.example.test A').slice(0, 11),
  ],
}

describe.each(Object.entries(KINDS))('%s', (_, requests) => {
  it('take nothing from the heap', () => {
    // V8 optimises in the background, which a busy machine puts off, this loop too: until then
    // numbers are boxed.
    for (let rounds = 0; rounds < WARM_UPS_MAX; rounds++) {
      answerMany(requests, WARM_UP)
      if (octetsEach(requests) < OCTETS_MAX) break
    }
    const grown = Array.from({ length: CHUNKS }, () => octetsEach(requests))
    expect(median(grown)).toBeLessThan(OCTETS_MAX)
  }, 120_000)
})

/** By how much a chunk of answers grows the heap, in octets for each. */
function octetsEach(requests: readonly Uint8Array[]): number {
  const before = getHeapStatistics().used_heap_size
  answerMany(requests, CHUNK)
  return (getHeapStatistics().used_heap_size - before) / CHUNK
}

function mapOf(prefix: string) {
  return buildPrefixMap([{ prefix: parsePrefix(prefix)!, value: 1 }], 0)
}

const client = createClient(false)
client.address.set([198, 51, 100, 7])
const out = new Uint8Array(MESSAGE_OCTETS_MAX)
const counters = createCounters()
const sent = new Float64Array(1)

function answerMany(requests: readonly Uint8Array[], queries: number): void {
  for (let query = 0; query < queries; query++) {
    const request = requests[query % requests.length]!
    client.address[3] = query & 0xff
    engine.moment[0] = 12_345_678.25 + query
    const length = answer(engine, request, request.length, client, out)
    count(counters, engine.scratch, out, length)
    sent[0] = (query % 1_000) * 1.5
    countLatency(counters, engine.moment, sent, 1)
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
}
