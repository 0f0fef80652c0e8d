/**
 * Reads a map of subnets: on each line a subnet and the label of the place that its clients are at.
 *
 *     192.0.2.0/24     berlin   # the office
 *     192.0.2.128/25   oslo     # longer than the one above, so it counts within it
 *     2001:db8::/32    berlin
 */

import type { Diagnostic } from '../base/diagnostic.ts'
import { createFaults, type Faults } from '../base/faults.ts'
import { hasHostBits, isWithinPrefix, parsePrefix, printPrefix } from '../base/prefix.ts'
import { buildPrefixMap, type PrefixEntry } from '../base/prefix-map.ts'

import { type PlaceMap, PLACES_MAX, type Whereabouts } from './location.ts'

/** Blank lines and comments count too: it is the file that must stay readable. */
export const SUBNET_LINES_MAX = 1_000_000

export const LABEL_RULE = '1–63 letters, digits, dots, hyphens and underscores'
const LABEL = /^[\w.-]{1,63}$/

/** A subnet as it is written; the value is the number of its place. */
interface Subnet extends PrefixEntry {
  /** In its order a subnet comes after those that hold it, and between are only theirs. */
  readonly key: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** The map that a file describes. Every fault is reported; with errors there is no map to use. */
export function readSubnets(
  file: string,
  text: string,
  report: (diagnostic: Diagnostic) => void,
): PlaceMap {
  const faults = createFaults(report)
  const places: Whereabouts[] = [{}]
  const numbers = new Map<string, number>()
  const subnets: Subnet[] = []
  let line = 0
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const written = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    if (++line > SUBNET_LINES_MAX) {
      const most = SUBNET_LINES_MAX.toLocaleString('en')
      const message = `a map has at most ${most} lines: write wider subnets, or use an mmdb file`
      faults.add('error', message, () => ({ file, line, column: 1 }))
      break
    }
    const read = readLine(file, line, written, faults)
    if (!read) continue
    if (!numbers.has(read.label)) {
      numbers.set(read.label, places.length)
      places.push({ label: read.label })
    }
    const { prefix, column, length } = read
    const key = String.fromCharCode(prefix.octets.length, ...prefix.octets, prefix.bits)
    subnets.push({ prefix, value: numbers.get(read.label)!, key, line, column, length })
  }
  if (places.length > PLACES_MAX) {
    const message = `a map has at most ${PLACES_MAX - 1} labels: this one has ${places.length - 1}`
    faults.add('error', message, () => ({ file, line: 1, column: 1 }))
  }
  reportRepeats(file, subnets, places, faults)
  faults.close()
  return { map: buildPrefixMap(subnets, 0), places }
}

function readLine(file: string, line: number, written: string, faults: Faults) {
  const words = [...written.replace(/#.*/, '').matchAll(/\S+/g)]
  const [subnet, label, surplus] = words
  if (!subnet) return undefined
  const fail = (word: RegExpExecArray, message: string) => {
    const place = { file, line, column: word.index + 1, length: word[0].length }
    faults.add('error', message, () => place)
    return undefined
  }
  const prefix = parsePrefix(subnet[0])
  if (!prefix) return fail(subnet, `${quote(subnet[0])} is no subnet: write ${EXAMPLES}`)
  if (hasHostBits(subnet[0])) {
    const printed = printPrefix(prefix)
    const host = subnet[0].replace(/\/.*/, '')
    return fail(subnet, `${subnet[0]} is a host in ${printed}: write ${printed}, or ${host} alone`)
  }
  if (isWithinPrefix(prefix.octets, MAPPED) && prefix.bits >= MAPPED.bits) {
    return fail(subnet, `clients of ${subnet[0]} are asked for as IPv4: write the IPv4 subnet`)
  }
  if (!label) {
    const message = `no label follows ${subnet[0]}: write "${subnet[0]} LABEL", of ${LABEL_RULE}`
    return fail(subnet, message)
  }
  if (!LABEL.test(label[0])) {
    return fail(label, `${quote(label[0])} is no label: a label is ${LABEL_RULE}`)
  }
  if (surplus) {
    const message = `${quote(surplus[0])} follows the label: a subnet has one; # begins a comment`
    return fail(surplus, message)
  }
  return { prefix, label: label[0], column: subnet.index + 1, length: subnet[0].length }
}

/** Tells subnets that are written twice, and those that say what the one around them says. */
function reportRepeats(
  file: string,
  subnets: readonly Subnet[],
  places: readonly Whereabouts[],
  faults: Faults,
): void {
  const around: Subnet[] = []
  const inOrder = subnets.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  for (const subnet of inOrder) {
    while (around.length > 0 && !isWithinPrefix(subnet.prefix.octets, around.at(-1)!.prefix)) {
      around.pop()
    }
    const parent = around.at(-1)
    const isTwin = parent?.prefix.bits === subnet.prefix.bits
    if (!isTwin) around.push(subnet)
    if (!parent || (!isTwin && parent.value !== subnet.value)) continue
    const { line, column, length } = subnet
    const printed = printPrefix(subnet.prefix)
    const [label, other] = [places[subnet.value]!.label, places[parent.value]!.label]
    if (parent.value !== subnet.value) {
      const message =
        `${printed} is ${label} here and ${other} on line ${parent.line}: ` +
        `remove one of the two lines`
      faults.add('error', message, () => ({ file, line, column, length }))
    } else {
      const message =
        `line ${parent.line} says already that ${printed} is ${label}` +
        (isTwin ? '' : `, as all of ${printPrefix(parent.prefix)}`)
      faults.add('warning', message, () => ({ file, line, column, length }))
    }
  }
}

function quote(word: string): string {
  return JSON.stringify(word.length > QUOTED_MAX ? `${word.slice(0, QUOTED_MAX)}…` : word)
}

const QUOTED_MAX = 60
const EXAMPLES = '192.0.2.0/24, 2001:db8::/32, or one address'
const MAPPED = parsePrefix('::ffff:0:0/96')!
