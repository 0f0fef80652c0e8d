/**
 * The names and types of a zone file of this suite, read for asking about them. The files keep one
 * record to a line, each with its owner, so that this needs no parser to be trusted.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, 'zones')

export interface ZoneFile {
  /** The file's name without `.zone`: the topic. */
  readonly topic: string
  readonly path: string
  /** `apex.example.test.` */
  readonly apex: string
  readonly records: readonly { readonly owner: string; readonly type: string }[]
  /** Absolute names that stand where RDATA names somebody: who is pointed at, in or out of zone. */
  readonly targets: readonly string[]
}

/** Every zone of the suite, in alphabetical order. */
export function readZones(): ZoneFile[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.zone'))
    .sort()
    .map((file) => readZone(join(FOLDER, file)))
}

function readZone(path: string): ZoneFile {
  const lines = readFileSync(path, 'utf8').split('\n')
  const apex = /^\$ORIGIN (\S+)$/m.exec(lines.join('\n'))?.[1]
  if (apex === undefined) throw new Error(`${path} has no $ORIGIN`)
  const records: { owner: string; type: string }[] = []
  const targets = new Set<string>()
  for (const line of lines) {
    const [owner, ...words] = line.split(/\s+/)
    if (!owner || owner.startsWith(';') || owner.startsWith('$')) continue
    if (/^\d+$/.test(words[0]!)) words.shift() // TTL
    const type = words.shift()!
    records.push({ owner: absolute(owner, apex), type })
    if (POINTERS.includes(type)) targets.add(absolute(words.at(-1)!, apex))
  }
  return { topic: basename(path, '.zone'), path, apex, records, targets: [...targets] }
}

const POINTERS = ['NS', 'CNAME', 'DNAME', 'MX', 'SRV', 'PTR']

function absolute(name: string, apex: string): string {
  if (name === '@') return apex
  return name.endsWith('.') ? name : `${name}.${apex}`
}
