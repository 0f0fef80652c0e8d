/**
 * Goal: an address has the value of the prefix that counts for it, and the leaves that say so
 * partition the space and are as wide as they may be.
 * Method: random prefixes, close together, against a search through all of them; a walk over the
 * leaves of what was built.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseAddress } from '../../src/base/address.ts'
import { isWithinPrefix, masked, parsePrefix, printPrefix } from '../../src/base/prefix.ts'
import {
  buildPrefixMap,
  findLeaf,
  findPrefix,
  leafDepth,
  leafValue,
  withValues,
  type PrefixEntry,
  type PrefixMap,
} from '../../src/base/prefix-map.ts'

const OTHERWISE = 9

/** Addresses of few different bits, so that prefixes meet. */
const addresses = (length: number) =>
  fc.array(fc.constantFrom(0, 1, 3, 128, 192, 255), { minLength: length, maxLength: length })
const prefixes = fc
  .tuple(fc.constantFrom(4, 16), fc.nat(128), fc.nat(3))
  .chain(([length, bits, value]) =>
    addresses(length).map((octets): PrefixEntry => {
      const kept = bits % (length * 8 + 1)
      return { prefix: { octets: masked(Uint8Array.from(octets), kept), bits: kept }, value }
    }),
  )
const entries = fc.array(prefixes, { maxLength: 40 })
const clients = fc.oneof(addresses(4), addresses(16)).map((octets) => Uint8Array.from(octets))

