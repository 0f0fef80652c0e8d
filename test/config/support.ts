/** What the tests of `config/` share: a file that is right, and short ways to read one. */

import { type Diagnostic, headline } from '../../src/base/diagnostic.ts'
import type { Config, Reading } from '../../src/config/config.ts'
import type { Check, Condition } from '../../src/health/check.ts'
import { readConfig } from '../../src/config/read.ts'

export const FILE = '/etc/rota/rota.yaml'

/** Reads YAML that must be right, and returns what it says. */
export function configOf(yaml: string): Config {
  const reading = readConfig(yaml, FILE)
  if (!reading.config) throw new Error(reading.diagnostics.map(headline).join('\n'))
  return reading.config
}

/** Every message of a file, as `line:column message`. */
export function messagesOf(yaml: string): string[] {
  return linesOf(readConfig(yaml, FILE))
}

export function linesOf(reading: Reading): string[] {
  const diagnostics = reading.config ? reading.warnings : reading.diagnostics
  return diagnostics.map(({ line, column, severity, message }) => {
    const mark = severity === 'warning' ? 'warning: ' : ''
    return `${line}:${column} ${mark}${message}`
  })
}

/** A file around one section: everything else that a configuration needs stands above it. */
export function withZone(rest: string): string {
  return `zones: { example.test: example.test.zone }\n${rest}`
}

/** The only check of whatever has one; undefined where nothing is asked of members. */
export function checkOf(user: { readonly condition?: Condition } | undefined): Check | undefined {
  const condition = user?.condition
  if (condition && condition.kind !== 'check') throw new Error('has several checks')
  return condition?.check
}

/** The message first: it says what the row is about, so it is the name of the test. */
export function flip([marked, message]: readonly [string, string]): [string, string] {
  return [message, marked]
}

/** Takes the «» out of a snippet and says what they stood around. */
export function unmark(marked: string): {
  yaml: string
  place: Omit<Diagnostic, 'severity' | 'message'>
} {
  const text = /^zones:|not valid|^a: |^\? |^state: a/.test(marked) ? marked : withZone(marked)
  const from = text.indexOf('«')
  const lines = text.slice(0, from).split('\n')
  const place = { file: FILE, line: lines.length, column: lines.at(-1)!.length + 1 }
  return {
    yaml: text.replace(/[«»]/g, ''),
    place: { ...place, length: text.indexOf('»') - from - 1 },
  }
}
