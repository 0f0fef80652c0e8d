/**
 * Goal: a file that BIND reads, Rota reads as the same zone: same owners, types, TTLs and octets.
 * Method: zone files that use every corner of the format, compiled by BIND's named-compilezone to its
 * raw form (names and RDATA as on the wire), against what the parser hands over.
 */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import { headline } from '../../src/base/diagnostic.ts'
import { foldName, printName } from '../../src/wire/name.ts'
import { typeName } from '../../src/wire/registry.ts'
import { parseZone } from '../../src/zone/parse.ts'
import { findTool, requireTool } from '../support/tools.ts'
import { nameOctets } from './reading.ts'

const SYNTAX = resolve(import.meta.dirname, '../vectors/zones')
const CONTENT = resolve(import.meta.dirname, '../conformance/zones')

/** The files of the first folder are zones of example.test; those of the second say it themselves. */
const zones = [
  ...zoneFiles(SYNTAX).map((file) => ({ folder: SYNTAX, file, apex: 'example.test.' })),
  ...zoneFiles(CONTENT).map((file) => ({ folder: CONTENT, file, apex: originOf(CONTENT, file) })),
]

describe.skipIf(!requireTool('named-compilezone'))('the same zone as BIND is read', () => {
  it.each(zones)('from $file', ({ folder, file, apex }) => {
    const expected = readWithBind(folder, file, apex)
    expect(expected.length).toBeGreaterThan(2)
    expect(readWithRota(folder, file, apex)).toEqual(expected)
  })
})

function zoneFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.zone'))
}

function originOf(folder: string, file: string): string {
  return /^\$ORIGIN (\S+)$/m.exec(readFileSync(join(folder, file), 'latin1'))![1]
}

function readWithRota(folder: string, file: string, apex: string): string[] {
  const records: string[] = []
  parseZone({
    file,
    octets: readFileSync(join(folder, file)),
    apex: nameOctets(apex),
    sink: {
      add(owner, ownerLength, type, ttl, rdata, rdataLength) {
        const name = owner.slice(0, ownerLength)
        records.push(printRecord(name, type, ttl, rdata.subarray(0, rdataLength)))
      },
    },
    // BIND finds included files from where it runs, not from the file that includes them.
    include: (path) => ({ octets: readFileSync(join(folder, path)), file: path }),
    report(diagnostic) {
      if (diagnostic.severity === 'error') throw new Error(headline(diagnostic))
    },
  })
  return asSet(records)
}

function readWithBind(folder: string, file: string, apex: string): string[] {
  const lenient = ['-k', '-m', '-M', '-n', '-r', '-S'].flatMap((flag) => [flag, 'ignore'])
  const args = ['-q', '-i', 'none', ...lenient, '-F', 'raw', '-o', '-', apex, file]
  const raw = execFileSync(findTool('named-compilezone')!, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return asSet(readRaw(raw))
}

/** Octets before the first RRset: format, version, times and serials, four octets each. */
const RAW_HEADER = 24

/**
 * BIND's raw format, version 1: for each RRset its size (4), class (2), type (2), covered type (2),
 * TTL (4), number of records (4), owner and then each record's RDATA, with lengths (2) before them.
 */
function readRaw(raw: Buffer): string[] {
  const records: string[] = []
  for (let at = RAW_HEADER; at < raw.length; at += raw.readUInt32BE(at)) {
    const type = raw.readUInt16BE(at + 6)
    const ttl = raw.readUInt32BE(at + 10)
    const count = raw.readUInt32BE(at + 14)
    const ownerLength = raw.readUInt16BE(at + 18)
    const owner = raw.subarray(at + 20, at + 20 + ownerLength)
    let next = at + 20 + ownerLength
    for (let i = 0; i < count; i++) {
      const end = next + 2 + raw.readUInt16BE(next)
      records.push(printRecord(owner, type, ttl, raw.subarray(next + 2, end)))
      next = end
    }
  }
  return records
}

function printRecord(owner: Uint8Array, type: number, ttl: number, rdata: Uint8Array): string {
  const name = printName(foldName(Uint8Array.from(owner)))
  return `${name} ${ttl} ${typeName(type)} ${Buffer.from(rdata).toString('hex')}`
}

function asSet(records: string[]): string[] {
  return [...new Set(records)].sort()
}
