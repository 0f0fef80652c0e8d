/**
 * Goal: NAME.explain.ZONE TXT is answered to those who may ask, by the thread that knows, and is no
 * name at all to everybody else.
 * Method: an authority with an explainer that repeats what it was asked.
 */

import { describe, expect, it } from 'vitest'

import { buildPrefixMap } from '../../src/base/prefix-map.ts'
import { parsePrefix, printPrefix } from '../../src/base/prefix.ts'
import { MAY_ASK, MAY_NOT_ASK } from '../../src/engine/explain.ts'
import { printName } from '../../src/wire/name.ts'
import { authority } from '../support/authority.ts'
import type { Manner } from '../support/request.ts'

const ZONE = `
$ORIGIN example.test.
$TTL 300
@ SOA ns1 hostmaster 1 3600 600 604800 10
@ NS ns1
ns1 A 192.0.2.53
own.explain TXT "mine"
`
// A name below which others stand is no wildcard's (RFC 4592 §3.3.1), so `own` cannot be here.
const WILD = `${ZONE.replace(/own.*/, '')}* TXT "wild"\n`
const WHY = 'www.example.test.explain.example.test'
const ALLOWED: Manner = { tcp: true, from: '192.0.2.9' }

describe('who may ask why', () => {
  it.each([
    ['a zone', ZONE],
    ['a zone with a wildcard', WILD],
  ])('is told in %s', (_, zone) => {
    const reply = asking(zone).ask(`${WHY} TXT`, ALLOWED)
    expect(reply.flags).toContain('aa')
    expect(reply.answer).toEqual([
      `${WHY}. 0 IN TXT "why www.example.test."`,
      `${WHY}. 0 IN TXT "for 192.0.2.9/32"`,
    ])
  })

  it('is told of the subnet that it names', () => {
    const reply = asking().ask(`${WHY} TXT`, { ...ALLOWED, subnet: '198.51.100.0/24' })
    expect(reply.answer[1]).toContain('for 198.51.100.0/24')
  })

  it('is sent to TCP from a datagram, where nobody knows', () => {
    const reply = asking().ask(`${WHY} TXT`, { from: '192.0.2.9' })
    expect([reply.flags.includes('tc'), reply.rcode, reply.answer]).toEqual([true, 'NOERROR', []])
  })

  it('has no other data there', () => {
    expect(asking().ask(`${WHY} A`, ALLOWED)).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('keeps the names that the zone has', () => {
    const reply = asking().ask('own.explain.example.test TXT', ALLOWED)
    expect(reply.answer[0]).toContain('"mine"')
  })

  it('is told where the label is in capitals, and not where it stands elsewhere', () => {
    expect(asking().ask('www.EXPLAIN.example.test TXT', ALLOWED).answer).toHaveLength(2)
    const elsewhere = ['explain.www.example.test', 'explain.example.test', 'xexplain.example.test']
    for (const name of elsewhere) {
      expect(asking().ask(`${name} TXT`, ALLOWED).answer.join()).not.toContain('why')
    }
  })
})

describe('who may not ask why', () => {
  it.each([
    ['a stranger', { tcp: true, from: '198.51.100.7' }],
    ['a stranger by datagram', { from: '198.51.100.7' }],
    ['a stranger by IPv6', { tcp: true, from: '2001:db8::7' }],
  ] as const)('hears of no such name: %s', (_, manner) => {
    expect(asking().ask(`${WHY} TXT`, manner)).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(asking(WILD).ask(`${WHY} TXT`, manner).answer[0]).toContain('"wild"')
  })
})

function asking(zone = ZONE) {
  const rota = authority({ 'example.test': zone })
  const allowed = [{ prefix: parsePrefix('192.0.2.0/24')!, value: MAY_ASK }]
  rota.engine.world = {
    ...rota.engine.world,
    explainTo: buildPrefixMap(allowed, MAY_NOT_ASK),
  }
  rota.engine.explainer = (name, client) => [`why ${printName(name)}`, `for ${printPrefix(client)}`]
  return rota
}
