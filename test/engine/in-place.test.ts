/**
 * Goal: an answer may be written over its own request, and is the same octet for octet.
 * Method: requests of every kind, answered by two authorities that are alike: one in place.
 */

import { describe, expect, it } from 'vitest'

import { answer, MESSAGE_OCTETS_MAX } from '../../src/engine/answer.ts'
import { createClient } from '../../src/engine/world.ts'

import { authority } from '../support/authority.ts'
import { type Manner, optOctets, requestFor } from '../support/request.ts'

const ZONE = `
$TTL 300
@     SOA   ns1.example.org. hostmaster 1 7200 3600 1209600 60
@     NS    ns1.example.org.
alias CNAME www
old   DNAME example.org.
text  TXT   ${Array.from({ length: 4 }, () => `"${'x'.repeat(200)}"`).join(' ')}
sub   NS    ns.sub
ns.sub A    192.0.2.1
`
const OPTIONS = {
  bindings: { 'www.example.test': { members: { a: '192.0.2.1', b: '192.0.2.2', c: '192.0.2.3' } } },
  serverId: 'ns1.example.test',
}

const QUESTIONS: readonly (readonly [string, Manner])[] = [
  ['www.example.test A', {}],
  ['wWw.Example.TEST A', { subnet: '192.0.2.0/24' }],
  ['alias.example.test A', { subnet: '2001:db8::/56', nsid: true }],
  ['text.example.test TXT', { subnet: '2001:db8::1/128', do: true }],
  ['a.b.c.old.example.test TXT', { nsid: true, options: [[65001, [1, 2, 3, 4, 5, 6, 7, 8]]] }],
  ['www.sub.example.test A', { edns: true }],
  ['nobody.example.test A', { subnet: '0.0.0.0/0' }],
  ['www.example.org A', { subnet: '192.0.2.0/24' }],
  ['www.example.test A', { version: 1, subnet: '192.0.2.0/24' }],
  ['www.example.test A', { opcode: 5, edns: true }],
  ['id.server CH TXT', { nsid: true }],
  ['www.example.test A', { options: [[8, [0, 1, 33, 0]]] }],
]

describe('answering in place', () => {
  it.each(QUESTIONS)('gives %s, asked with %o, the same answer', (question, manner) => {
    expect(answerInPlace(requestFor(question, manner))).toEqual(
      authority({ 'example.test': ZONE }, OPTIONS).answerOctets(
        requestFor(question, manner),
        manner,
      ),
    )
  })

  it('echoes a subnet that stands behind what the answer overwrites', () => {
    const opt = optOctets({ subnet: '192.0.2.0/24' })
    const record = [0, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]
    const request = Uint8Array.from([...requestFor('www.example.test A'), ...record, ...opt])
    request[11] = 2
    expect([...answerInPlace(request).slice(-opt.length)]).toEqual(opt)
  })
})

function answerInPlace(request: Uint8Array): Uint8Array {
  const { engine } = authority({ 'example.test': ZONE }, OPTIONS)
  const client = createClient(false)
  client.address.set([198, 51, 100, 7])
  const octets = new Uint8Array(MESSAGE_OCTETS_MAX)
  octets.set(request)
  const length = answer(engine, octets, request.length, client, octets)
  return octets.slice(0, length)
}
