/**
 * From a map file on disk to places: what is read, and what is wrong with it. The one place of this
 * room that touches a disk. What it returns may cross to another thread.
 */

import { readFileSync } from 'node:fs'

import { type Diagnostic, hasErrors, type Place } from '../base/diagnostic.ts'
import { reasonOf } from '../base/read-problem.ts'

import type { MapSource, PlaceMap } from './location.ts'
import { readMmdb } from './mmdb.ts'
import { readSubnets } from './subnets.ts'

export interface MapLoad {
  /** Absent where there are errors. */
  readonly map?: PlaceMap
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Loads one map. What is wrong with a file of subnets is told by its lines; what is wrong with an
 * mmdb file, or a file that cannot be read, at `place`, where the operator asked for it.
 */
export function loadMap(source: MapSource, place: Place): MapLoad {
  const path = 'mmdb' in source ? source.mmdb : source.subnets
  const octets = readOctets(path)
  if (typeof octets === 'string') return failed(place, `map ${path} cannot be read: ${octets}`)
  if ('mmdb' in source) {
    const read = readMmdb(octets)
    return 'problem' in read ? failed(place, `map ${path} ${read.problem}`) : read
  }
  const diagnostics: Diagnostic[] = []
  const text = new TextDecoder().decode(octets)
  const map = readSubnets(path, text, (diagnostic) => diagnostics.push(diagnostic))
  return hasErrors(diagnostics) ? { diagnostics } : { map, diagnostics }
}

function failed(place: Place, message: string): MapLoad {
  return { diagnostics: [{ ...place, severity: 'error', message }] }
}

function readOctets(path: string): Uint8Array | string {
  try {
    return readFileSync(path)
  } catch (error) {
    return reasonOf(error)
  }
}
