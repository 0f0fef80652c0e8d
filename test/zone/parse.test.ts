/**
 * Goal: a record may leave out, reorder and abbreviate what RFC 1035 §5.1 and RFC 2308 §4 allow, and
 * means the same as if it had been written in full.
 * Method: zone text in, full records out.
 */

import { describe, expect, it } from 'vitest'

import { readZone, recordsOf } from './reading.ts'

describe('an owner', () => {
  it('is completed by the apex, is the apex as @, and is itself with a final dot', () => {
    expect(
      recordsOf(`
www              60 A 192.0.2.1
@                60 A 192.0.2.2
a.b.example.test. 60 A 192.0.2.3
`),
    ).toEqual([
      'www.example.test. 60 A 192.0.2.1',
      'example.test. 60 A 192.0.2.2',
      'a.b.example.test. 60 A 192.0.2.3',
    ])
  })

  it('that is left out is the last one stated, across comments, empty lines and directives', () => {
    expect(
      recordsOf(`
www 60 A 192.0.2.1
; a comment

    60 A 192.0.2.2
$ORIGIN sub
\t60 A 192.0.2.3
`),
    ).toEqual([
      'www.example.test. 60 A 192.0.2.1',
      'www.example.test. 60 A 192.0.2.2',
      'www.example.test. 60 A 192.0.2.3',
    ])
  })

  it('is handed on in lower case, while names in data keep theirs', () => {
    expect(recordsOf('WwW.EXAMPLE.Test. 60 CNAME Host')).toEqual([
      'www.example.test. 60 CNAME Host.example.test.',
    ])
  })

  it('may be a word that would be a TTL, a class or a type elsewhere', () => {
    expect(recordsOf('300 60 A 192.0.2.1\nIN 60 A 192.0.2.2\nMX 60 A 192.0.2.3')).toEqual([
      '300.example.test. 60 A 192.0.2.1',
      'in.example.test. 60 A 192.0.2.2',
      'mx.example.test. 60 A 192.0.2.3',
    ])
  })

  it('may hold escapes and octets beyond ASCII, and may stand in quotes', () => {
    expect(recordsOf('a\\.b\\032c 60 A 192.0.2.1\n"q" 60 A 192.0.2.2\né 60 A 192.0.2.3')).toEqual([
      'a\\.b\\032c.example.test. 60 A 192.0.2.1',
      'q.example.test. 60 A 192.0.2.2',
      '\\195\\169.example.test. 60 A 192.0.2.3',
    ])
  })

  it('that no record has stated is the apex, with a warning', () => {
    const { records, faults } = readZone(' 60 A 192.0.2.1\n 60 A 192.0.2.2')
    expect(records).toEqual(['example.test. 60 A 192.0.2.1', 'example.test. 60 A 192.0.2.2'])
    expect(faults).toEqual([
      'main:1:2: warning: no owner is given before this record: example.test. is assumed',
    ])
  })

  it('is within the zone of the root whatever it is', () => {
    expect(recordsOf('a.b. 60 A 192.0.2.1\n@ 60 NS a', { apex: '.' })).toEqual([
      'a.b. 60 A 192.0.2.1',
      '. 60 NS a.',
    ])
  })
})

describe('TTL and class', () => {
  it.each([
    'www 300 IN A 192.0.2.1',
    'www IN 300 A 192.0.2.1',
    'www 300 A 192.0.2.1',
    'www 5m in a 192.0.2.1',
    'www CLASS1 300 TYPE1 192.0.2.1',
    'www 0H5M class1 type1 \\# 4 c0000201',
  ])('may stand in any order and be left out: %s', (line) => {
    expect(recordsOf(line)).toEqual(['www.example.test. 300 A 192.0.2.1'])
  })

  it('come from $TTL where it was given, and not from the record before', () => {
    expect(
      recordsOf('$TTL 1h\na 60 A 192.0.2.1\nb A 192.0.2.2\n$TTL 2h\nc IN A 192.0.2.3'),
    ).toEqual([
      'a.example.test. 60 A 192.0.2.1',
      'b.example.test. 3600 A 192.0.2.2',
      'c.example.test. 7200 A 192.0.2.3',
    ])
  })

  it('come from the last record that gave one where $TTL was not', () => {
    expect(
      recordsOf('@ 60 SOA ns host 1 2 3 4 5\na A 192.0.2.1\nb 9 A 192.0.2.2\nc A 192.0.2.3'),
    ).toEqual([
      'example.test. 60 SOA ns.example.test. host.example.test. 1 2 3 4 5',
      'a.example.test. 60 A 192.0.2.1',
      'b.example.test. 9 A 192.0.2.2',
      'c.example.test. 9 A 192.0.2.3',
    ])
  })

  it('come from the minimum of an SOA that has no other source, with a warning', () => {
    const text = '@ SOA ns host 1 2 3 4 55\na A 192.0.2.1\nb 9 A 192.0.2.2\nc A 192.0.2.3'
    const { records, faults } = readZone(text)
    expect(records.map((record) => record.split(' ')[1])).toEqual(['55', '55', '9', '55'])
    expect(faults).toEqual([
      "main:1:1: warning: no TTL is given: the SOA's minimum of 55 seconds is used",
    ])
  })

  it('may be as long as RFC 2181 §8 allows, and zero', () => {
    expect(recordsOf('a 2147483647 A 192.0.2.1\nb 0 A 192.0.2.2')).toEqual([
      'a.example.test. 2147483647 A 192.0.2.1',
      'b.example.test. 0 A 192.0.2.2',
    ])
  })
})

describe('a type', () => {
  it('is known in any case, or by its number', () => {
    expect(
      recordsOf(`$TTL 60
a cName b
a nsec3param 1 0 0 -
a TYPE65280 \\# 2 abcd
a type15 10 mail
`),
    ).toEqual([
      'a.example.test. 60 CNAME b.example.test.',
      'a.example.test. 60 NSEC3PARAM 1 0 0 -',
      'a.example.test. 60 TYPE65280 \\# 2 abcd',
      'a.example.test. 60 MX 10 mail.example.test.',
    ])
  })
})

describe('data', () => {
  it('may take many lines in parentheses', () => {
    expect(
      recordsOf(`
@ 60 IN SOA ns hostmaster ( ; the start
    2026112101 ; serial
    2h         ; refresh
    15m 2w     ; retry, expire
    5m )       ; minimum
  60 TXT ("a b"
    c)
`),
    ).toEqual([
      'example.test. 60 SOA ns.example.test. hostmaster.example.test. 2026112101 7200 900 1209600 300',
      'example.test. 60 TXT "a b" "c"',
    ])
  })

  it('may have quotes around the value of a parameter alone', () => {
    expect(recordsOf('a 60 HTTPS 1 . alpn="h2,h3" port=8443')).toEqual(
      recordsOf('a 60 HTTPS 1 . alpn=h2,h3 port=8443'),
    )
  })
})

describe('a place', () => {
  it('is where the record begins, after comments and whatever the line ends are', () => {
    const text = '; head\r\n\r\nwww 60 A 192.0.2.1\r\n   60 TXT (\r\n a\r\n b )\r\nx 60 A 192.0.2.2'
    expect(readZone(text).places).toEqual(['main:3:1', 'main:4:4', 'main:7:1'])
  })
})
