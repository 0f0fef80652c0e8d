/** Zone text in, records and faults out, both as people write them. */

import { type Diagnostic, headline } from '../../src/base/diagnostic.ts'
import { nameLength, parseName, printName } from '../../src/wire/name.ts'
import { printRdata } from '../../src/wire/rdata/print.ts'
import { typeName } from '../../src/wire/registry.ts'
import { parseZone } from '../../src/zone/parse.ts'

export interface Reading {
  /** `owner ttl type data`, in the order of the text. */
  readonly records: string[]
  /** `file:line:column` of each record. */
  readonly places: string[]
  /** `file:line:column: message` of each fault. */
  readonly faults: string[]
  readonly diagnostics: Diagnostic[]
  readonly files: readonly string[]
}

export interface ReadingOptions {
  readonly apex?: string
  /** What `$INCLUDE` finds, by path. */
  readonly files?: Readonly<Record<string, string>>
}

/** Reads a text as the master file `main` of a zone, `example.test` if nothing else is said. */
export function readZone(text: string | Uint8Array, options: ReadingOptions = {}): Reading {
  const records: string[] = []
  const seen: { file: number; line: number; column: number }[] = []
  const diagnostics: Diagnostic[] = []
  const { files } = parseZone({
    file: 'main',
    octets: octetsOf(text),
    apex: nameOctets(options.apex ?? 'example.test.'),
    sink: {
      add(owner, ownerLength, type, ttl, rdata, rdataLength, file, line, column = 0) {
        if (nameLength(owner) !== ownerLength) throw new Error('an owner is as long as it says')
        const name = printName(owner)
        records.push(`${name} ${ttl} ${typeName(type)} ${printRdata(type, rdata, 0, rdataLength)}`)
        seen.push({ file, line, column })
      },
    },
    include(path) {
      const found = options.files?.[path]
      return found === undefined
        ? { problem: 'no such file' }
        : { octets: octetsOf(found), file: path }
    },
    report: (diagnostic) => diagnostics.push(diagnostic),
  })
  const places = seen.map(({ file, line, column }) => `${files[file]}:${line}:${column}`)
  return { records, places, faults: diagnostics.map(headline), diagnostics, files }
}

/** The records of a text that has no faults. */
export function recordsOf(text: string, options?: ReadingOptions): string[] {
  const { records, faults } = readZone(text, options)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return records
}

export function nameOctets(text: string): Uint8Array {
  const name = parseName(text)
  if (typeof name === 'number') throw new Error(`"${text}" is not a name`)
  return name
}

function octetsOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text
}
