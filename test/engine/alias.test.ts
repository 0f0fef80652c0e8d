/**
 * Goal: aliases are followed as far as the zone reaches, and no alias leads to harm.
 * Method: a zone of chains, each asked from its start.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const CHAIN_LONG = Array.from(
  { length: 40 },
  (_, step) => `step${step} CNAME step${step + 1}\n`,
).join('')

const { ask } = authority({
  'example.test': `
$TTL 300
@         SOA    ns1.example.org. hostmaster 1 7200 3600 1209600 60
@         NS     ns1.example.org.
www       A      192.0.2.1
www       AAAA   2001:db8::1
alias     CNAME  www
alias2    60 CNAME alias
outside   CNAME  www.example.org.
neighbour CNAME  www.another.test.
missing   CNAME  nobody
empty     CNAME  www.ent
x.www.ent TXT    "makes www.ent an empty non-terminal"
self      CNAME  self
ping      CNAME  pong
pong      CNAME  ping
in        CNAME  ping
UPPER     CNAME  WWW
${CHAIN_LONG}`,
  'another.test': `
@    60 SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@    60 NS  ns1.example.org.
www  60 A   192.0.2.99
`,
})

describe('an alias', () => {
  it('is answered with what its target has of the type', () => {
    expect(ask('alias.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [
        'alias.example.test. 300 IN CNAME www.example.test.',
        'www.example.test. 300 IN A 192.0.2.1',
      ],
      authority: [],
      additional: [],
    })
  })

  it('of an alias is followed step by step, each with its own TTL', () => {
    expect(ask('alias2.example.test AAAA').answer).toEqual([
      'alias2.example.test. 60 IN CNAME alias.example.test.',
      'alias.example.test. 300 IN CNAME www.example.test.',
      'www.example.test. 300 IN AAAA 2001:db8::1',
    ])
  })

  it.each(['CNAME', 'ANY'])('asked for as %s is the answer, and not followed', (type) => {
    expect(ask(`alias.example.test ${type}`).answer).toEqual([
      'alias.example.test. 300 IN CNAME www.example.test.',
    ])
  })

  it('keeps the case of the question, and of its target as the file has it', () => {
    expect(ask('aLiAs.example.test A').answer[0]).toBe(
      'aLiAs.example.test. 300 IN CNAME www.example.test.',
    )
    expect(ask('upper.example.test A').answer[1]).toContain('192.0.2.1')
  })

  it.each([
    ['outside.example.test A', 'outside.example.test. 300 IN CNAME www.example.org.'],
    ['neighbour.example.test A', 'neighbour.example.test. 300 IN CNAME www.another.test.'],
  ])('out of the zone is not followed: %s', (question, record) => {
    expect(ask(question)).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [record],
      authority: [],
    })
  })

  it('of a name that is not there takes its RCODE (RFC 6604 §3), with the SOA', () => {
    const { rcode, flags, answer, message } = ask('missing.example.test A')
    expect({ rcode, flags, answer }).toEqual({
      rcode: 'NXDOMAIN',
      flags: 'qr aa',
      answer: ['missing.example.test. 300 IN CNAME nobody.example.test.'],
    })
    expect(message.authority.map(({ ttl }) => ttl)).toEqual([60])
  })

  it.each(['alias.example.test MX', 'empty.example.test A'])(
    'of a name without the type is no data, with the SOA: %s',
    (question) => {
      const { rcode, answer, authority } = ask(question)
      expect({ rcode, answers: answer.length, soas: authority.length }).toEqual({
        rcode: 'NOERROR',
        answers: 1,
        soas: 1,
      })
    },
  )
})

describe('a chain without an end', () => {
  it.each([
    ['self.example.test A', ['self']],
    ['ping.example.test A', ['ping', 'pong']],
    ['in.example.test A', ['in', 'ping', 'pong']],
    ['PING.example.test A', ['PING', 'pong']],
  ])('gives each of its aliases once: %s', (question, owners) => {
    const { rcode, answer } = ask(question)
    expect(rcode).toBe('NOERROR')
    expect(answer.map((record) => record.split('.')[0])).toEqual(owners)
  })
})

describe('a long chain', () => {
  it('is cut after as many aliases as other servers follow, with what it gave so far', () => {
    const { rcode, flags, answer } = ask('step0.example.test A', { tcp: true })
    expect({ rcode, flags }).toEqual({ rcode: 'NOERROR', flags: 'qr aa' })
    expect(answer.length).toBeGreaterThanOrEqual(8)
    expect(answer.length).toBeLessThanOrEqual(20)
  })

  it('goes to its end if that is near enough', () => {
    const { ask } = authority({
      'example.test': `
$TTL 300
@      SOA    ns1.example.org. hostmaster 1 7200 3600 1209600 60
@      NS     ns1.example.org.
${Array.from({ length: 16 }, (_, step) => `s${step} CNAME s${step + 1}\n`).join('')}
s16    A      192.0.2.1
`,
    })
    expect(ask('s0.example.test A').answer.at(-1)).toBe('s16.example.test. 300 IN A 192.0.2.1')
  })
})

describe('an alias of a balanced name', () => {
  const { ask } = authority(
    {
      'example.test': `
$TTL 300
@         SOA    ns1.example.org. hostmaster 1 7200 3600 1209600 60
@         NS     ns1.example.org.
www       A      192.0.2.99
alias     CNAME  www
`,
    },
    {
      bindings: {
        'www.example.test': { members: { a: '192.0.2.1', b: '192.0.2.2' }, ttl: 5 },
      },
    },
  )

  it('is answered with a turn under the name of the pool, with its TTL', () => {
    const { rcode, flags, answer } = ask('alias.example.test A')
    expect({ rcode, flags }).toEqual({ rcode: 'NOERROR', flags: 'qr aa' })
    expect(answer[0]).toBe('alias.example.test. 300 IN CNAME www.example.test.')
    expect(answer.slice(1).sort()).toEqual([
      'www.example.test. 5 IN A 192.0.2.1',
      'www.example.test. 5 IN A 192.0.2.2',
    ])
  })

  it('is no data in a family that the pool does not have', () => {
    const { answer, authority } = ask('alias.example.test AAAA')
    expect([answer.length, authority.length]).toEqual([1, 1])
  })
})