describe('a prefix map', () => {
  it('gives the value of the longest prefix', () => {
    const map = mapOf(['192.0.2.0/24 1', '192.0.2.128/25 2', '2001:db8::/32 3', '0.0.0.0/0 4'])
    expect(find(map, '192.0.2.127')).toEqual({ value: 1, depth: 25 })
    expect(find(map, '192.0.2.128')).toEqual({ value: 2, depth: 25 })
    expect(find(map, '203.0.113.9')).toEqual({ value: 4, depth: 5 })
    expect(find(map, '2001:db8:ffff::1')).toEqual({ value: 3, depth: 32 })
    expect(find(map, '::1')).toEqual({ value: OTHERWISE, depth: 3 })
  })

  it('holds nothing but what it gives otherwise', () => {
    expect(find(mapOf([]), '192.0.2.1')).toEqual({ value: OTHERWISE, depth: 0 })
    expect(find(mapOf([]), '::1')).toEqual({ value: OTHERWISE, depth: 0 })
  })

  it('tells one host from its neighbour, in both families', () => {
    const map = mapOf(['192.0.2.7/32 1', '2001:db8::7/128 16777215'])
    expect(find(map, '192.0.2.7')).toEqual({ value: 1, depth: 32 })
    expect(find(map, '192.0.2.6')).toEqual({ value: OTHERWISE, depth: 32 })
    expect(find(map, '2001:db8::7')).toEqual({ value: 0xffffff, depth: 128 })
    expect(find(map, '2001:db8::6')).toEqual({ value: OTHERWISE, depth: 128 })
  })

  it('answers with a small integer however deep and however large', () => {
    const leaf = findLeaf(mapOf(['2001:db8::7/128 16777215']), parseAddress('2001:db8::7')!, true)
    expect(leaf).toBe(leaf | 0)
  })

  it('makes one leaf of neighbours that have one value', () => {
    const map = mapOf(['192.0.2.0/25 1', '192.0.2.128/25 1', '192.0.3.0/24 1'])
    expect(find(map, '192.0.2.1')).toEqual({ value: 1, depth: 23 })
  })

  it('takes the first of equal prefixes', () => {
    expect(find(mapOf(['192.0.2.0/24 1', '192.0.2.0/24 2']), '192.0.2.1').value).toBe(1)
  })

  it('refuses a value of more than 24 bits', () => {
    expect(() => mapOf(['192.0.2.0/24 16777216'])).toThrow('24 bits')
  })

  it('agrees with a search through all prefixes, the longest first', () => {
    fc.assert(
      fc.property(entries, fc.array(clients), (given, asking) => {
        const map = buildPrefixMap(given, OTHERWISE)
        const byLength = given.toSorted((a, b) => b.prefix.bits - a.prefix.bits)
        for (const client of [...asking, ...given.map(({ prefix }) => prefix.octets)]) {
          expect(findPrefix(map, client, client.length === 16)).toBe(firstOf(byLength, client))
        }
      }),
    )
  })

  it('agrees with a search through all prefixes, in the order given', () => {
    fc.assert(
      fc.property(entries, fc.array(clients), (given, asking) => {
        const map = buildPrefixMap(given, OTHERWISE, { firstMatch: true })
        for (const client of [...asking, ...given.map(({ prefix }) => prefix.octets)]) {
          expect(findPrefix(map, client, client.length === 16)).toBe(firstOf(given, client))
        }
      }),
    )
  })

  it('partitions the whole space into leaves, of which no two neighbours are equal', () => {
    fc.assert(
      fc.property(entries, fc.boolean(), (given, firstMatch) => {
        const map = buildPrefixMap(given, OTHERWISE, { firstMatch })
        for (const length of [4, 16]) expectPartition(leavesOf(map, length), length)
      }),
    )
  })

  it('is the map of other values when its values are changed', () => {
    const change = (value: number) => value >> 1
    fc.assert(
      fc.property(entries, (given) => {
        const changed = given.map(({ prefix, value }) => ({ prefix, value: change(value) }))
        expect(withValues(buildPrefixMap(given, OTHERWISE), change)).toEqual(
          buildPrefixMap(changed, change(OTHERWISE)),
        )
      }),
    )
  })

  it('stays right when many prefixes widen its first step', () => {
    const given = Array.from({ length: 10_000 }, (_, index): PrefixEntry => {
      const octets = Uint8Array.of(index >> 16, index >> 8, index, 0)
      return { prefix: { octets, bits: 24 }, value: index % 251 }
    })
    const map = buildPrefixMap(given, OTHERWISE)
    const wrong = given.filter(({ prefix, value }) => {
      return findPrefix(map, prefix.octets, false) !== value
    })
    expect(wrong).toEqual([])
    expect(find(map, '192.0.2.1').value).toBe(OTHERWISE)
    expectPartition(leavesOf(map, 4), 4)
    expect(withValues(map, (value) => value)).toEqual(map)
    expect(
      find(
        withValues(map, () => 5),
        '192.0.2.1',
      ),
    ).toEqual({ value: 5, depth: 0 })
  })

  it('stands in shared memory', () => {
    const map = mapOf(['192.0.2.0/24 1'])
    expect(map.v4.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(map.v6.buffer).toBeInstanceOf(SharedArrayBuffer)
  })
})

interface Leaf {
  readonly from: Uint8Array
  readonly depth: number
  readonly value: number
}

/** `192.0.2.0/24 1`: a prefix and its value. */
function mapOf(lines: readonly string[]): PrefixMap {
  const read = lines.map((line) => {
    const [prefix, value] = line.split(' ')
    return { prefix: parsePrefix(prefix!)!, value: Number(value) }
  })
  return buildPrefixMap(read, OTHERWISE)
}

function find(map: PrefixMap, address: string) {
  const octets = parseAddress(address)!
  const leaf = findLeaf(map, octets, octets.length === 16)
  return { value: leafValue(leaf), depth: leafDepth(leaf) }
}

function firstOf(given: readonly PrefixEntry[], client: Uint8Array): number {
  return given.find(({ prefix }) => isWithinPrefix(client, prefix))?.value ?? OTHERWISE
}

/** From the first address on, each leaf by the address that follows the one before. */
function leavesOf(map: PrefixMap, length: number): Leaf[] {
  const leaves: Leaf[] = []
  let next: Uint8Array | undefined = new Uint8Array(length)
  while (next) {
    const leaf = findLeaf(map, next, length === 16)
    const depth = leafDepth(leaf)
    leaves.push({ from: next, depth, value: leafValue(leaf) })
    next = following(next, depth)
  }
  return leaves
}

/** The address after the last of a prefix; undefined after the last of all. */
function following(octets: Uint8Array, depth: number): Uint8Array | undefined {
  const bits = BigInt(octets.length * 8)
  const value = octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
  const after = value + (1n << (bits - BigInt(depth)))
  if (after >= 1n << bits) return undefined
  return octets.map((_, index) => Number((after >> (bits - 8n * BigInt(index + 1))) & 0xffn))
}

/** Each leaf begins where a prefix of its depth may, right after the one before. */
function expectPartition(leaves: readonly Leaf[], length: number): void {
  const wrong = leaves.filter(({ from, depth, value }, index) => {
    if (String(masked(from, depth)) !== String(from)) return true
    const before = leaves[index - 1]
    if (!before || before.depth !== depth || before.value !== value) return false
    // Of one value and one width they must not be the two halves of one prefix.
    return isWithinPrefix(before.from, { octets: masked(from, depth - 1), bits: depth - 1 })
  })
  expect(wrong.map(({ from, depth }) => printPrefix({ octets: from, bits: depth }))).toEqual([])
  expect(following(leaves.at(-1)!.from, leaves.at(-1)!.depth)).toBeUndefined()
  expect(leaves[0]!.from).toEqual(new Uint8Array(length))
}
