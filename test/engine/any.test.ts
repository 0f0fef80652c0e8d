/**
 * Goal: ANY gets one RRset and no more (RFC 8482), and CHAOS tells who answers (RFC 4892).
 * Method: names with several types; both ways of asking for the server's name.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const ZONE = `
$TTL 60
@      SOA  ns1.example.org. hostmaster 1 7200 3600 1209600 60
@      NS   ns1.example.org.
many   TXT  "one"
many   A    192.0.2.1
many   TXT  "two"
many   MX   10 many
only   A    192.0.2.99
only   HINFO "a" "b"
x.ent  A    192.0.2.1
`

describe('ANY', () => {
  const server = authority(
    { 'example.test': ZONE },
    {
      bindings: {
        'web.example.test': { members: { a: '192.0.2.10', b: { v6: '2001:db8::10' } } },
        'six.example.test': { members: { b: { v6: '2001:db8::10' } } },
        'only.example.test': { members: {} },
        'none.example.test': { members: {} },
      },
    },
  )
  const { ask } = server

  it('is answered with one whole RRset (RFC 8482 §4.1)', () => {
    expect(ask('many.example.test ANY').answer).toEqual([
      'many.example.test. 60 IN TXT "one"',
      'many.example.test. 60 IN TXT "two"',
    ])
  })

  it('is no data at an empty non-terminal and NXDOMAIN at no name', () => {
    expect(ask('ent.example.test ANY')).toMatchObject({ rcode: 'NOERROR', answer: [] })
    expect(ask('nobody.example.test ANY')).toMatchObject({ rcode: 'NXDOMAIN', answer: [] })
  })

  it('of a balanced name is a turn', () => {
    expect(ask('web.example.test ANY').answer).toEqual(['web.example.test. 30 IN A 192.0.2.10'])
    expect(ask('six.example.test ANY').answer).toEqual([
      'six.example.test. 30 IN AAAA 2001:db8::10',
    ])
  })

  it('of a balanced name that nobody may be answered for never gives the file’s addresses', () => {
    expect(ask('only.example.test ANY').answer).toEqual(['only.example.test. 60 IN HINFO "a" "b"'])
    expect(ask('none.example.test ANY')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })
})

describe('the name of the server in class CH', () => {
  const { ask } = authority({ 'example.test': ZONE }, { serverId: 'ns1.example.test' })

  it.each(['id.server', 'ID.Server', 'hostname.bind'])('is a TXT at %s', (name) => {
    expect(ask(`${name} CH TXT`)).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa',
      answer: [`${name}. 0 CH TXT "ns1.example.test"`],
    })
  })

  it.each(['version.bind CH TXT', 'id.server.example.test CH TXT', 'server CH TXT', '. CH TXT'])(
    'is nowhere else: %s is refused',
    (question) => {
      expect(ask(question)).toMatchObject({ rcode: 'REFUSED', answer: [] })
    },
  )

  it('has no other type', () => {
    expect(ask('id.server CH A')).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('is not in class IN, nor HS', () => {
    expect(ask('id.server TXT').rcode).toBe('REFUSED')
    expect(ask('id.server HS TXT').rcode).toBe('REFUSED')
  })

  it('is refused by a server without one', () => {
    const nameless = authority({ 'example.test': ZONE })
    expect(nameless.ask('id.server CH TXT')).toMatchObject({ rcode: 'REFUSED', answer: [] })
  })
})
