/**
 * Goal: SRV, SVCB and HTTPS of a balanced name are what the roster says, whatever the zone has.
 * Method: a zone with such records, and rosters that leave some of them out.
 */

import { describe, expect, it } from 'vitest'

import { takeRoster } from '../../src/engine/engine.ts'
import { followHealth } from '../../src/control/judgement/services.ts'
import { nodeAtDepth } from '../../src/zone/lookup.ts'
import { servicesOf } from '../../src/zone/services.ts'
import { foldName } from '../../src/wire/name.ts'
import { createPath, setPath } from '../../src/wire/name-path.ts'
import { type Authority, authority, rosterOf } from '../support/authority.ts'
import { nameOf } from '../support/request.ts'

const ZONE = `
$ORIGIN example.test.
$TTL 300
@ SOA ns1 hostmaster 1 3600 600 604800 10
@ NS ns1
ns1 A 192.0.2.53
a A 192.0.2.1
b A 192.0.2.2
_sip._tcp SRV 0 5 5060 a
_sip._tcp SRV 1 5 5060 b
_sip._tcp TXT "other data"
alias CNAME _sip._tcp
`
const SIP = '_sip._tcp.example.test'
const NOBODY = { members: {} }

describe('a balanced name with SRV', () => {
  it('answers whom the roster leaves, with its TTL', () => {
    const rota = withOut('192.0.2.1')
    expect(rota.ask(`${SIP} SRV`).answer).toEqual([`${SIP}. 30 IN SRV 1 5 5060 b.example.test.`])
  })

  it('answers the same to ANY, and at the end of a chain', () => {
    const rota = withOut('192.0.2.1')
    expect(rota.ask(`${SIP} ANY`).answer).toEqual([`${SIP}. 30 IN SRV 1 5 5060 b.example.test.`])
    expect(rota.ask('alias.example.test SRV').answer[1]).toBe(
      `${SIP}. 30 IN SRV 1 5 5060 b.example.test.`,
    )
  })

  it('has no such data where the roster says so, and keeps its other data', () => {
    const rota = withOut('192.0.2.1', '192.0.2.2')
    const reply = rota.ask(`${SIP} SRV`)
    expect([reply.rcode, reply.answer, reply.authority.length]).toEqual(['NOERROR', [], 1])
    expect(rota.ask(`${SIP} TXT`).answer).toHaveLength(1)
  })

  it('has no addresses: they are of its targets', () => {
    expect(withOut().ask(`${SIP} A`)).toMatchObject({ rcode: 'NOERROR', answer: [] })
  })

  it('answers what its zone has where the roster says nothing of it', () => {
    const rota = authority({ 'example.test': ZONE }, { bindings: { [SIP]: NOBODY } })
    expect(rota.ask(`${SIP} SRV`).answer).toHaveLength(2)
  })
})

/** An authority whose roster leaves out the records of hosts that may not be answered. */
function withOut(...out: string[]): Authority {
  const rota = authority({ 'example.test': ZONE }, { bindings: { [SIP]: NOBODY } })
  const [zone] = rota.zones
  const path = createPath()
  const name = foldName(nameOf(`${SIP}.`))
  setPath(path, name, 0, name.length)
  const records = servicesOf(zone!, nodeAtDepth(zone!, path, path.depth))
  const services = followHealth(records, (address) => !out.includes(address), 30, out.length < 2)
  takeRoster(rota.engine, 0, { ...rosterOf(NOBODY), services })
  return rota
}
