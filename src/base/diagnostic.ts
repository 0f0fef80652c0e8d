/**
 * What is wrong with an operator's file, where, and what to do: one shape for zone files and YAML.
 * Diagnostics are collected, never thrown, so that a person sees every fault at once.
 */

/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  /** How many characters the fault covers, for the marker under the line; 1 if unknown. */
  readonly length?: number
}

export interface Diagnostic extends Place {
  readonly severity: 'error' | 'warning'
  /** A lower-case fragment that names the object and the legal range. */
  readonly message: string
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error')
}

/** Orders by file, then line, then column, errors and warnings mixed as they stand in the file. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  )
}

/** `file:line:col: message`, with `warning: ` before the message of a warning. */
export function headline(diagnostic: Diagnostic): string {
  const { file, line, column, severity, message } = diagnostic
  return `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${message}`
}

/** The line of `source` that a diagnostic speaks of, with a marker under the fault. */
export function codeFrame(diagnostic: Diagnostic, source: string): string {
  return codeFrames(source)(diagnostic)
}

/** As `codeFrame`, for many diagnostics of one source, which is taken apart once. */
export function codeFrames(source: string): (diagnostic: Diagnostic) => string {
  const lines = source.split(/\r?\n/)
  return (diagnostic) => {
    const text = lines[diagnostic.line - 1]
    return text === undefined ? '' : frame(diagnostic, text)
  }
}

function frame(diagnostic: Diagnostic, text: string): string {
  const margin = String(diagnostic.line)
  const shown = text.slice(0, FRAME_COLUMNS_MAX)
  const from = Math.min(diagnostic.column - 1, shown.length)
  const length = Math.max(1, Math.min(diagnostic.length ?? 1, shown.length - from))
  // Tabs stay tabs, so that the marker stands under what the terminal shows.
  const lead = shown.slice(0, from).replace(/[^\t]/g, ' ')
  return `${margin} | ${shown}\n${' '.repeat(margin.length)} | ${lead}${'^'.repeat(length)}`
}

/** A longer line would wrap on any terminal, and the marker would stand nowhere near the fault. */
const FRAME_COLUMNS_MAX = 160
