/**
 * Goal: a name with SRV, SVCB or HTTPS has a binding of its own, and the hosts that it leads to.
 * Method: zones and YAML as an operator writes them, loaded as the server loads them.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../../src/base/address.ts'
import { findPrefix } from '../../../src/base/prefix-map.ts'
import { printAddress } from '../../../src/base/address.ts'
import { loadZones } from '../../../src/control/loading/load.ts'
import { configOf, zoneText } from '../configs.ts'

const LINES = [
  'a A 192.0.2.1',
  'b A 192.0.2.2',
  'b AAAA 2001:db8::2',
  '_sip._tcp SRV 0 5 5060 a',
  '_sip._tcp SRV 1 5 5060 b',
  '_sip._udp SRV 0 5 5060 a',
  'www HTTPS 1 . alpn=h2',
]
const POOL = 'web: { members: [192.0.2.1, 192.0.2.2] }'

describe('a name with services', () => {
  it('has a binding of its own beside that of the names that share its pool', () => {
    const bindings = bindingsOf('www', 'shop', 'other')
    expect(bindings.map(({ services }) => services?.length)).toEqual([undefined, 1])
    expect(bindings[1]).toMatchObject({ holdsAddresses: true, label: 'web' })
  })

  it('holds no addresses where it is no host', () => {
    const [, tcp, udp] = bindingsOf('_sip._tcp', '_sip._udp')
    expect([tcp!.holdsAddresses, udp!.holdsAddresses]).toEqual([false, false])
    const led = tcp!.services!.map(({ addresses }) => addresses.map(printAddress))
    expect(led).toEqual([['192.0.2.1'], ['192.0.2.2', '2001:db8::2']])
    expect(udp!.services).toHaveLength(1)
  })

  it('is where its clients are led who have no other binding', () => {
    const rule = 'clients: [{ subnet: 192.0.2.0/24, policy: random }]'
    const { bindings } = loadOf(`www.example.test: { pool: web, ${rule} }`).loaded!
    const { clients } = bindings[2]!
    expect(findPrefix(clients!, parseAddress('198.51.100.7')!, false)).toBe(2)
  })

  it('has one for each that its clients are led to as well, which names may share', () => {
    const rule = 'clients: [{ subnet: 192.0.2.0/24, policy: random }]'
    const names = ['www', 'shop'].map((name) => `${name}.example.test: { pool: web, ${rule} }`)
    const { bindings } = loadOf(names.join(', ')).loaded!
    const theirs = findPrefix(bindings[2]!.clients!, parseAddress('192.0.2.7')!, false)
    expect(bindings[theirs]).toMatchObject({ policy: 'random', holdsAddresses: true })
    expect(bindings.map(({ services }) => services?.length)).toEqual([undefined, undefined, 1, 1])
    expect(findPrefix(bindings[1]!.clients!, parseAddress('192.0.2.7')!, false)).toBe(0)
  })

  it('holds no addresses for any client where it is no host', () => {
    const rule = 'clients: [{ subnet: 192.0.2.0/24, policy: random }]'
    const { bindings } = loadOf(`_sip._tcp.example.test: { pool: web, ${rule} }`).loaded!
    expect(bindings.slice(2).map(({ holdsAddresses }) => holdsAddresses)).toEqual([false, false])
  })

  it('that has no pool takes the hosts that it leads to, each once', () => {
    const { loaded } = loadOf('_sip._tcp.example.test: { policy: failover }')
    expect(loaded!.bindings.at(-1)!.pool.members.map(({ name }) => name)).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '2001:db8::2',
    ])
  })
})

function bindingsOf(...names: string[]) {
  const users = names.map((name) => `${name}.example.test: { pool: web }`)
  return loadOf(users.join(', ')).loaded!.bindings
}

function loadOf(names: string) {
  const yaml = `zones: { example.test: z }\npools: { ${POOL} }\nnames: { ${names} }`
  const config = configOf(yaml)
  const text = zoneText('example.test', ...LINES)
  return loadZones({
    ...config,
    zones: config.zones.map((zone) => ({ ...zone, source: { text } })),
  })
}
