/**
 * Goal: an image holds what its zone's text says, finds every name of it, and can be shared.
 * Method: zones laid out from text and read back name by name; large ones, and names made to collide.
 */

import { describe, expect, it } from 'vitest'

import { printAddress } from '../../src/base/address.ts'
import { createPath, setPath } from '../../src/wire/name-path.ts'
import { TYPE } from '../../src/wire/registry.ts'
import { addressesOf } from '../../src/zone/addresses.ts'
import { createZoneBuilder } from '../../src/zone/builder.ts'
import {
  BINDINGS_MAX,
  bindingOf,
  findRrset,
  firstRrset,
  rrsetCount,
  rrsetType,
  type ZoneImage,
} from '../../src/zone/image.ts'
import { createFound, FOUND, lookUp, NO_NODE, nodeAtDepth } from '../../src/zone/lookup.ts'

import { buildZone } from '../support/authority.ts'
import { collidingNames } from '../support/collision.ts'
import { nameOf } from '../support/request.ts'

const APEX = nameOf('example.test')
const SOA = '@ 60 SOA ns1.example.org. hostmaster 4294967295 7200 3600 1209600 60\n'

describe('an image', () => {
  it('counts nodes with their empty ancestors, and records without repeated ones', () => {
    const image = zoneOf(
      'a.b.c 60 A 192.0.2.1\na.b.c 60 A 192.0.2.1\nb.c 60 TXT "x"\nd 60 A 192.0.2.2\n',
    )
    // example.test, c, b.c, a.b.c and d; SOA, A, TXT and A.
    expect([image.nodeCount, image.recordCount]).toEqual([5, 4])
  })

  it('has the serial of its SOA, to the last bit', () => {
    expect(zoneOf('').serial).toBe(4294967295)
  })

  it('lies in memory that threads share', () => {
    const { nodes, octets } = zoneOf('www 60 A 192.0.2.1\n')
    for (const { buffer } of [nodes, octets]) expect(buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it('puts the records of a name together wherever in the file they stand', () => {
    const image = zoneOf(
      'www 60 A 192.0.2.1\nother 60 A 192.0.2.9\nwww 60 TXT "x"\nWWW 60 A 192.0.2.2\n',
    )
    const node = nodeOf(image, 'www.example.test')
    expect(rrsetCount(image.octets, findRrset(image, node, TYPE.A))).toBe(2)
    expect(rrsetCount(image.octets, findRrset(image, node, TYPE.TXT))).toBe(1)
    expect(findRrset(image, node, TYPE.MX)).toBe(0)
    expect(rrsetType(image.octets, firstRrset(image, node))).toBe(TYPE.A)
    expect(rrsetType(image.octets, firstRrset(image, node, true))).toBe(TYPE.TXT)
  })

  it('has no RRset at a name that is only above others', () => {
    const image = zoneOf('a.b 60 A 192.0.2.1\n')
    const node = nodeOf(image, 'b.example.test')
    expect([findRrset(image, node, TYPE.A), firstRrset(image, node)]).toEqual([0, 0])
  })

  it('finds each of many names, and none beside them', () => {
    const builder = createZoneBuilder(APEX)
    const rdata = Uint8Array.of(192, 0, 2, 1)
    const name = (host: number) => nameOf(`host-${host}.rack-${host % 97}.example.test`)
    for (let host = 0; host < 50_000; host++) {
      const owner = name(host)
      builder.add(owner, owner.length, TYPE.A, 60, rdata, 4, 0, 1)
    }
    const image = builder.finish()
    expect([image.nodeCount, image.recordCount]).toEqual([1 + 97 + 50_000, 50_000])
    const path = createPath()
    const kinds = new Set<number>()
    const found = createFound()
    for (let host = 0; host < 50_000; host++) {
      const octets = name(host)
      setPath(path, octets, 0, octets.length)
      lookUp(image, path, found)
      kinds.add(found.kind)
    }
    expect([...kinds]).toEqual([FOUND.NODE])
    expect(nodeOf(image, 'host-50000.rack-45.example.test')).toBe(NO_NODE)
    expect(nodeOf(image, 'host-1.rack-2.example.test')).toBe(NO_NODE)
  })

  it('tells names apart that have the same hash', () => {
    const [one, other] = collidingNames('example.test')
    const alone = zoneOf(`${one}. 60 A 192.0.2.1\n`)
    expect(nodeOf(alone, one)).not.toBe(NO_NODE)
    expect(nodeOf(alone, other)).toBe(NO_NODE)
    const both = zoneOf(`${one}. 60 A 192.0.2.1\n${other}. 60 A 192.0.2.2\n`)
    expect(addresses(both, one)).toEqual(['192.0.2.1'])
    expect(addresses(both, other)).toEqual(['192.0.2.2'])
  })

  it('holds a record as long as a record may be', () => {
    const builder = createZoneBuilder(APEX)
    const rdata = new Uint8Array(65_535).fill(7)
    builder.add(APEX, APEX.length, 65_280, 60, rdata, rdata.length, 0, 1)
    const image = builder.finish()
    const rrset = findRrset(image, 0, 65_280)
    expect([...image.octets.slice(rrset + 18, rrset + 20)]).toEqual([0xff, 0xff])
    expect(image.octets.slice(rrset + 20, rrset + 20 + 65_535)).toEqual(rdata)
  })
})

describe('a binding', () => {
  it('stands at its node, beside whatever else the node is', () => {
    const image = buildZone(APEX, `${SOA}*.x 60 A 192.0.2.1\n`, [
      nameOf('*.x.example.test'),
      nameOf('new.below.example.test'),
      APEX,
    ])
    expect(bindingOf(image, nodeOf(image, '*.x.example.test'))).toBe(0)
    expect(bindingOf(image, nodeOf(image, 'new.below.example.test'))).toBe(1)
    expect(bindingOf(image, nodeOf(image, 'example.test'))).toBe(2)
    expect(bindingOf(image, nodeOf(image, 'below.example.test'))).toBe(-1)
    expect(bindingOf(image, nodeOf(image, 'x.example.test'))).toBe(-1)
  })

  it('may have any number that is allowed, and no other', () => {
    const builder = createZoneBuilder(APEX)
    builder.bind(nameOf('www.example.test'), BINDINGS_MAX)
    expect(() => builder.bind(nameOf('www.example.test'), BINDINGS_MAX + 1)).toThrow('binding')
    const image = builder.finish()
    expect(bindingOf(image, nodeOf(image, 'www.example.test'))).toBe(BINDINGS_MAX)
  })
})

describe('the addresses of a name', () => {
  const image = zoneOf(`
www  60 AAAA 2001:db8::1
www  60 A    192.0.2.2
www  60 TXT  "no address"
www  60 A    192.0.2.1
*.w  60 A    192.0.2.3
`)

  it('are its A and then its AAAA, each in the order of the file', () => {
    expect(addresses(image, 'www.example.test')).toEqual(['192.0.2.2', '192.0.2.1', '2001:db8::1'])
  })

  it('are its own: a wildcard’s are nobody’s but the wildcard’s', () => {
    expect(addresses(image, '*.w.example.test')).toEqual(['192.0.2.3'])
    expect(addresses(image, 'any.w.example.test')).toEqual([])
  })

  it('are none where the file has none', () => {
    expect(addresses(image, 'nobody.example.test')).toEqual([])
    expect(addresses(image, 'w.example.test')).toEqual([])
    expect(addresses(image, 'example.test')).toEqual([])
  })
})

function zoneOf(lines: string): ZoneImage {
  return buildZone(APEX, SOA + lines)
}

function nodeOf(image: ZoneImage, name: string): number {
  const path = createPath()
  const octets = nameOf(name)
  setPath(path, octets, 0, octets.length)
  return nodeAtDepth(image, path, path.depth)
}

function addresses(image: ZoneImage, name: string): string[] {
  return addressesOf(image, nameOf(name)).map(printAddress)
}
