/**
 * `rota reload`: has a running server read its configuration and zones again, and shows what it
 * found, as `rota check` does. Exit codes: 0 taken over, 1 refused or not reached, 2 usage.
 */

import type { Command } from 'commander'

import { codeFrame, type Diagnostic, headline } from '../base/diagnostic.ts'

import { askServer, EXIT, operatorCommand, type OperatorOptions } from './operator.ts'
import { type OperatorTools, SYSTEM } from './operator.ts'
import { plain } from './table.ts'

/** What the server says of a reload, taken over or not. */
interface Outcome {
  readonly generation: number
  readonly diagnostics: readonly Diagnostic[]
}

const REFUSED = 422

export function reloadCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('reload', 'have a running server read its configuration again').action(
    async (options: OperatorOptions) => {
      const request = { method: 'POST', path: '/reload' } as const
      const isTold = (status: number) => status === REFUSED
      const response = await askServer('reload', options, request, tools, isTold)
      if (!response) return
      const { generation, diagnostics } = response.value as Outcome
      const isTaken = response.status !== REFUSED
      if (options.json) tools.write(`${JSON.stringify(response.value, null, 2)}\n`)
      else {
        const isNear = isLoopback(response.at.url)
        const parts = diagnostics.map((one) => diagnosticText(one, isNear, tools))
        const last = isTaken ? `reloaded: generation ${generation}` : 'refused: nothing has changed'
        tools.write(`${parts.join('')}${last}\n`)
      }
      tools.exit(isTaken ? EXIT.DONE : EXIT.REFUSED)
    },
  )
}

/** Files of another machine may be here too, and say something else. */
function diagnosticText(one: Diagnostic, isNear: boolean, tools: OperatorTools): string {
  const frame = isNear ? frameOf(one, tools) : ''
  return `${plain(headline(one))}\n${frame === '' ? '' : `${frame}\n`}\n`
}

function frameOf(diagnostic: Diagnostic, { readFile }: OperatorTools): string {
  try {
    return codeFrame(diagnostic, readFile(diagnostic.file))
  } catch {
    return '' // The diagnostic says what is wrong; a frame is only an aid.
  }
}

function isLoopback(url: string): boolean {
  return /^(127\.|\[::1\]$|localhost$)/.test(new URL(url).hostname)
}
