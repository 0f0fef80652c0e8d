/**
 * A pool on the command line, with no file at all:
 *
 *   rota serve --name www.example.test --member 192.0.2.1 --member 192.0.2.2=3 --http :8080/healthz
 *
 * The flags become the tree that a YAML file would have been, and are judged by the same schema and
 * the same rules; only the words differ, since here people know a setting by its flag. The zone is
 * made on the spot: see `built-in-zone.ts`.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import { withBuiltInZones } from './build/built-in-zone.ts'
import type { Reading } from './config.ts'
import { flagOrigin, type Written } from './facts/flag-origin.ts'
import { CHECK, FLAGS, type FlagName, type FlagRow, type Flags, POOL, valuesOf } from './flags.ts'
import { parentOf, readBalancedName, showName } from './values/names.ts'
import type { Path } from './facts/origin.ts'
import { readTree } from './read.ts'
import { fault, repeats } from './rules/report.ts'
import { isFault } from './values/values.ts'

/** Reads a command line. Paths are relative to the working directory. */
export function configFromFlags(flags: Flags): Reading {
  const names = valuesOf(flags, 'name')
  const members = valuesOf(flags, 'member')
  const absent = [
    ...(names.length > 0 ? [] : ['there is no name to balance; give --name www.example.test']),
    ...(members.length > 0 ? [] : ['there is no member to answer; give --member 192.0.2.1']),
  ]
  // What else is missing without them would be the same in other words.
  if (absent.length > 0) return { diagnostics: absent.map(faultOfAll) }

  const [againNames, againMembers] = [
    repeats(names, (text) => text).map(({ item }) => item),
    repeats(members, (text) => splitMember(text).address).map(({ item }) => item),
  ]
  const repeated = [
    ...againNames.map((text) => `--name ${text} is repeated`),
    ...againMembers.map((text) => `--member ${splitMember(text).address} is repeated`),
  ].map(faultOfAll)

  const written = writtenBy({
    ...flags,
    name: [...new Set(names)],
    member: members.filter((text) => !againMembers.includes(text)),
  })
  const reading = readTree(treeOf(written), flagOrigin(written))
  if (!reading.config) return { diagnostics: [...repeated, ...reading.diagnostics] }
  if (repeated.length > 0) return { diagnostics: [...repeated, ...reading.warnings] }
  return { config: withBuiltInZones(reading.config), warnings: reading.warnings }
}

/** A fault of the command line as a whole. */
function faultOfAll(message: string): Diagnostic {
  return fault(flagOrigin([]).keyAt([]), message)
}

/** Every value that the flags write into the tree, in the order of the table. */
function writtenBy(flags: Flags): Written[] {
  const names = Object.keys(FLAGS) as FlagName[]
  return names.flatMap((name) =>
    valuesOf(flags, name).flatMap((text, index) => writtenByFlag(name, text, index, flags)),
  )
}

function writtenByFlag(name: FlagName, text: string, index: number, flags: Flags): Written[] {
  const flag = `--${name}`
  const one: WriteOne = (path, value, words = flag) => ({ flag, path, value, words })
  const row: FlagRow = FLAGS[name]
  if (row.path) return [one(row.path, scalarOf(text))]
  switch (name) {
    case 'name':
      return [
        one(['names', text, 'pool'], POOL[1]),
        one(['names', text], {}, `${flag} "${text}"`),
        ...(index === 0 && !flags.zone ? [one(['zones', zoneFor(text)], BUILT_IN)] : []),
      ]
    case 'zone':
      return [one(['zones', text], BUILT_IN, `${flag} "${text}"`)]
    case 'listen':
      return [one(['listen', 'dns', index], text)]
    case 'member':
      return writtenByMember(text, one, flags)
    case 'tcp':
      return [one([...CHECK, name, 'port'], scalarOf(text.replace(/^:/, '')), `${flag}: port`)]
    case 'expect':
      return [one([...CHECK, flags.https ? 'https' : 'http', 'expect'], scalarOf(text))]
    default:
      return writtenByProbe(text, [...CHECK, name], one)
  }
}

type WriteOne = (path: Path, value: unknown, words?: string) => Written

function writtenByMember(text: string, one: WriteOne, flags: Flags): Written[] {
  const { address, weight } = splitMember(text)
  const path = [...POOL, 'members', address]
  if (weight === undefined) return [one(path, address)]
  return [
    one([...path, address.includes(':') ? 'v6' : 'v4'], address),
    one([...path, 'weight'], scalarOf(weight), `--member ${address}: weight`),
    // A weight says that shares matter, unless a policy says otherwise.
    ...(flags.policy ? [] : [one([...POOL, 'policy'], 'weighted')]),
  ]
}

/** Reads `[host][:port][/path]`; a number alone is a port. What is absent is left to defaults. */
function writtenByProbe(text: string, path: Path, one: WriteOne): Written[] {
  const flag = `--${path.at(-1)}`
  const parts = /^(\[[^\]]*\]|[^:/]*)(?::([^/]*))?(\/.*)?$/.exec(text)
  if (!parts) return [one(path, text)]
  const isPort = /^\d+$/.test(parts[1]!) && parts[2] === undefined
  const [host, port] = isPort ? ['', parts[1]] : [parts[1], parts[2]]
  return [
    one(path, {}),
    ...(host ? [one([...path, 'host'], host, `${flag}: host`)] : []),
    ...(port !== undefined ? [one([...path, 'port'], scalarOf(port), `${flag}: port`)] : []),
    ...(parts[3] ? [one([...path, 'path'], parts[3], `${flag}: path`)] : []),
  ]
}

/** `192.0.2.1=3`: an address and its weight. */
function splitMember(text: string) {
  const at = text.indexOf('=')
  return at < 0 ? { address: text } : { address: text.slice(0, at), weight: text.slice(at + 1) }
}

/** The zone of a name that says none: its parent, or the name itself if that is all there is. */
function zoneFor(text: string): string {
  const name = readBalancedName(text)
  if (isFault(name)) return '.' // Whatever it was meant to be is inside, and its fault is reported.
  const parent = parentOf(name)
  return showName(parent.length > 1 ? parent : name)
}

/** Stands where a file would give the zone's path. */
const BUILT_IN = 'built in'

/** A flag has text alone; what looks like a number is one, as in YAML. */
function scalarOf(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function treeOf(written: readonly Written[]): Tree {
  const root = createTree()
  for (const { path, value } of written) put(root, path, value)
  return root
}

/** Puts a value in its place; what stands there already is not replaced. */
function put(root: Tree, path: Path, value: unknown): void {
  let owner = root
  for (let i = 0; i < path.length - 1; i++) {
    const next = (owner[path[i]] ??= typeof path[i + 1] === 'number' ? [] : createTree())
    if (!isTree(next)) return
    owner = next
  }
  owner[path.at(-1)!] ??= value
}

type Tree = { [key: string | number]: unknown }

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

/** Without a prototype, so that no name that an operator types is there before it. */
function createTree(): Tree {
  return Object.create(null)
}
