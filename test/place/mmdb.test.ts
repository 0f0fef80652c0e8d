/**
 * Goal: a MaxMind database is read as it is meant, and one that is damaged, foreign or malicious is
 * refused with a word about it, in bounded time.
 * Method: databases written here by the letter of the format; mmdb-lib reads them too and must find
 * the same at random addresses; databases spoilt octet by octet.
 */

import fc from 'fast-check'
import { type CountryResponse, Reader } from 'mmdb-lib'
import { describe, expect, it } from 'vitest'

import { parseAddress, printAddress } from '../../src/base/address.ts'
import { findLeaf, findPrefix, leafDepth } from '../../src/base/prefix-map.ts'
import { masked, printPrefix } from '../../src/base/prefix.ts'
import type { PlaceMap } from '../../src/place/location.ts'
import { type MmdbRead, readMmdb } from '../../src/place/mmdb.ts'
import { describeMmdb } from '../../src/place/mmdb-layout.ts'

import { Double, type MmdbOrder, writeMmdb } from './mmdb-writer.ts'

const NORWAY = {
  continent: { code: 'EU', names: { en: 'Europe' } },
  country: { geoname_id: 3_144_096, iso_code: 'NO' },
  location: { latitude: new Double(59.91), longitude: new Double(10.75), time_zone: 'Europe/Oslo' },
}
const CHILE = { continent: { code: 'SA' }, country: { iso_code: 'CL' } }
const NETWORKS: MmdbOrder['networks'] = [
  ['192.0.2.0/24', NORWAY],
  ['192.0.2.128/25', CHILE],
  ['2001:db8::/32', CHILE],
]

