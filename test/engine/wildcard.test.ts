/**
 * Goal: wildcards and empty non-terminals do what RFC 4592 says, no more and no less.
 * Method: the zone and every example of its §2.2.1 as a table, then what the text adds to them.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

/** The zone of RFC 4592 §2.2.1, with `example.` moved under `test.`. */
const RFC_4592 = authority({
  'example.test': `
$TTL 3600
@                SOA  ns.example.org. hostmaster 1 7200 3600 1209600 300
@                NS   ns.example.org.
@                NS   ns2.example.org.
*                TXT  "this is a wildcard"
*                MX   10 host1
sub.*            TXT  "this is not a wildcard"
host1            A    192.0.2.1
_ssh._tcp.host1  SRV  0 0 22 host1
_ssh._tcp.host2  SRV  0 0 22 host1
subdel           NS   ns.example.org.
subdel           NS   ns2.example.org.
`,
})

describe('the examples of RFC 4592 §2.2.1', () => {
  it.each([
    ['host3.example.test MX', 'host3.example.test. 3600 IN MX 10 host1.example.test.'],
    ['foo.bar.example.test TXT', 'foo.bar.example.test. 3600 IN TXT "this is a wildcard"'],
  ])('%s is synthesised, under the name asked', (question, record) => {
    expect(RFC_4592.ask(question)).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [record],
      authority: [],
    })
  })

  it.each([
    ['host3.example.test A', 'the wildcard has no A'],
    ['host1.example.test MX', 'host1 exists'],
    ['sub.*.example.test MX', 'sub.* exists'],
    ['_tcp.host1.example.test TXT', '_tcp.host1 exists, though it is empty'],
    ['host2.example.test TXT', 'host2 exists, though it is empty'],
  ])('%s is no data: %s', (question) => {
    const { rcode, answer, message } = RFC_4592.ask(question)
    expect({ rcode, answer, soa: message.authority.map(({ name }) => name) }).toEqual({
      rcode: 'NOERROR',
      answer: [],
      soa: ['example.test.'],
    })
  })

  it.each([
    ['_telnet._tcp.host1.example.test SRV', '_tcp.host1 is closer than the wildcard'],
    ['ghost.*.example.test MX', '* exists, and has no wildcard below it'],
    ['below.host1.example.test TXT', 'host1 is closer than the wildcard'],
  ])('%s does not exist: %s', (question) => {
    expect(RFC_4592.ask(question)).toMatchObject({ rcode: 'NXDOMAIN', flags: 'qr aa', answer: [] })
  })

  it('host.subdel.example.test A is referred: subdel is a cut', () => {
    expect(RFC_4592.ask('host.subdel.example.test A')).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr',
      answer: [],
      authority: [
        'subdel.example.test. 3600 IN NS ns.example.org.',
        'subdel.example.test. 3600 IN NS ns2.example.org.',
      ],
    })
  })

  it('the asterisk can be asked for by name, like any other (§2.3)', () => {
    expect(RFC_4592.ask('*.example.test TXT').answer).toEqual([
      '*.example.test. 3600 IN TXT "this is a wildcard"',
    ])
    expect(RFC_4592.ask('sub.*.example.test TXT').answer).toHaveLength(1)
  })
})

describe('a wildcard', () => {
  const { ask } = authority({
    'example.test': `
$TTL 300
@            SOA   ns1.example.org. hostmaster 1 7200 3600 1209600 60
@            NS    ns1.example.org.
*.web        A     192.0.2.1
*.web        AAAA  2001:db8::1
fixed.web    TXT   "has a name of its own"
*.cdn        CNAME target.web
*.self       CNAME inner.self
*.out        CNAME www.example.org.
sub.*.empty  TXT   "makes the asterisk an empty non-terminal"
**           TXT   "two asterisks are a label like any other"
*.deep.deep  TXT   "deep"
*mark        TXT   "an asterisk in a longer label"
`,
  })

  it('stands for any number of labels', () => {
    expect(ask('a.b.c.d.web.example.test A').answer).toEqual([
      'a.b.c.d.web.example.test. 300 IN A 192.0.2.1',
    ])
  })

  it('answers in the case of the question', () => {
    expect(ask('MiXeD.wEb.example.test AAAA').answer).toEqual([
      'MiXeD.wEb.example.test. 300 IN AAAA 2001:db8::1',
    ])
  })

  it('does not stand for its own parent', () => {
    expect(ask('web.example.test A')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('does not stand for a name that exists, nor for what is below it', () => {
    expect(ask('fixed.web.example.test A')).toMatchObject({ rcode: 'NOERROR', answer: [] })
    expect(ask('a.fixed.web.example.test A')).toMatchObject({ rcode: 'NXDOMAIN', answer: [] })
  })

  it('that is an alias is followed', () => {
    expect(ask('any.cdn.example.test A').answer).toEqual([
      'any.cdn.example.test. 300 IN CNAME target.web.example.test.',
      'target.web.example.test. 300 IN A 192.0.2.1',
    ])
    expect(ask('any.out.example.test A').answer).toEqual([
      'any.out.example.test. 300 IN CNAME www.example.org.',
    ])
  })

  it('that is an alias of what it stands for gives each alias once', () => {
    expect(ask('any.self.example.test A').answer).toEqual([
      'any.self.example.test. 300 IN CNAME inner.self.example.test.',
      'inner.self.example.test. 300 IN CNAME inner.self.example.test.',
    ])
  })

  it('is asked for itself as a CNAME without being followed', () => {
    expect(ask('any.cdn.example.test CNAME').answer).toEqual([
      'any.cdn.example.test. 300 IN CNAME target.web.example.test.',
    ])
  })

  it('without data of its own still makes names exist (RFC 4592 §2.2.2)', () => {
    expect(ask('any.empty.example.test TXT')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it.each(['any.deep.example.test TXT', 'x.mark.example.test TXT', 'x.xmark.example.test TXT'])(
    'is a whole label at its own place, so %s does not exist',
    (question) => {
      expect(ask(question)).toMatchObject({ rcode: 'NXDOMAIN', answer: [] })
    },
  )

  it('is not two asterisks', () => {
    expect(ask('**.example.test TXT').answer).toHaveLength(1)
    expect(ask('xx.example.test TXT').rcode).toBe('NXDOMAIN')
  })

  it('of the zone stands at the apex, even for the longest name', () => {
    const open = authority({
      'example.test':
        '@ 60 SOA ns1.example.org. h 1 2 3 4 5\n@ 60 NS ns1.example.org.\n* 60 A 192.0.2.9\n',
    })
    const longest = `${'a.'.repeat(120)}example.test`
    expect(open.ask(`${longest} A`).answer).toEqual([`${longest}. 60 IN A 192.0.2.9`])
  })
})
