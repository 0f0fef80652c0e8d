/** RDATA in the language of zone files: `MX 10 mail` in, octets or a fault out, and back. */

import { parseName } from '../../src/wire/name.ts'
import type { RdataFault } from '../../src/wire/rdata/rdata.ts'
import { readRdata } from '../../src/wire/rdata/read.ts'
import { printRdata } from '../../src/wire/rdata/print.ts'
import { typeNumber } from '../../src/wire/registry.ts'
import { createLexer, nextEntry } from '../../src/zone/lexer.ts'

const ORIGIN = parseName('example.test.') as Uint8Array
const scratch = new Uint8Array(70_000)

/** Reads `TYPE words…` under the origin example.test.: hexadecimal, or `token N: message`. */
export function wireOf(entry: string): string {
  const result = read(entry)
  return typeof result === 'string' ? result : Buffer.from(result.octets).toString('hex')
}

/** Reads `TYPE words…` and prints it again; `token N: message` if it has a fault. */
export function reprint(entry: string): string {
  const result = read(entry)
  return typeof result === 'string' ? result : printRdata(result.type, result.octets)
}

/** The fault of `TYPE words…`; words count from 0 after the type. */
export function faultOf(entry: string): RdataFault | undefined {
  const result = read(entry)
  if (typeof result !== 'string') return undefined
  const [, token, message] = /^token (\d+): (.*)$/s.exec(result)!
  return { token: Number(token), message: message! }
}

export function octetsOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
}

function read(entry: string): { type: number; octets: Uint8Array } | string {
  const lexer = createLexer(new TextEncoder().encode(entry))
  if (!nextEntry(lexer) || lexer.fault) throw new Error(`the lexer refuses ${entry}`)
  const { tokens } = lexer
  const word = tokens.text.subarray(tokens.start[0], tokens.end[0])
  const type = typeNumber(new TextDecoder().decode(word))
  if (type === undefined) throw new Error(`${entry} starts with no type`)
  const fault = { token: -1, message: '' }
  scratch.fill(0xee) // What a reader leaves unwritten shows.
  const length = readRdata(type, tokens, 1, ORIGIN, scratch, fault)
  if (length < 0) return `token ${fault.token - 1}: ${fault.message}`
  return { type, octets: scratch.slice(0, length) }
}
