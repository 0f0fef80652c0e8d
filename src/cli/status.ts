/** `rota status`: how a running server stands, for people, or as JSON for programs. */

import type { Command } from 'commander'

import type { Status } from '../admin/status.ts'

import { askServer, operatorCommand, type OperatorOptions } from './operator.ts'
import { EXIT, type OperatorTools, SYSTEM } from './operator.ts'
import { statusText } from './status-text.ts'

export function statusCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('status', 'show how a running server stands').action(
    async (options: OperatorOptions) => {
      const asked = { method: 'GET', path: '/status' } as const
      const response = await askServer('status', options, asked, tools)
      if (!response) return
      const status = response.value as Status
      tools.write(options.json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status))
      tools.exit(EXIT.DONE)
    },
  )
}