describe('a MaxMind database', () => {
  it.each([24, 28, 32] as const)('is read with records of %i bits', (recordSize) => {
    const map = read({ networks: NETWORKS, recordSize })
    expect(at(map, '192.0.2.1')).toEqual({
      country: 'NO',
      continent: 'EU',
      at: { latitude: 60, longitude: 11 },
    })
    expect(at(map, '192.0.2.200')).toEqual({ country: 'CL', continent: 'SA' })
    expect(at(map, '2001:db8:1::1')).toEqual({ country: 'CL', continent: 'SA' })
    expect(at(map, '198.51.100.1')).toEqual({})
    expect(at(map, '2001:db9::1')).toEqual({})
  })

  it('of IPv4 alone knows nobody of IPv6', () => {
    const map = read({ networks: NETWORKS.slice(0, 2), ipVersion: 4 })
    expect(at(map, '192.0.2.1').country).toBe('NO')
    expect(at(map, '::c000:201')).toEqual({})
    expect(map.map.v6).toHaveLength(1)
  })

  it('has IPv4 under ::/96 and its aliases, and keeps it out of the map of IPv6', () => {
    const aliases = ['::ffff:0:0/96', '2001::/32', '2002::/16'].map((network) => {
      return [network, 'alias'] as const
    })
    const map = read({ networks: [...NETWORKS, ...aliases] })
    expect(map.map).toEqual(read({ networks: NETWORKS }).map)
    expect(at(map, '192.0.2.1').country).toBe('NO')
    expect(at(map, '2002:c000:201::1')).toEqual({})
  })

  it('may say one thing of all IPv4', () => {
    const map = read({
      networks: [
        ['::/8', NORWAY],
        ['2001:db8::/32', CHILE],
      ],
    })
    expect(at(map, '203.0.113.1').country).toBe('NO')
    expect(at(map, '::1').country).toBe('NO')
  })

  it('makes one place of data that say the same', () => {
    const near = {
      ...NORWAY,
      location: { latitude: new Double(60.4), longitude: new Double(11.2) },
    }
    const map = read({
      networks: [
        ['192.0.2.0/25', NORWAY],
        ['192.0.2.128/25', near],
      ],
    })
    expect(map.places).toHaveLength(2)
    expect(leafDepth(findLeaf(map.map, parseAddress('192.0.2.1')!, false))).toBe(24)
  })

  it.each([
    [
      'of IPinfo',
      { country_code: 'NO', continent_code: 'EU', country: 'Norway', continent: 'Europe' },
    ],
    ['of two letters', { country: 'no', continent: 'eu' }],
    ['of MaxMind', { city: [1, [2, 3n], { a: true }], ...NORWAY, location: {} }],
  ])('is read in the shape %s', (_, record) => {
    const map = read({ networks: [['192.0.2.0/24', record]] })
    expect(at(map, '192.0.2.1')).toEqual({ country: 'NO', continent: 'EU' })
  })

  it.each([
    [
      { lat: '-59.6', lng: '10.2' },
      { latitude: -60, longitude: 10 },
    ],
    [
      { latitude: new Double(-0.3), longitude: 7 },
      { latitude: 0, longitude: 7 },
    ],
    [{ latitude: new Double(91), longitude: 7, country: 'NO' }, undefined],
    [{ latitude: '', longitude: '', country: 'NO' }, undefined],
    [{ latitude: 3, country: 'NO' }, undefined],
    [{ latitude: new Double(Number.NaN), longitude: 7, country: 'NO' }, undefined],
  ])('has coordinates: %j', (record, coordinates) => {
    expect(at(read({ networks: [['192.0.2.0/24', record]] }), '192.0.2.1').at).toEqual(coordinates)
  })

  it('says the same as another reader, of the same width or wider', () => {
    const networks = fc.array(
      fc.tuple(
        fc.constantFrom(4, 16),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat(127),
        fc.constantFrom('NO', 'CL', 'JP'),
      ),
      { minLength: 1, maxLength: 12 },
    )
    const sizes = fc.constantFrom<24 | 28 | 32>(24, 28, 32)
    fc.assert(
      fc.property(networks, sizes, (given, recordSize) => {
        const written = given
          .map(([length, octets, bits, code]) => {
            const kept = 2 + (bits % (length * 8 - 1))
            // The other reader finds IPv4 by IPv6 addresses too, this one does not: keep them apart.
            const address = octets
              .slice(0, length)
              .map((octet, i) => (i === 0 ? octet | 0x40 : octet))
            return { prefix: { octets: masked(address, kept), bits: kept }, code }
          })
          .sort((a, b) => a.prefix.bits - b.prefix.bits)
        const order = {
          networks: written.map(({ prefix, code }) => {
            return [printPrefix(prefix), { country: { iso_code: code } }] as const
          }),
          recordSize,
        }
        const map = read(order)
        const oracle = new Reader<CountryResponse>(Buffer.from(writeMmdb(order)))
        for (const { prefix } of written) {
          for (const octets of [prefix.octets, prefix.octets.map((octet) => octet ^ 1)]) {
            const address = printAddress(octets)
            const [record, bits] = oracle.getWithPrefixLength(address)
            expect(at(map, address).country).toBe(record?.country?.iso_code)
            const leaf = findLeaf(map.map, octets, octets.length === 16)
            expect(leafDepth(leaf)).toBeLessThanOrEqual(bits)
          }
        }
      }),
    )
  })
})

