/**
 * Goal: DNAME redirects what is below it and nothing else (RFC 6672).
 * Method: a zone with a DNAME of each kind, asked at, below and beside it.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const HEAD = `
$TTL 300
@      SOA    ns1.example.org. hostmaster 1 7200 3600 1209600 60
@      NS     ns1.example.org.
`
/** With the zone's own labels 221 octets: one more label takes the name over 255. */
const LONG = `${Array.from({ length: 4 }, () => 'l'.repeat(49)).join('.')}.filled`

const { ask } = authority({
  'example.test': `${HEAD}
new          A      192.0.2.10
www.new      A      192.0.2.1
a.b.new      TXT    "two labels"
old          60 DNAME  new
old          TXT    "stands beside the DNAME"
under.old    A      192.0.2.99
away         DNAME  example.org.
ping         DNAME  pong
pong         DNAME  ping
grow         DNAME  grow.grow
long         DNAME  ${LONG}
alias        CNAME  www.old
twice        CNAME  one.old
one.new      CNAME  two.old
two.new      A      192.0.2.2
cut          NS     ns.cut
ns.cut       A      192.0.2.53
d.cut        DNAME  new
tocut        DNAME  cut
`,
})

describe('a name below a DNAME', () => {
  it('gets the DNAME, the CNAME made from it with its TTL, and the target', () => {
    expect(ask('www.old.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [
        'old.example.test. 60 IN DNAME new.example.test.',
        'www.old.example.test. 60 IN CNAME www.new.example.test.',
        'www.new.example.test. 300 IN A 192.0.2.1',
      ],
      authority: [],
    })
  })

  it('keeps all its labels', () => {
    expect(ask('a.b.old.example.test TXT').answer[1]).toBe(
      'a.b.old.example.test. 60 IN CNAME a.b.new.example.test.',
    )
  })

  it('keeps the case of the question in the owner of the CNAME', () => {
    expect(ask('wWw.OlD.example.test A').answer.slice(0, 2)).toEqual([
      'OlD.example.test. 60 IN DNAME new.example.test.',
      expect.stringMatching(/^wWw\.OlD\.example\.test\. 60 IN CNAME www\.new\.example\.test\.$/i),
    ])
  })

  it('is redirected even where the zone holds it (§2.4)', () => {
    expect(ask('under.old.example.test A').answer).toHaveLength(2)
    expect(ask('under.old.example.test A').rcode).toBe('NXDOMAIN')
  })

  it('of another zone is for another server', () => {
    expect(ask('www.away.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      answer: [
        'away.example.test. 300 IN DNAME example.org.',
        'www.away.example.test. 300 IN CNAME www.example.org.',
      ],
      authority: [],
    })
  })

  it('whose target is not there is NXDOMAIN, with the SOA', () => {
    const { rcode, flags, answer, authority } = ask('nobody.old.example.test A')
    expect({ rcode, flags }).toEqual({ rcode: 'NXDOMAIN', flags: 'qr aa' })
    expect([answer.length, authority.length]).toEqual([2, 1])
  })

  it('asked for its CNAME gets the one that is made', () => {
    expect(ask('www.old.example.test CNAME').answer).toEqual([
      'old.example.test. 60 IN DNAME new.example.test.',
      'www.old.example.test. 60 IN CNAME www.new.example.test.',
    ])
  })

  it('may lead below a cut: a referral ends the chain', () => {
    expect(ask('www.tocut.example.test A')).toMatchObject({
      flags: 'qr aa',
      authority: ['cut.example.test. 300 IN NS ns.cut.example.test.'],
      additional: ['ns.cut.example.test. 300 IN A 192.0.2.53'],
    })
  })
})

