/**
 * `rota override`, `rota drain` and `rota undrain`: what an operator decides about a member, and
 * the end of it.
 */

import type { Command } from 'commander'

import type { OverrideStatus } from '../admin/status.ts'
import { OVERRIDE_WORDS } from '../control/books/overrides.ts'

import { type Terminal, TERMINAL, waitFor, type WaitOptions, withWait } from './drain.ts'
import { askServer, EXIT, operatorCommand } from './operator.ts'
import { type OperatorTools, type Request, SYSTEM } from './operator.ts'
import { endText } from './status-text.ts'
import { plain } from './table.ts'

interface OverrideOptions extends WaitOptions {
  readonly for?: string
  readonly reason?: string
  readonly by?: string
}

const BY = '(default: who runs this)'

export function overrideCommand(
  tools: OperatorTools = SYSTEM,
  terminal: Terminal = TERMINAL,
): Command {
  const words = OVERRIDE_WORDS.join(', ')
  const shape = operatorCommand('override', 'decide about a member, whatever its checks say')
  return withWait(shape)
    .argument('<member>', 'as pool/member')
    .argument('<word>', `${words}: answered whatever the checks say, or not at all`)
    .requiredOption('--reason <text>', 'why, for those who find it (3–200 characters)')
    .option('--for <span>', 'how long, 1s–30d (default: 1h; drain: until undrained)')
    .option('--by <author>', `who decides ${BY}`)
    .action(async (label: string, word: string, options: OverrideOptions, command: Command) => {
      if (!OVERRIDE_WORDS.some((one) => one === word)) {
        return usage(command, `word "${word}" is none of ${words}`)
      }
      if (options.wait && word === 'up') {
        return usage(command, '--wait is for a member that is taken out: down or drain')
      }
      await decide('override', command, label, word, options, tools, terminal)
    })
}

export function drainCommand(
  tools: OperatorTools = SYSTEM,
  terminal: Terminal = TERMINAL,
): Command {
  const shape = operatorCommand('drain', 'give a member no new clients, until it is undrained')
  return withWait(shape)
    .argument('<member>', 'as pool/member')
    .option('--reason <text>', 'why, for those who find it', 'drained by "rota drain"')
    .option('--for <span>', 'how long, 1s–30d (default: until undrained)')
    .option('--by <author>', `who decides ${BY}`)
    .action((label: string, options: OverrideOptions, command: Command) =>
      decide('drain', command, label, 'drain', options, tools, terminal),
    )
}

export function undrainCommand(tools: OperatorTools = SYSTEM): Command {
  return operatorCommand('undrain', 'end the override of a member, drain or other')
    .argument('<member>', 'as pool/member')
    .option('--by <author>', `who decides ${BY}`)
    .action(async (label: string, options: OverrideOptions, command: Command) => {
      const member = memberOf(label)
      if (!member) return noMember(command, label)
      const key = [member.pool, member.member].map(encodeURIComponent).join('/')
      const path = `/overrides/${key}?by=${encodeURIComponent(authorOf(options, tools))}`
      const ended = ({ word }: OverrideStatus) => `${label}: no longer ${word}; the checks decide\n`
      await tell('undrain', options, { method: 'DELETE', path }, ended, tools)
    })
}

async function decide(
  name: string,
  command: Command,
  label: string,
  word: string,
  options: OverrideOptions,
  tools: OperatorTools,
  terminal: Terminal,
): Promise<void> {
  const member = memberOf(label)
  if (!member) return noMember(command, label)
  const { reason, for: span } = options
  const body = { ...member, word, reason, author: authorOf(options, tools), for: span }
  const done = (override: OverrideStatus) => {
    const end = endText(override, tools.clock.wall())
    return `${label}: ${word}, by ${plain(override.author)}; ends ${end}\n`
  }
  const request = { method: 'POST', path: '/overrides', body } as const
  if (!options.wait) return tell(name, options, request, done, tools)
  await waitFor(name, { ...member, word }, request, options, tools, terminal)
}

async function tell(
  name: string,
  options: OverrideOptions,
  request: Request,
  textOf: (override: OverrideStatus) => string,
  tools: OperatorTools,
): Promise<void> {
  const response = await askServer(name, options, request, tools)
  if (!response) return
  const { value } = response
  tools.write(
    options.json ? `${JSON.stringify(value, null, 2)}\n` : textOf(value as OverrideStatus),
  )
  tools.exit(EXIT.DONE)
}

/** Names of members may hold anything but a slash; those of pools too. */
function memberOf(label: string): { pool: string; member: string } | undefined {
  const [pool, member, ...rest] = label.split('/')
  return pool && member && rest.length === 0 ? { pool, member } : undefined
}

/** Who stands behind `sudo`, not `root`: whoever finds the override wants to ask somebody. */
export function authorOf({ by }: OverrideOptions, tools: OperatorTools): string {
  const { environment } = tools
  const name = environment['SUDO_USER'] || environment['USER'] || tools.userName?.()
  return by ?? (name || 'unknown')
}

function noMember(command: Command, label: string): void {
  usage(command, `member "${label}" is not of the form pool/member, as in web/a`)
}

function usage(command: Command, message: string): void {
  command.error(`rota ${command.name()}: ${message}`, { exitCode: EXIT.USAGE })
}