describe('a file that is no MaxMind database of use', () => {
  it.each([
    ['empty', new Uint8Array(0), 'is no MaxMind database, or was cut off'],
    ['cut off', writeMmdb({ networks: NETWORKS }).slice(0, 300), 'is no MaxMind database'],
    ['packed', Uint8Array.of(0x1f, 0x8b, 8, 0), 'is compressed: unpack it'],
    ['from the future', written({ binary_format_major_version: 3 }), 'format version 3: only ver'],
    ['of nodes of 20 bits', written({ record_size: 20 }), 'metadata cannot be right; download it'],
    ['of IPv5', written({ ip_version: 5 }), 'metadata cannot be right'],
    ['without a count', written({ node_count: undefined }), 'metadata cannot be right'],
    ['of no nodes', written({ node_count: 0 }), 'metadata cannot be right'],
    ['of more nodes than fit', written({ node_count: 1_000_000 }), 'metadata cannot be right'],
    ['without metadata', written({}).slice(0, -200), 'is no MaxMind database'],
  ])('%s', (_, octets, problem) => {
    expect(problemOf(readMmdb(octets))).toContain(problem)
  })

  it('is one of autonomous systems', () => {
    const networks = [['192.0.2.0/24', { autonomous_system_number: 64_496 }]] as const
    const octets = writeMmdb({ networks, metadata: { database_type: 'Test-ASN' } })
    expect(problemOf(readMmdb(octets))).toBe(
      'says of no network its country, continent or coordinates; it is a database of type ' +
        '"Test-ASN": use one of countries or cities',
    )
  })

  it('is one whose tree has a loop', () => {
    const octets = writeMmdb({ networks: NETWORKS })
    // Both branches of the root lead to itself.
    expect(problemOf(readMmdb(octets.map((octet, index) => (index < 6 ? 0 : octet))))).toContain(
      'its search tree has no end',
    )
  })

  it('is one whose tree is deeper than its addresses', () => {
    const networks = [['2001:db8::/64', CHILE]] as const
    const octets = writeMmdb({ networks, metadata: { ip_version: 4 } })
    expect(problemOf(readMmdb(octets))).toContain('its search tree has no end')
  })

  it('is one whose tree has more ways than anyone can go', () => {
    const octets = writeMmdb({ networks: [['2001:db8::/120', CHILE]] })
    // Both branches of each of the 120 nodes lead to the next, and those of the last nowhere.
    for (let node = 0; node < 120; node++) octets.set([0, 0, node + 1, 0, 0, node + 1], node * 6)
    expect(problemOf(readMmdb(octets))).toContain('its search tree has no end')
  })

  it('is one of too many places', () => {
    const letters = (number: number) => String.fromCharCode(65 + (number >> 4), 65 + (number & 15))
    const networks = Array.from({ length: 65_536 }, (_, index) => {
      const [high, low] = [index >> 8, index & 0xff]
      const place = { country: letters(high), continent: letters(low) }
      return [`10.${high}.${low}.0/24`, place] as const
    })
    expect(problemOf(readMmdb(writeMmdb({ networks })))).toBe(
      'knows more than 65536 places: use a database of countries',
    )
  })

  it('is any other spoilt one, or it is read, but it never keeps the loader', () => {
    const octets = writeMmdb({ networks: NETWORKS })
    const slips = fc.array(fc.tuple(fc.nat(octets.length - 1), fc.nat(255)), { minLength: 1 })
    fc.assert(
      fc.property(slips, (changes) => {
        const spoilt = octets.slice()
        for (const [index, octet] of changes) spoilt[index] = octet
        const result = readMmdb(spoilt)
        if ('map' in result) at(result.map, '192.0.2.1')
        else expect(result.problem).not.toBe('')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a node of 28 bits to a record', () => {
  it('has the first four bits of both in its middle', () => {
    const octets = writeMmdb({ networks: NETWORKS, recordSize: 28 })
    octets.set([0x12, 0x34, 0x56, 0xab, 0x78, 0x9a, 0xbc], 7)
    const layout = describeMmdb(octets)
    if ('problem' in layout) throw new Error(layout.problem)
    expect(layout.recordOf(1, 0)).toBe(0xa123456)
    expect(layout.recordOf(1, 1)).toBe(0xb789abc)
  })
})

function written(metadata: NonNullable<MmdbOrder['metadata']>): Uint8Array {
  return writeMmdb({ networks: NETWORKS, metadata })
}

function read(order: MmdbOrder): PlaceMap {
  const result = readMmdb(writeMmdb(order))
  if ('problem' in result) throw new Error(result.problem)
  return result.map
}

function problemOf(result: MmdbRead): string | undefined {
  return 'problem' in result ? result.problem : undefined
}

function at({ map, places }: PlaceMap, address: string) {
  const octets = parseAddress(address)!
  return places[findPrefix(map, octets, octets.length === 16)]!
}
