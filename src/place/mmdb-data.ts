/**
 * Reads the data of a MaxMind database (MaxMind DB File Format 2.0, "Data Field Format"): values of
 * which a first octet says type and size, and pointers to values. Whatever the file holds, reading
 * ends: values of one record are counted, and none outside of the data is looked at.
 */

export type MmdbValue = string | number | boolean | MmdbMap | null
export type MmdbMap = ReadonlyMap<string, MmdbValue>

/** A City record of today holds about a hundred values. */
const VALUES_MAX = 10_000
const DEPTH_MAX = 32
/** Of keys that pointers lead to; more than there are in any database of use. */
const KEYS_KEPT_MAX = 1_000

const TYPE = {
  POINTER: 1,
  STRING: 2,
  DOUBLE: 3,
  UINT16: 5,
  UINT32: 6,
  MAP: 7,
  INT32: 8,
  UINT64: 9,
  ARRAY: 11,
  BOOLEAN: 14,
  FLOAT: 15,
} as const
const UINT_OCTETS_MAX = 6
/** By how many octets a pointer has, its first value (its size says where the one before ended). */
const POINTER_BASES = [0, 2_048, 526_336, 0]

export interface DataReader {
  /** The value at an offset of the data; undefined if the data is damaged there. */
  read(offset: number): MmdbValue | undefined
}

/**
 * A reader of values in octets. Of maps only the keys that are wanted are kept; arrays, octets and
 * numbers wider than six octets are read as null.
 */
export function createDataReader(data: Uint8Array, wanted: ReadonlySet<string>): DataReader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const text = new TextDecoder()
  const keys = new Map<number, string>()
  let at = 0
  let valuesLeft = 0
  let isDamaged = false
  // Of the value whose first octets were read last; of a pointer the size is where it leads.
  let type = 0
  let size = 0

  function uint(octets: number): number {
    if (at + octets > data.length) {
      isDamaged = true
      return 0
    }
    let value = 0
    for (let end = at + octets; at < end; at++) value = value * 256 + data[at]!
    return value
  }

  function readHead(): void {
    if (--valuesLeft < 0) isDamaged = true
    const head = uint(1)
    type = head >> 5
    if (type === TYPE.POINTER) {
      const octets = ((head >> 3) & 3) + 1
      const high = octets === 4 ? 0 : (head & 7) * 256 ** octets
      size = high + uint(octets) + POINTER_BASES[octets - 1]!
      return
    }
    if (type === 0) type = 7 + uint(1)
    size = head & 0x1f
    if (size === 29) size = 29 + uint(1)
    else if (size === 30) size = 285 + uint(2)
    else if (size === 31) size = 65_821 + uint(3)
  }

  /** Past a value, not following pointers. */
  function skip(depth: number): void {
    readHead()
    if (depth > DEPTH_MAX) isDamaged = true
    if (type === TYPE.MAP || type === TYPE.ARRAY) {
      for (let left = type === TYPE.MAP ? 2 * size : size; left > 0 && !isDamaged; left--) {
        skip(depth + 1)
      }
    } else if (type !== TYPE.POINTER && type !== TYPE.BOOLEAN) {
      at += size
    }
  }

  function readString(): string {
    const from = at
    at += size
    if (type === TYPE.STRING && at <= data.length) return text.decode(data.subarray(from, at))
    isDamaged = true
    return ''
  }

  function readKey(): string {
    readHead()
    if (type !== TYPE.POINTER) return readString()
    const [target, after] = [size, at]
    let key = keys.get(target)
    if (key === undefined) {
      at = target
      readHead()
      key = readString()
      if (keys.size < KEYS_KEPT_MAX && !isDamaged) keys.set(target, key)
    }
    at = after
    return key
  }

  function readMap(depth: number): MmdbMap {
    const map = new Map<string, MmdbValue>()
    for (let left = size; left > 0 && !isDamaged; left--) {
      const key = readKey()
      if (wanted.has(key)) map.set(key, readValue(depth + 1))
      else skip(depth + 1)
    }
    return map
  }

  function readValue(depth: number): MmdbValue {
    const from = at
    readHead()
    if (depth > DEPTH_MAX) isDamaged = true
    if (isDamaged) return null
    switch (type) {
      case TYPE.POINTER: {
        const after = at
        at = size
        const value = readValue(depth + 1)
        at = after
        return value
      }
      case TYPE.STRING:
        return readString()
      case TYPE.MAP:
        return readMap(depth)
      case TYPE.BOOLEAN:
        return size !== 0
      case TYPE.DOUBLE:
      case TYPE.FLOAT:
        return readFloat()
      case TYPE.UINT16:
      case TYPE.UINT32:
      case TYPE.INT32:
      case TYPE.UINT64:
        if (size <= UINT_OCTETS_MAX) return type === TYPE.INT32 ? uint(size) | 0 : uint(size)
    }
    at = from
    skip(depth)
    return null
  }

  function readFloat(): number {
    const from = at
    at += size
    if (size === (type === TYPE.DOUBLE ? 8 : 4) && at <= data.length) {
      return size === 8 ? view.getFloat64(from) : view.getFloat32(from)
    }
    isDamaged = true
    return 0
  }

  return {
    read(offset) {
      at = offset
      valuesLeft = VALUES_MAX
      isDamaged = false
      const value = readValue(0)
      return isDamaged || at > data.length ? undefined : value
    },
  }
}
