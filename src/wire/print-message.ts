/** Messages and records as text: records as a zone file has them, messages as `dig` shows them. */

import { printOption } from './edns-options.ts'
import type { Edns, Flags, Message, Question, ResourceRecord } from './message.ts'
import { CLASS, OPCODE, rcodeName, typeName } from './registry.ts'

/** Prints one record in zone syntax: `www.example.test. 30 IN A 192.0.2.1`. */
export function printRecord(record: ResourceRecord): string {
  const { name, ttl, type, text } = record
  return `${name} ${ttl} ${className(record.class)} ${typeName(type)} ${text}`
}

/** Prints a whole message, one section after the other; empty sections are left out. */
export function printMessage(message: Message): string {
  const { id, opcode, rcode, flags, edns, question, answer, authority, additional } = message
  const counts = [
    `QUESTION: ${question.length}`,
    `ANSWER: ${answer.length}`,
    `AUTHORITY: ${authority.length}`,
    `ADDITIONAL: ${additional.length + (edns ? 1 : 0)}`,
  ]
  return [
    `;; opcode: ${opcodeName(opcode)}, status: ${rcodeName(rcode)}, id: ${id}\n`,
    `;; flags: ${printFlags(flags)}; ${counts.join(', ')}\n`,
    ...(edns ? [section('OPT PSEUDOSECTION', printEdns(edns))] : []),
    section('QUESTION SECTION', question.map(printQuestion)),
    section('ANSWER SECTION', answer.map(printRecord)),
    section('AUTHORITY SECTION', authority.map(printRecord)),
    section('ADDITIONAL SECTION', additional.map(printRecord)),
  ].join('')
}

/** The mnemonic of a class, or `CLASSnnn` (RFC 3597 §5). */
export function className(value: number): string {
  return nameIn(CLASS, value) ?? `CLASS${value}`
}

export function opcodeName(opcode: number): string {
  return nameIn(OPCODE, opcode) ?? `OPCODE${opcode}`
}

/** The flags that are set, in the order of the header: `qr aa rd`. */
export function printFlags(flags: Flags): string {
  return Object.entries(flags)
    .flatMap(([name, isSet]) => (isSet ? [name] : []))
    .join(' ')
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n;; ${title}:\n${lines.map((line) => `${line}\n`).join('')}`
}

function printQuestion({ name, type, class: value }: Question): string {
  return `;${name} ${className(value)} ${typeName(type)}`
}

function printEdns({ version, payload, isDnssecOk, options }: Edns): string[] {
  const flags = isDnssecOk ? ' do' : ''
  const head = `; EDNS: version: ${version}, flags:${flags}; udp: ${payload}`
  return [head, ...options.map((option) => `; ${printOption(option)}`)]
}

function nameIn(table: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.entries(table).find(([, number]) => number === value)?.[0]
}
