/**
 * Goal: addresses that spare a question come along, and none that somebody should ask for.
 * Method: a zone whose NS, MX and SRV point at hosts of each kind.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const { ask } = authority(
  {
    'example.test': `
$TTL 60
@      SOA  ns1 hostmaster 1 7200 3600 1209600 60
@      NS   ns1
@      NS   ns2
@      NS   ns.example.org.
ns1    A    192.0.2.53
ns1    AAAA 2001:db8::53
ns2    A    192.0.2.54
@      MX   10 mail
@      MX   20 MAIL
@      MX   30 web
_sip._tcp SRV 0 0 5060 mail
_sip._tcp SRV 0 0 5061 ns2
mail   A    192.0.2.25
mail   TXT  "never added"
web    A    192.0.2.80
alias  CNAME mail
*.wild A    192.0.2.90
odd    MX   0 alias
odd    MX   0 any.wild
odd    MX   0 nobody
odd    MX   0 .
self   MX   0 self
self   A    192.0.2.1
other  MX   0 www.another.test.
chain  CNAME self
`,
    'another.test': '@ 60 SOA ns.example.org. h 1 2 3 4 5\nwww 60 A 192.0.2.99\n',
  },
  { bindings: { 'web.example.test': { members: { a: '192.0.2.81' } } } },
)

describe('the additional section', () => {
  it('has the addresses of name servers, each once, in both families', () => {
    expect(ask('example.test NS').additional).toEqual([
      'ns1.example.test. 60 IN A 192.0.2.53',
      'ns1.example.test. 60 IN AAAA 2001:db8::53',
      'ns2.example.test. 60 IN A 192.0.2.54',
    ])
  })

  it('has the addresses of mail hosts once, however often they are named', () => {
    expect(ask('example.test MX').additional).toEqual(['mail.example.test. 60 IN A 192.0.2.25'])
  })

  it('never has a balanced name: its turns are for those who ask for it', () => {
    expect(ask('example.test MX').additional.join()).not.toContain('web')
  })

  it('has the targets of SRV (RFC 2782)', () => {
    expect(ask('_sip._tcp.example.test SRV').additional).toEqual([
      'mail.example.test. 60 IN A 192.0.2.25',
      'ns2.example.test. 60 IN A 192.0.2.54',
    ])
  })

  it('has nothing for a target that is an alias, a wildcard’s, nobody’s or the root', () => {
    expect(ask('odd.example.test MX')).toMatchObject({ rcode: 'NOERROR', additional: [] })
  })

  it('has nothing of other zones', () => {
    expect(ask('other.example.test MX').additional).toEqual([])
  })

  it('has what the end of a chain names', () => {
    expect(ask('chain.example.test MX').additional).toEqual([
      'self.example.test. 60 IN A 192.0.2.1',
    ])
  })

  it.each(['example.test SOA', 'mail.example.test A', 'nobody.example.test A'])(
    'is empty where nobody is named: %s',
    (question) => {
      expect(ask(question).additional).toEqual([])
    },
  )
})
