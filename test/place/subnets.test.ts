/**
 * Goal: a file of subnets means what it says, and what is wrong with it is told where it stands.
 * Method: small files, their places asked for by address; every fault by its headline.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import { type Diagnostic, headline } from '../../src/base/diagnostic.ts'
import { findLeaf, findPrefix, leafDepth } from '../../src/base/prefix-map.ts'
import type { PlaceMap } from '../../src/place/location.ts'
import { readSubnets } from '../../src/place/subnets.ts'

describe('a map of subnets', () => {
  it('gives each subnet its label, and all others none', () => {
    const { map } = read(
      '# offices',
      '',
      '192.0.2.0/24 berlin',
      '2001:db8::/32\toslo   # by the fjord',
      ' 198.51.100.7   rome-2.dc_1\r',
    )
    expect(labelAt(map, '192.0.2.255')).toBe('berlin')
    expect(labelAt(map, '2001:db8::1')).toBe('oslo')
    expect(labelAt(map, '198.51.100.7')).toBe('rome-2.dc_1')
    expect(labelAt(map, '198.51.100.8')).toBeUndefined()
    expect(labelAt(map, '::1')).toBeUndefined()
  })

  it('splits a subnet around one that is in it', () => {
    const { map, said } = read('192.0.2.128/25 oslo', '192.0.2.0/24 berlin')
    expect(said).toEqual([])
    expect(labelAt(map, '192.0.2.1')).toBe('berlin')
    expect(labelAt(map, '192.0.2.129')).toBe('oslo')
    expect(leafDepth(findLeaf(map.map, parseAddress('192.0.2.1')!, false))).toBe(25)
  })

  it('has one place for each label', () => {
    const { map } = read('192.0.2.0/24 berlin', '198.51.100.0/24 oslo', '2001:db8::/32 berlin')
    expect(map.places).toEqual([{}, { label: 'berlin' }, { label: 'oslo' }])
  })

  it('may say nothing', () => {
    expect(read('# nobody yet')).toMatchObject({ said: [], map: { places: [{}] } })
    expect(read().said).toEqual([])
  })
})

describe('a fault in a map of subnets', () => {
  it.each([
    ['192.0.2.0/33 x', '1:1: "192.0.2.0/33" is no subnet: write 192.0.2.0/24, 2001:db8::/32, or'],
    ['  office berlin', '1:3: "office" is no subnet'],
    ['192.0.2.7/24 x', '1:1: 192.0.2.7/24 is a host in 192.0.2.0/24: write 192.0.2.0/24, or 192.0'],
    ['192.0.2.0/24', '1:1: no label follows 192.0.2.0/24: write "192.0.2.0/24 LABEL", of 1–63'],
    ['192.0.2.0/24 # x', '1:1: no label follows'],
    ['192.0.2.0/24 ber/lin', '1:14: "ber/lin" is no label: a label is 1–63 letters, digits, dots'],
    [`192.0.2.0/24 ${'x'.repeat(64)}`, `1:14: "${'x'.repeat(60)}…" is no label`],
    ['192.0.2.0/24 new york', '1:18: "york" follows the label: a subnet has one'],
    ['::ffff:192.0.2.0/120 x', '1:1: clients of ::ffff:192.0.2.0/120 are asked for as IPv4'],
  ])('%j', (line, headline) => {
    const { said } = read(line)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(`offices.map:${headline}`)
  })

  it('is that a subnet has two labels, both lines named', () => {
    expect(read('192.0.2.0/24 oslo', '# or', '192.0.2.0/24 berlin').said).toEqual([
      'offices.map:3:1: 192.0.2.0/24 is berlin here and oslo on line 1: remove one of the two lines',
    ])
  })

  it('is told of each line that differs from the first', () => {
    const { said } = read('192.0.2.0/24 oslo', '192.0.2.0/24 berlin', '192.0.2.0/24 berlin')
    expect(said).toHaveLength(2)
    expect(said[1]).toContain('offices.map:3:1: 192.0.2.0/24 is berlin here and oslo on line 1')
  })

  it('is told of every line', () => {
    expect(read('x berlin', '192.0.2.0/24 berlin', 'y berlin').said).toHaveLength(2)
  })

  it('is told a hundred times at most', () => {
    const { said } = read(...Array.from({ length: 250 }, () => 'x'))
    expect(said).toHaveLength(101)
    expect(said.at(-1)).toContain('and 150 more errors')
  })

  it('is that there are too many lines', () => {
    expect(readText('#\n'.repeat(1_000_001)).said).toEqual([
      'offices.map:1000001:1: a map has at most 1,000,000 lines: write wider subnets, or use an mmdb ' +
        'file',
    ])
  })

  it('is that there are too many labels', () => {
    const lines = Array.from({ length: 65_536 }, (_, index) => {
      return `10.${index >> 8}.${index & 0xff}.0/24 l${index}`
    })
    expect(read(...lines).said).toEqual([
      'offices.map:1:1: a map has at most 65535 labels: this one has 65536',
    ])
  })
})

describe('a line that changes nothing', () => {
  it('is one that repeats another', () => {
    expect(read('192.0.2.0/24 berlin', '192.0.2.0/24 berlin').said).toEqual([
      'offices.map:2:1: warning: line 1 says already that 192.0.2.0/24 is berlin',
    ])
  })

  it('is one that says what the subnet around it says', () => {
    expect(read('192.0.2.64/26 berlin', '192.0.2.0/24 berlin').said).toEqual([
      'offices.map:1:1: warning: line 2 says already that 192.0.2.64/26 is berlin, as all of ' +
        '192.0.2.0/24',
    ])
  })

  it('is none that says what a subnet further out says', () => {
    const lines = ['192.0.2.0/24 berlin', '192.0.2.0/25 oslo', '192.0.2.0/26 berlin']
    expect(read(...lines).said).toEqual([])
  })

  it('is none that says what a subnet elsewhere says', () => {
    const nested = ['192.0.2.0/24 rome', '192.0.2.0/25 oslo', '192.0.2.0/26 berlin']
    expect(read(...nested, '198.51.100.0/24 oslo', '203.0.113.0/24 rome').said).toEqual([])
  })

  it('is none whose neighbour says the same', () => {
    expect(read('192.0.2.0/25 berlin', '192.0.2.128/25 berlin').said).toEqual([])
  })
})

function read(...lines: string[]) {
  return readText(lines.join('\n'))
}

function readText(text: string): { map: PlaceMap; said: string[] } {
  const diagnostics: Diagnostic[] = []
  const map = readSubnets('offices.map', text, (found) => diagnostics.push(found))
  return { map, said: diagnostics.map(headline) }
}

function labelAt({ map, places }: PlaceMap, address: string): string | undefined {
  const octets = parseAddress(address)!
  return places[findPrefix(map, octets, octets.length === 16)]!.label
}
