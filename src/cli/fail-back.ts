/** `rota fail-back`: lets a pool that fails over return to the members that it prefers. */

import type { Command } from 'commander'

import { askServer, EXIT, operatorCommand, type OperatorOptions } from './operator.ts'
import { type OperatorTools, SYSTEM } from './operator.ts'

export function failBackCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('fail-back', 'let a failover pool return to the members that it prefers')
    .argument('<pool>', 'the name of a pool')
    .action(async (pool: string, options: OperatorOptions) => {
      const request = { method: 'POST', path: '/fail-back', body: { pool } } as const
      const response = await askServer('fail-back', options, request, tools)
      if (!response) return
      const { value } = response
      const said = `${pool}: answered by the members it prefers, as far as they are well\n`
      tools.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : said)
      tools.exit(EXIT.DONE)
    })
}
