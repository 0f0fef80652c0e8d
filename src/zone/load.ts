/**
 * From a master file on disk to a zone image: reads the file and what it includes, judges the
 * whole, and lays it out. The one place of this room that touches a disk.
 */

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { type Diagnostic, hasErrors, type Place } from '../base/diagnostic.ts'
import { reasonOf } from '../base/read-problem.ts'

import { createZoneBuilder } from './builder.ts'
import { checkZone } from './checks.ts'
import type { ZoneImage } from './image.ts'
import { parseZone } from './parse.ts'

export interface ZoneOrder {
  /** Where the operator asked for the zone: what is wrong with the file's name is shown there. */
  readonly place: Place
  /** Lower-case octets. */
  readonly apex: Uint8Array
  /** An absolute path, or the text itself. */
  readonly source: { readonly file: string } | { readonly text: string }
  /** Names that are balanced, whether or not the file has records for them. */
  readonly bound: readonly BoundName[]
}

export interface BoundName {
  /** Lower-case octets, within the zone. */
  readonly name: Uint8Array
  readonly binding: number
}

export interface ZoneLoad {
  /** Absent where there are errors: a zone is served whole or not at all. */
  readonly image?: ZoneImage
  readonly diagnostics: readonly Diagnostic[]
}

/** Loads one zone. Every fault is in `diagnostics`; none that an operator wrote is thrown. */
export function loadZone({ place, apex, source, bound }: ZoneOrder): ZoneLoad {
  const read = 'text' in source ? readText(source.text, place) : readMain(source.file)
  if ('problem' in read) {
    return { diagnostics: [{ ...place, severity: 'error', message: read.problem }] }
  }
  const diagnostics: Diagnostic[] = []
  const builder = createZoneBuilder(apex, read.octets.length)
  const { files } = parseZone({
    file: read.file,
    octets: read.octets,
    apex,
    sink: builder,
    include: (path, fromFile) => readIncluded(path, fromFile),
    report: (diagnostic) => diagnostics.push(diagnostic),
  })
  for (const { name, binding } of bound) builder.bind(name, binding)
  // A zone that could not be read whole would be blamed for what it does not lack.
  if (!hasErrors(diagnostics)) {
    checkZone({ builder, files, report: (diagnostic) => diagnostics.push(diagnostic) })
  }
  return hasErrors(diagnostics) ? { diagnostics } : { image: builder.finish(), diagnostics }
}

type Octets = { readonly octets: Uint8Array; readonly file: string } | { readonly problem: string }

function readText(text: string, { file }: Place): Octets {
  return { octets: new TextEncoder().encode(text), file }
}

function readMain(file: string): Octets {
  try {
    return { octets: readFileSync(file), file }
  } catch (error) {
    return { problem: `zone file ${file} cannot be read: ${reasonOf(error)}` }
  }
}

function readIncluded(path: string, fromFile: string): Octets {
  const file = resolve(dirname(fromFile), path)
  try {
    return { octets: readFileSync(file), file }
  } catch (error) {
    return { problem: reasonOf(error) }
  }
}