describe('the owner of a DNAME', () => {
  it('is not redirected itself', () => {
    expect(ask('old.example.test TXT').answer).toHaveLength(1)
    expect(ask('old.example.test A')).toMatchObject({ rcode: 'NOERROR', answer: [] })
    expect(ask('old.example.test DNAME').answer).toEqual([
      'old.example.test. 60 IN DNAME new.example.test.',
    ])
  })

  it('below a cut redirects nobody', () => {
    expect(ask('www.d.cut.example.test A')).toMatchObject({
      flags: 'qr',
      answer: [],
      authority: ['cut.example.test. 300 IN NS ns.cut.example.test.'],
    })
  })

  it('may be the apex, which keeps its own records', () => {
    const moved = authority({ 'example.test': `${HEAD}\n@ DNAME example.org.\n@ A 192.0.2.7\n` })
    expect(moved.ask('example.test A').answer).toEqual(['example.test. 300 IN A 192.0.2.7'])
    expect(moved.ask('a.b.example.test A').answer).toEqual([
      'example.test. 300 IN DNAME example.org.',
      'a.b.example.test. 300 IN CNAME a.b.example.org.',
    ])
  })
})

describe('a chain through DNAMEs', () => {
  it('may start at a CNAME', () => {
    expect(ask('alias.example.test A').answer).toEqual([
      'alias.example.test. 300 IN CNAME www.old.example.test.',
      'old.example.test. 60 IN DNAME new.example.test.',
      'www.old.example.test. 60 IN CNAME www.new.example.test.',
      'www.new.example.test. 300 IN A 192.0.2.1',
    ])
  })

  it('tells a DNAME once, however often it leads on', () => {
    expect(ask('twice.example.test A').answer).toEqual([
      'twice.example.test. 300 IN CNAME one.old.example.test.',
      'old.example.test. 60 IN DNAME new.example.test.',
      'one.old.example.test. 60 IN CNAME one.new.example.test.',
      'one.new.example.test. 300 IN CNAME two.old.example.test.',
      'two.old.example.test. 60 IN CNAME two.new.example.test.',
      'two.new.example.test. 300 IN A 192.0.2.2',
    ])
  })

  it('tells a DNAME once, even where it leads to its own owner and was asked for', () => {
    const { ask } = authority({ 'example.test': `${HEAD}\nround DNAME @\n` })
    expect(ask('round.round.example.test DNAME').answer).toEqual([
      'round.example.test. 300 IN DNAME example.test.',
      'round.round.example.test. 300 IN CNAME round.example.test.',
    ])
  })

  it('that comes back to its start ends there', () => {
    expect(ask('x.ping.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      answer: [
        'ping.example.test. 300 IN DNAME pong.example.test.',
        'x.ping.example.test. 300 IN CNAME x.pong.example.test.',
        'pong.example.test. 300 IN DNAME ping.example.test.',
        'x.pong.example.test. 300 IN CNAME x.ping.example.test.',
      ],
    })
  })

  it('that grows ends somewhere, with every record once', () => {
    const { answer } = ask('x.grow.example.test A', { tcp: true })
    expect(new Set(answer).size).toBe(answer.length)
  })
})

describe('a name that a DNAME makes too long', () => {
  /** A label one octet longer than what fits: a name has two octets more than its text. */
  const room = 255 - (`${LONG}.example.test`.length + 2)

  it('is YXDOMAIN, with AA and the DNAME that did it (§2.2)', () => {
    expect(ask(`${'x'.repeat(room)}.long.example.test A`)).toMatchObject({
      rcode: 'YXDOMAIN',
      flags: 'qr aa',
      answer: [`long.example.test. 300 IN DNAME ${LONG}.example.test.`],
    })
  })

  it('is fine with one octet less', () => {
    const { rcode, answer } = ask(`${'x'.repeat(room - 1)}.long.example.test CNAME`, { tcp: true })
    expect([rcode, answer.length]).toEqual(['NOERROR', 2])
  })

  it('is told with and without EDNS alike', () => {
    expect(ask(`${'x'.repeat(room)}.long.example.test A`, { edns: true }).rcode).toBe('YXDOMAIN')
  })
})
