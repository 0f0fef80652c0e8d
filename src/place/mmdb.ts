/**
 * Reads a MaxMind database (MaxMind DB File Format 2.0) whole into places: country, continent and
 * coordinates of every network, in the shapes in which MaxMind, DB-IP and IPinfo write them.
 *
 * A file is a binary tree whose leaves lead to data, the data, and what the two are like. In a tree
 * of IPv6 the networks of IPv4 are in ::/96; ::ffff:0:0/96, 2001::/32 and 2002::/16 lead to the
 * same node. IPv4 is read once, and is nowhere in the IPv6 map: clients of the first are looked up
 * as IPv4, and those of the other two, whose address says little of where they are, are nowhere.
 */

import { PrefixTrie } from '../base/prefix-trie.ts'

import { type PlaceMap, PLACES_MAX, type Whereabouts } from './location.ts'
import { createDataReader, type DataReader } from './mmdb-data.ts'
import { describeMmdb, type MmdbLayout } from './mmdb-layout.ts'
import { RECORD_KEYS, whereaboutsOf } from './mmdb-record.ts'

export type MmdbRead =
  | { readonly map: PlaceMap; readonly diagnostics: readonly [] }
  | { readonly problem: string }

/**
 * A tree whose nodes are reached by more ways than this for each node has a loop, or is made to
 * take forever.
 */
const VISITS_PER_NODE_MAX = 4

/** The places of a database, or, as the rest of a sentence, what is wrong and what to do. */
export function readMmdb(octets: Uint8Array): MmdbRead {
  const layout = describeMmdb(octets)
  if ('problem' in layout) return layout
  const places = new Places(createDataReader(layout.data, RECORD_KEYS))
  const [v4, v6] = [new PrefixTrie(0), new PrefixTrie(0)]
  const v4Root = layout.ipVersion === 6 ? follow(layout, V4_IN_V6_BITS) : 0
  const reader = new TreeReader(layout, places)
  reader.paint(v4, 4, v4Root)
  if (layout.ipVersion === 6) reader.paint(v6, 16, 0, v4Root)
  const problem = reader.problem ?? places.problem(layout)
  if (problem) return { problem }
  const map = { v4: v4.press(), v6: v6.press() }
  return { map: { map, places: places.all }, diagnostics: [] }
}

const V4_IN_V6_BITS = 96

/** What is reached from the root by as many bits of zero. */
function follow({ nodeCount, recordOf }: MmdbLayout, bits: number): number {
  let record = 0
  for (let depth = 0; depth < bits && record < nodeCount; depth++) record = recordOf(record, 0)
  return record
}

class TreeReader {
  problem: string | undefined
  private readonly layout: MmdbLayout
  private readonly places: Places
  private visitsLeft: number

  constructor(layout: MmdbLayout, places: Places) {
    this.layout = layout
    this.places = places
    this.visitsLeft = layout.nodeCount * VISITS_PER_NODE_MAX
  }

  /** Paints all that is beneath a record, but for what is beneath the node `except`. */
  paint(trie: PrefixTrie, length: 4 | 16, record: number, except?: number): void {
    this.paintBelow(trie, new Uint8Array(length), 0, record, except)
  }

  private paintBelow(
    trie: PrefixTrie,
    octets: Uint8Array,
    depth: number,
    record: number,
    except: number | undefined,
  ): void {
    const { nodeCount, recordOf } = this.layout
    if (record === nodeCount || this.problem) return
    if (record > nodeCount) {
      const place = this.places.numberOf(record - nodeCount - SEPARATOR_OCTETS)
      if (place === undefined) this.problem = DAMAGED_DATA
      else if (place > 0) trie.paint(octets, depth, place)
      return
    }
    if (record === except) return
    if (depth === octets.length * 8 || --this.visitsLeft < 0) {
      this.problem = DAMAGED_TREE
      return
    }
    this.paintBelow(trie, octets, depth + 1, recordOf(record, 0), except)
    octets[depth >> 3]! |= 0x80 >> (depth & 7)
    this.paintBelow(trie, octets, depth + 1, recordOf(record, 1), except)
    octets[depth >> 3]! &= ~(0x80 >> (depth & 7))
  }
}

/** Between tree and data, and counted with what a record of the tree says of the data. */
const SEPARATOR_OCTETS = 16

/** The places that records of the data describe; many describe the same. */
class Places {
  readonly all: Whereabouts[] = [{}]
  private readonly data: DataReader
  private readonly byOffset = new Map<number, number>()
  private readonly byText = new Map<string, number>([[textOf({}), 0]])

  constructor(data: DataReader) {
    this.data = data
  }

  /** Undefined if the data is damaged there. */
  numberOf(offset: number): number | undefined {
    let number = this.byOffset.get(offset)
    if (number !== undefined) return number
    const value = offset < 0 ? undefined : this.data.read(offset)
    if (value === undefined) return undefined
    const whereabouts = whereaboutsOf(value)
    const text = textOf(whereabouts)
    number = this.byText.get(text)
    if (number === undefined) {
      number = Math.min(this.all.length, PLACES_MAX)
      if (number < PLACES_MAX) this.byText.set(text, number)
      this.all[number] = whereabouts
    }
    this.byOffset.set(offset, number)
    return number
  }

  problem({ databaseType }: MmdbLayout): string | undefined {
    if (this.all.length === 1) {
      return (
        `says of no network its country, continent or coordinates; it is a database of type ` +
        `${JSON.stringify(databaseType)}: use one of countries or cities`
      )
    }
    if (this.all.length <= PLACES_MAX) return undefined
    return `knows more than ${PLACES_MAX} places: use a database of countries`
  }
}

function textOf({ country, continent, at }: Whereabouts): string {
  return `${country} ${continent} ${at?.latitude} ${at?.longitude}`
}

const DAMAGED_TREE = 'is damaged: its search tree has no end; download it again'
const DAMAGED_DATA = 'is damaged: a network leads to no data; download it again'
