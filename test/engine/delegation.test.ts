/**
 * Goal: below a cut Rota refers and never answers; what it holds there is glue at best.
 * Method: one zone with a cut of each kind, one with its child on the same server.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const HEAD = `
$TTL 300
@     SOA  ns1 hostmaster 1 7200 3600 1209600 60
@     NS   ns1
ns1   A    192.0.2.53
`

const PARENT = `${HEAD}
child      NS    ns1.child
child      NS    ns2.child
child      DS    12345 13 2 (
  0000000000000000000000000000000000000000000000000000000000000000 )
child      TXT   "occluded: not ours to say"
ns1.child  A     192.0.2.1
ns1.child  AAAA  2001:db8::1
ns2.child  A     192.0.2.2
www.child  A     192.0.2.80
*.child    A     192.0.2.81
out        NS    ns.example.org.
sibling    NS    ns1.child
mixed      NS    ns1
mixed      NS    ns.mixed
ns.mixed   A     192.0.2.3
cut.child  NS    ns.cut.child
ns.cut.child A   192.0.2.4
to-child   CNAME www.child
mail       MX    10 www.child
`

const CHILD_NS = [
  'child.example.test. 300 IN NS ns1.child.example.test.',
  'child.example.test. 300 IN NS ns2.child.example.test.',
]
const CHILD_GLUE = [
  'ns1.child.example.test. 300 IN A 192.0.2.1',
  'ns1.child.example.test. 300 IN AAAA 2001:db8::1',
  'ns2.child.example.test. 300 IN A 192.0.2.2',
]
const CHILD_DS =
  'child.example.test. 300 IN DS 12345 13 2 ' +
  '0000000000000000000000000000000000000000000000000000000000000000'

const { ask } = authority({ 'example.test': PARENT })

describe('a referral', () => {
  it.each([
    ['the cut itself', 'child.example.test A'],
    ['its NS', 'child.example.test NS'],
    ['its SOA', 'child.example.test SOA'],
    ['ANY of it', 'child.example.test ANY'],
    ['what stands beside the NS', 'child.example.test TXT'],
    ['a name below it', 'www.child.example.test A'],
    ['a name that the zone does not hold', 'nobody.child.example.test A'],
    ['glue itself', 'ns1.child.example.test A'],
    ['what a wildcard below the cut would match', 'any.child.example.test A'],
    ['a cut below the cut', 'x.cut.child.example.test A'],
    ['a DS below the cut', 'www.child.example.test DS'],
    ['a DS of a cut below the cut', 'cut.child.example.test DS'],
  ])('answers a question for %s: NS and glue, without AA', (_, question) => {
    expect(ask(question)).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr',
      answer: [],
      authority: CHILD_NS,
      additional: CHILD_GLUE,
    })
  })

  it('keeps the case of the question in what it shares with it', () => {
    expect(ask('x.ChIlD.example.test A').authority[0]).toBe(
      'ChIlD.example.test. 300 IN NS ns1.ChIlD.example.test.',
    )
  })

  it('to servers elsewhere has no glue', () => {
    expect(ask('www.out.example.test A')).toMatchObject({
      authority: ['out.example.test. 300 IN NS ns.example.org.'],
      additional: [],
    })
  })

  it('to servers below another cut brings their glue along (RFC 9471 §3.2)', () => {
    expect(ask('www.sibling.example.test A').additional).toEqual(CHILD_GLUE.slice(0, 2))
  })

  it('to servers inside and outside the cut brings the addresses of both', () => {
    expect(ask('www.mixed.example.test A').additional).toEqual([
      'ns1.example.test. 300 IN A 192.0.2.53',
      'ns.mixed.example.test. 300 IN A 192.0.2.3',
    ])
  })

  it('brings no DS, even to those who want DNSSEC: unsigned, it would prove nothing', () => {
    expect(ask('www.child.example.test A', { do: true }).authority).toEqual(CHILD_NS)
  })
})

describe('DS', () => {
  it('of a cut is answered by the parent, with AA', () => {
    expect(ask('child.example.test DS')).toMatchObject({
      flags: 'qr aa',
      answer: [CHILD_DS],
      authority: [],
      additional: [],
    })
  })

  it('that a cut does not have is no data of the parent', () => {
    const { flags, rcode, answer, message } = ask('out.example.test DS')
    expect({ flags, rcode, answer }).toEqual({ flags: 'qr aa', rcode: 'NOERROR', answer: [] })
    expect(message.authority[0]).toMatchObject({ name: 'example.test.', type: 6 })
  })

  it('of an apex whose parent is elsewhere is no data', () => {
    expect(ask('example.test DS')).toMatchObject({ flags: 'qr aa', rcode: 'NOERROR', answer: [] })
  })
})

describe('an alias that leads below a cut', () => {
  it('ends in a referral; AA speaks of the alias (RFC 1034 §4.3.2 step 3b)', () => {
    expect(ask('to-child.example.test A')).toMatchObject({
      flags: 'qr aa',
      answer: ['to-child.example.test. 300 IN CNAME www.child.example.test.'],
      authority: CHILD_NS,
      additional: CHILD_GLUE,
    })
  })
})

describe('what a zone holds below a cut', () => {
  it('is never added to an answer', () => {
    expect(ask('mail.example.test MX')).toMatchObject({
      answer: ['mail.example.test. 300 IN MX 10 www.child.example.test.'],
      additional: [],
    })
  })
})

describe('a child on the same server as its parent', () => {
  const both = authority({
    'example.test': PARENT,
    'child.example.test': `${HEAD}
@    NS   ns2
ns1  A    192.0.2.1
ns2  A    192.0.2.2
www  A    192.0.2.99
back CNAME www.example.test.
`,
  })

  it.each([
    ['www.child.example.test A', 'www.child.example.test. 300 IN A 192.0.2.99'],
    ['child.example.test SOA', expect.stringContaining('IN SOA ns1.child.example.test.')],
    ['child.example.test DS', CHILD_DS],
  ])('%s is answered by whose it is, with AA', (question, record) => {
    expect(both.ask(question)).toMatchObject({ flags: 'qr aa', answer: [record] })
  })

  it('is denied its DS by the parent, whose SOA tells so', () => {
    const unsigned = authority({
      'example.test': `${HEAD}child NS ns1.child\nns1.child A 192.0.2.1\n`,
      'child.example.test': HEAD,
    })
    const { flags, answer, message } = unsigned.ask('child.example.test DS')
    expect({ flags, answer }).toEqual({ flags: 'qr aa', answer: [] })
    expect(message.authority[0]!.name).toBe('example.test.')
  })

  it('is not denied by a parent that forgot to delegate it', () => {
    const forgotten = authority({
      'example.test': `${HEAD}www CNAME www.child\n`,
      'child.example.test': `${HEAD}www A 192.0.2.99\n`,
    })
    expect(forgotten.ask('www.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      answer: ['www.example.test. 300 IN CNAME www.child.example.test.'],
      authority: [],
    })
  })

  it('is referred to from above where a zone between them is somebody else’s', () => {
    const apart = authority({
      'example.test': `${HEAD}between NS ns.example.org.\n`,
      'c.between.example.test': HEAD,
    })
    expect(apart.ask('c.between.example.test DS')).toMatchObject({
      flags: 'qr',
      authority: ['between.example.test. 300 IN NS ns.example.org.'],
    })
  })
})

describe('the apex', () => {
  it('is no cut: its NS are answered with AA and the addresses of the servers', () => {
    expect(ask('example.test NS')).toMatchObject({
      flags: 'qr aa',
      answer: ['example.test. 300 IN NS ns1.example.test.'],
      authority: [],
      additional: ['ns1.example.test. 300 IN A 192.0.2.53'],
    })
  })
})
