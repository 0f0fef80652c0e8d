/** Why a server did not start, as people read it: each fault with its place and line. */

import { codeFrame, headline } from '../base/diagnostic.ts'

import { UnsoundConfig } from '../app/server.ts'
import { sourceText } from './source-text.ts'

/** For standard error; `command` is what was asked for, as in `rota serve`. */
export function problemText(command: string, error: unknown): string {
  if (!(error instanceof UnsoundConfig)) return `${command}: ${(error as Error).message}\n`
  const parts = error.diagnostics.map((diagnostic) => {
    const frame = codeFrame(diagnostic, sourceText(diagnostic.file))
    return `${headline(diagnostic)}\n${frame === '' ? '' : `${frame}\n`}`
  })
  return `${parts.join('\n')}\n${command}: not started: the configuration has errors\n`
}
