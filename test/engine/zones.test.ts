/**
 * Goal: a question goes to the zone it belongs to: the longest apex, without case, among any number.
 * Method: nested zones, the root, three thousand zones, and zones that come and go.
 */

import { describe, expect, it } from 'vitest'

import { takeWorld } from '../../src/engine/engine.ts'
import { createZoneTable, findZone, NO_ZONE } from '../../src/engine/zone-table.ts'
import { createPath, setPath } from '../../src/wire/name-path.ts'
import { TYPE } from '../../src/wire/registry.ts'

import { authority, buildZone } from '../support/authority.ts'
import { collidingNames } from '../support/collision.ts'
import { nameOf } from '../support/request.ts'

function zoneOf(tag: string, more = ''): string {
  return `
$TTL 60
@   SOA ns1.example.org. ${tag} 1 7200 3600 1209600 60
@   NS  ns1.example.org.
@   TXT "${tag}"
www TXT "www of ${tag}"
${more}`
}

describe('among nested zones', () => {
  const { ask } = authority({
    'example.test': zoneOf('parent', 'a NS ns1.a\n'),
    'a.b.example.test': zoneOf('grandchild'),
    'A.Example.Test': zoneOf('child'),
    'ample.test': zoneOf('neighbour'),
    'test.example.org': zoneOf('elsewhere'),
  })

  it.each([
    ['www.example.test TXT', 'www of parent'],
    ['www.a.example.test TXT', 'www of child'],
    ['www.a.b.example.test TXT', 'www of grandchild'],
    ['a.b.example.test TXT', 'grandchild'],
    ['www.ample.test TXT', 'www of neighbour'],
    ['WWW.A.EXAMPLE.TEST TXT', 'www of child'],
    ['test.example.org TXT', 'elsewhere'],
  ])('%s is answered by the longest apex: %s', (question, text) => {
    const { flags, answer } = ask(question)
    expect([flags, answer[0]]).toEqual(['qr aa', expect.stringContaining(`TXT "${text}"`)])
  })

  it.each(['b.example.test TXT', 'x.b.example.test TXT'])(
    'a name between two zones belongs to the upper: %s',
    (question) => {
      const { rcode, message } = ask(question)
      expect([rcode, message.authority[0]!.name]).toEqual(['NXDOMAIN', 'example.test.'])
    },
  )
})

describe('the root zone', () => {
  const { ask } = authority({
    '.': `
$TTL 60
@     SOA a.root-servers.example.test. hostmaster.example.test. 1 2 3 4 60
@     NS  a.root-servers.example.test.
test  NS  ns.test.
ns.test A 192.0.2.1
a.root-servers.example.test A 192.0.2.99
text  TXT "below the root"
`,
  })

  it('answers for the root itself', () => {
    expect(ask('. NS')).toMatchObject({
      flags: 'qr aa',
      answer: ['. 60 IN NS a.root-servers.example.test.'],
    })
    expect(ask('. SOA').answer).toHaveLength(1)
    expect(ask('. DS')).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', answer: [] })
  })

  it('refers, denies and answers below it', () => {
    expect(ask('www.example.test A')).toMatchObject({
      flags: 'qr',
      authority: ['test. 60 IN NS ns.test.'],
      additional: ['ns.test. 60 IN A 192.0.2.1'],
    })
    expect(ask('nobody. A').rcode).toBe('NXDOMAIN')
    expect(ask('text TXT').answer).toEqual(['text. 60 IN TXT "below the root"'])
  })
})

describe('three thousand zones', () => {
  const texts = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, zone) => [`zone${zone}.test`, zoneOf(`z${zone}`)]),
  )
  const { ask } = authority(texts)

  it('are told apart', () => {
    for (let zone = 0; zone < 3_000; zone += 7) {
      expect(ask(`www.zone${zone}.test TXT`).answer).toEqual([
        `www.zone${zone}.test. 60 IN TXT "www of z${zone}"`,
      ])
    }
  })

  it('leave what is beside them refused', () => {
    expect(ask('www.zone3000.test TXT').rcode).toBe('REFUSED')
    expect(ask('test SOA').rcode).toBe('REFUSED')
  })
})

describe('a world', () => {
  it('without zones refuses everything', () => {
    const { ask } = authority({})
    expect(ask('www.example.test A').rcode).toBe('REFUSED')
    expect(ask('. NS').rcode).toBe('REFUSED')
  })

  it('takes the place of the one before, whole', () => {
    const server = authority({ 'example.test': zoneOf('old') })
    const zones = [buildZone(nameOf('example.org'), zoneOf('new'))]
    takeWorld(server.engine, { ...server.engine.world, generation: 2, zones }, [])
    expect(server.ask('www.example.test TXT').rcode).toBe('REFUSED')
    expect(server.ask('www.example.org TXT').answer).toHaveLength(1)
  })
})

describe('the table of zones', () => {
  it('tells zones apart whose apexes have the same hash', () => {
    const [one, other] = collidingNames('test')
    const { ask } = authority({ [one]: zoneOf('one') })
    expect(ask(`www.${one} TXT`).rcode).toBe('NOERROR')
    expect(ask(`www.${other} TXT`).rcode).toBe('REFUSED')
    const both = authority({ [one]: zoneOf('one'), [other]: zoneOf('other') })
    expect(both.ask(`www.${one} TXT`).answer[0]).toContain('www of one')
    expect(both.ask(`www.${other} TXT`).answer[0]).toContain('www of other')
  })

  it('finds no zone for a name shorter than any apex, nor in an empty table', () => {
    const path = createPath()
    const zones = [buildZone(nameOf('a.b.c.example.test'), zoneOf('deep'))]
    const table = createZoneTable(zones)
    for (const name of ['.', 'test', 'c.example.test', 'b.c.example.test', 'x.b.c.example.test']) {
      const octets = nameOf(name)
      setPath(path, octets, 0, octets.length)
      expect(findZone(table, zones, path, TYPE.A)).toBe(NO_ZONE)
      expect(findZone(createZoneTable([]), [], path, TYPE.A)).toBe(NO_ZONE)
    }
  })
})
