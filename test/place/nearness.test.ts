/**
 * Goal: the ranks of a pool's members are right at every place, and places that do not differ for
 * the pool are one.
 * Method: small worlds in which anyone can tell who is near; distances that atlases give.
 */

import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import { parsePrefix } from '../../src/base/prefix.ts'
import { buildPrefixMap, findLeaf, leafDepth, leafValue } from '../../src/base/prefix-map.ts'
import type { Location, Whereabouts } from '../../src/place/location.ts'
import { compileNearness, kilometresBetween } from '../../src/place/nearness.ts'

const BERLIN = { latitude: 52.52, longitude: 13.4 }
const OSLO = { latitude: 59.91, longitude: 10.75 }
const SANTIAGO = { latitude: -33.45, longitude: -70.67 }

describe('nearness in a map of subnets', () => {
  it('is the order in which a member lists labels; not listed is last', () => {
    const members = [{ near: ['berlin', 'oslo'] }, { near: ['oslo'] }, {}, undefined]
    expect(ranks({ label: 'berlin' }, members)).toEqual([0, 1, 1, 1])
    expect(ranks({ label: 'oslo' }, members)).toEqual([1, 0, 2, 2])
  })

  it('is the same for all at a place that nobody lists, and where the map says nothing', () => {
    const members = [{ near: ['berlin'] }, { near: ['oslo'] }]
    expect(ranks({ label: 'rome' }, members)).toEqual([0, 0])
    expect(ranks({}, members)).toEqual([0, 0])
  })
})

describe('nearness on the globe', () => {
  it('goes by distance where all can be measured', () => {
    const members = [{ at: SANTIAGO }, { at: OSLO }, { at: BERLIN }]
    expect(ranks({ at: { latitude: 60, longitude: 11 } }, members)).toEqual([2, 0, 1])
    expect(ranks({ at: { latitude: -30, longitude: -70 } }, members)).toEqual([0, 2, 1])
  })

  it('calls members equal whose distances are of the same 50 km', () => {
    const client = { latitude: 0, longitude: 0 }
    // A degree of the equator is 111.2 km.
    const east = (kilometres: number) => ({ at: { latitude: 0, longitude: kilometres / 111.195 } })
    expect(ranks({ at: client }, [east(49), east(1), east(51), east(99)])).toEqual([0, 0, 1, 1])
  })

  it('puts a member that is nowhere after those that are somewhere', () => {
    expect(ranks({ at: OSLO }, [undefined, { at: SANTIAGO }, { near: ['x'] }])).toEqual([1, 0, 1])
  })

  it('goes by country, then continent, where one cannot be measured', () => {
    const members: Location[] = [
      { country: 'DE', continent: 'EU', at: BERLIN },
      { country: 'NO', continent: 'EU' },
      { country: 'CL', continent: 'SA' },
    ]
    const norway = { country: 'NO', continent: 'EU', at: OSLO }
    expect(ranks(norway, members)).toEqual([1, 0, 2])
    expect(ranks({ continent: 'EU' }, members)).toEqual([0, 0, 1])
    expect(ranks({ country: 'CL' }, members)).toEqual([1, 1, 0])
    expect(ranks({ country: 'JP', continent: 'AS' }, members)).toEqual([0, 0, 0])
  })

  it('goes by country where the place has no coordinates', () => {
    const members = [
      { country: 'DE', at: BERLIN },
      { country: 'NO', at: OSLO },
    ]
    expect(ranks({ country: 'NO' }, members)).toEqual([1, 0])
  })
})

describe('compileNearness', () => {
  const places = [{}, { country: 'NO' }, { country: 'DE' }, { country: 'SE' }]
  const map = buildPrefixMap(
    [
      { prefix: parsePrefix('192.0.2.0/26')!, value: 2 },
      { prefix: parsePrefix('192.0.2.64/26')!, value: 3 },
      { prefix: parsePrefix('192.0.2.128/25')!, value: 1 },
    ],
    0,
  )

  it('makes one place of those that do not differ, and one leaf of neighbours', () => {
    const nearness = compileNearness({ map, places }, [{ country: 'NO' }, { country: 'CL' }])
    expect(nearness).toMatchObject({ width: 2, places: 2 })
    const rowAt = (address: string) => {
      const leaf = findLeaf(nearness.map, parseAddress(address)!, false)
      const row = leafValue(leaf) * nearness.width
      return { ranks: [...nearness.ranks.subarray(row, row + 2)], depth: leafDepth(leaf) }
    }
    expect(rowAt('192.0.2.1')).toEqual({ ranks: [0, 0], depth: 25 })
    expect(rowAt('192.0.2.65')).toEqual({ ranks: [0, 0], depth: 25 })
    expect(rowAt('192.0.2.129')).toEqual({ ranks: [0, 1], depth: 25 })
  })

  it('has one place for a pool that is near to nobody in particular', () => {
    const nearness = compileNearness({ map, places }, [undefined, undefined])
    expect([...nearness.ranks]).toEqual([0, 0])
    expect(leafDepth(findLeaf(nearness.map, parseAddress('192.0.2.1')!, false))).toBe(0)
  })

  it('stands in shared memory', () => {
    const { ranks } = compileNearness({ map, places }, [undefined])
    expect(ranks.buffer).toBeInstanceOf(SharedArrayBuffer)
  })
})

describe('kilometresBetween', () => {
  it.each([
    [BERLIN, OSLO, 838],
    [OSLO, SANTIAGO, 12_727],
    [{ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 }, 20_015],
    [{ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111],
    [BERLIN, BERLIN, 0],
  ])('from %j to %j: %i', (a, b, kilometres) => {
    expect(Math.abs(kilometresBetween(a, b) - kilometres)).toBeLessThan(5)
    expect(kilometresBetween(b, a)).toBeCloseTo(kilometresBetween(a, b))
  })
})

/** The ranks of members for clients of one place. */
function ranks(place: Whereabouts, members: readonly (Location | undefined)[]): number[] {
  const map = buildPrefixMap([{ prefix: parsePrefix('192.0.2.0/24')!, value: 1 }], 0)
  const nearness = compileNearness({ map, places: [{}, place] }, members)
  const row = leafValue(findLeaf(nearness.map, parseAddress('192.0.2.1')!, false)) * nearness.width
  return [...nearness.ranks.subarray(row, row + nearness.width)]
}
