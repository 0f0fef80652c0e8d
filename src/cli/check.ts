/**
 * `rota check`: says everything that is wrong with a configuration and its zone files, at once, and
 * of a sound one how long each name takes to leave a dead member.
 * Exit codes: 0 valid (warnings allowed), 1 invalid, 2 nothing to judge (usage, no such file).
 */

import { readFileSync } from 'node:fs'

import { Command } from 'commander'

import { codeFrames, type Diagnostic, hasErrors, headline } from '../base/diagnostic.ts'
import { sortDiagnostics } from '../base/diagnostic.ts'

import type { Config } from '../config/config.ts'
import { failoversOf } from '../config/budget/failover.ts'
import { readConfig } from '../config/read.ts'
import { configSchema } from '../config/schema/schema.ts'

import { loadZones } from '../control/loading/load.ts'

import { failoverText } from './failover-text.ts'

/** What the command needs of the world; tests bring their own. */
export interface CheckTools {
  /** Writes to standard output. */
  write(text: string): void
  writeError(text: string): void
  /** Returns a file's text, or throws. */
  readFile(path: string): string
  /** Reads the zones of a valid configuration and returns what is wrong with them. */
  checkZones(config: Config): readonly Diagnostic[]
  exit(code: number): void
}

interface CheckOptions {
  readonly config: string
  readonly schema?: boolean
  readonly json?: boolean
}

export function checkCommand(tools: Partial<CheckTools> = {}): Command {
  const { write, writeError, readFile, exit, ...judges } = { ...SYSTEM, ...tools }
  return new Command('check')
    .description('say everything that is wrong with a configuration')
    .option('-c, --config <file>', 'the configuration', 'rota.yaml')
    .option('--schema', 'print the JSON Schema of a configuration, for editors')
    .option('--json', 'print the diagnostics, and the failover of each name, as JSON')
    .action(({ config: file, schema, json }: CheckOptions) => {
      if (schema) {
        write(`${JSON.stringify(configSchema(), null, 2)}\n`)
        return exit(0)
      }
      const text = textOf(file, readFile)
      if (typeof text !== 'string') {
        writeError(`rota check: ${file} cannot be read: ${text.fault}\n`)
        return exit(2)
      }
      const { config, diagnostics } = judge(text, file, judges.checkZones)
      const failovers = config && !hasErrors(diagnostics) ? failoversOf(config) : []
      if (json) write(`${JSON.stringify({ diagnostics, failovers }, null, 2)}\n`)
      else {
        const frameOf = frames(file, text, readFile)
        write(report(file, config, diagnostics, frameOf, failoverText(failovers)))
      }
      exit(hasErrors(diagnostics) ? 1 : 0)
    })
}

const SYSTEM: CheckTools = {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  readFile: (path) => readFileSync(path, 'utf8'),
  checkZones: (config) => loadZones(config).diagnostics,
  exit: (code) => {
    process.exitCode = code
  },
}

interface Judgement {
  readonly config?: Config | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Zones are read only for a sound configuration: until then nobody knows which they are. */
function judge(text: string, file: string, zonesOf: CheckTools['checkZones']): Judgement {
  const reading = readConfig(text, file)
  if (!reading.config) return reading
  const { config, warnings } = reading
  return { config, diagnostics: sortDiagnostics([...warnings, ...zonesOf(config)]) }
}

function report(
  file: string,
  config: Config | undefined,
  diagnostics: readonly Diagnostic[],
  frameOf: (diagnostic: Diagnostic) => string,
  failovers: string,
): string {
  const parts = diagnostics.map((diagnostic) => {
    const frame = frameOf(diagnostic)
    return `${headline(diagnostic)}\n${frame === '' ? '' : `${frame}\n`}\n`
  })
  const isValid = config !== undefined && !hasErrors(diagnostics)
  const last = isValid ? [`${file}: valid: ${summary(config)}`] : []
  const counts = countsOf(diagnostics)
  return [
    ...parts,
    failovers,
    ...[...last, ...(counts ? [counts] : [])].map((line) => `${line}\n`),
  ].join('')
}

function summary({ zones, pools, names }: Config): string {
  const members = [...pools.values()].reduce((total, pool) => total + pool.members.length, 0)
  return [
    counted(zones.length, 'zone'),
    counted(pools.size, 'pool'),
    counted(names.length, 'name'),
    counted(members, 'member'),
  ].join(', ')
}

/** `2 errors, 1 warning`; empty where there is nothing to count. */
function countsOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = diagnostics.length - errors
  const counts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return counts.join(', ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Shows the line of a diagnostic; each file is read once, and one that cannot be has no frames. */
function frames(file: string, text: string, readFile: CheckTools['readFile']) {
  const framesOf = new Map([[file, codeFrames(text)]])
  return (diagnostic: Diagnostic): string => {
    let frameOf = framesOf.get(diagnostic.file)
    if (!frameOf) {
      const read = textOf(diagnostic.file, readFile)
      frameOf = typeof read === 'string' ? codeFrames(read) : () => ''
      framesOf.set(diagnostic.file, frameOf)
    }
    return frameOf(diagnostic)
  }
}

function textOf(file: string, readFile: CheckTools['readFile']): string | { fault: string } {
  try {
    return readFile(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    return { fault: READ_FAULTS[code] ?? code }
  }
}

const READ_FAULTS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}
