/**
 * Goal: SRV and HTTPS lead each client to hosts of the pool that answers it, while they are well.
 * Method: a name whose clients have another pool, asked from within their subnet and from without.
 */

import { describe, expect, it } from 'vitest'

import { answer } from '../../src/engine/answer.ts'
import { createClient } from '../../src/engine/world.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { addresses, replyOf } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'
import { keeperOf } from './kept.ts'

const YAML = `
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 }, interval: 5s, fall: 1, rise: 1 } }
pools:
  outside: { check: web, members: [192.0.2.1, 192.0.2.2] }
  inside: { check: web, members: [198.51.100.1, 198.51.100.2, 198.51.100.3] }
names:
  www.example.test: { pool: outside, clients: [{ subnet: 203.0.113.0/24, pool: inside }] }
  _sip._tcp.example.test: { pool: outside, clients: [{ subnet: 203.0.113.0/24, pool: inside }] }
`
const ZONE = [
  'a A 192.0.2.1',
  'b A 198.51.100.1',
  'c A 198.51.100.2',
  'far A 203.0.113.99',
  'www HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1,192.0.2.2,198.51.100.1',
  ...['a', 'b', 'c', 'far'].map((host) => `_sip._tcp SRV 0 5 5060 ${host}`),
]
const [WITHIN, WITHOUT] = ['203.0.113.0/24', '198.18.0.0/24']

describe('a client', () => {
  it('is led to hosts of the pool that answers it, and to those that are of none', async () => {
    const ask = await asking()
    expect(ask('_sip._tcp.example.test SRV', WITHIN)).toEqual(['b', 'c', 'far'].map(srv))
    expect(ask('_sip._tcp.example.test SRV', WITHOUT)).toEqual(['a', 'far'].map(srv))
    expect(ask('_sip._tcp.example.test A', WITHIN)).toEqual([])
  })

  it('has hints to hosts of the pool that answers it', async () => {
    const ask = await asking()
    const hints = (subnet: string) => ask('www.example.test HTTPS', subnet)[0]
    expect(hints(WITHIN)).toBe('1 . alpn="h2" ipv4hint=198.51.100.1')
    expect(hints(WITHOUT)).toBe('1 . alpn="h2" ipv4hint=192.0.2.1,192.0.2.2')
  })

  it('is led to nobody of them who is down', async () => {
    const ask = await asking('198.51.100.1', '192.0.2.2')
    expect(ask('_sip._tcp.example.test SRV', WITHIN)).toEqual(['c', 'far'].map(srv))
    expect(ask('www.example.test HTTPS', WITHIN)).toEqual(['1 . alpn="h2"'])
    expect(ask('www.example.test HTTPS', WITHOUT)).toEqual(['1 . alpn="h2" ipv4hint=192.0.2.1'])
  })
})

function srv(host: string): string {
  return `0 5 5060 ${host}.example.test.`
}

/** Asks as a resolver that tells of a subnet, while these are down; the data of what is answered. */
async function asking(...down: string[]) {
  const kept = await keeperOf(YAML, { zone: ZONE })
  for (const address of down) kept.down.add(address)
  await kept.clock.advance(10_000)
  const out = new Uint8Array(65_535)
  return (question: string, subnet: string) => {
    const request = requestFor(question, { subnet })
    const octets = out.slice(
      0,
      answer(kept.engine, request, request.length, createClient(true), out),
    )
    return addresses(replyOf(decodeMessage(octets)!, octets))
  }
}
