/** `rota explain`: how a running server would answer a name next, and why. */

import type { Command } from 'commander'

import type { Explanation } from '../control/explain/explain.ts'
import { explanationLines } from '../control/explain/explain-text.ts'

import { askServer, operatorCommand, type OperatorOptions } from './operator.ts'
import { EXIT, type OperatorTools, SYSTEM } from './operator.ts'
import { plain } from './table.ts'

interface ExplainOptions extends OperatorOptions {
  readonly client?: string
}

export function explainCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('explain', 'tell how a name would be answered next, and why')
    .argument('<name>', 'the name, as in a query')
    .option('--client <address>', 'for whom: an address, or a prefix such as 203.0.113.0/24')
    .action(async (name: string, options: ExplainOptions) => {
      const { client } = options
      const query = new URLSearchParams({ name, ...(client !== undefined && { client }) })
      const asked = { method: 'GET', path: `/explain?${query}` } as const
      const response = await askServer('explain', options, asked, tools)
      if (!response) return
      const explanation = response.value as Explanation
      const lines = explanationLines(explanation).map((line) => `${plain(line)}\n`)
      tools.write(options.json ? `${JSON.stringify(explanation, null, 2)}\n` : lines.join(''))
      tools.exit(EXIT.DONE)
    })
}
