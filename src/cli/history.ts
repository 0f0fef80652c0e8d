/**
 * `rota history`: what changed who is answered, with its evidence; the latest last, as in a log. It
 * follows what happens if it is asked to, and goes on over restarts of the server.
 */

import type { Command } from 'commander'

import { parseDuration } from '../base/duration.ts'
import { nearest } from '../base/nearest.ts'

import { EVENT_KINDS, type Event, type EventKind } from '../control/history/event.ts'
import type { Wanted } from '../control/history/history.ts'
import { matches } from '../control/history/matches.ts'

import { followEvents } from './event-stream.ts'
import { eventText } from './history-text.ts'
import { askServer, EXIT, operatorCommand, type OperatorOptions } from './operator.ts'
import { type OperatorTools, type Response, SYSTEM } from './operator.ts'
import { plain } from './table.ts'

interface HistoryOptions extends OperatorOptions {
  readonly about?: string
  readonly kind?: readonly string[]
  readonly since?: string
  readonly from?: string
  readonly to?: string
  readonly limit: string
  readonly follow?: boolean
}

const LIMIT_MAX = 1_000

/** `signal` ends what would follow for ever. */
export function historyCommand(tools: OperatorTools = SYSTEM, signal?: AbortSignal): Command {
  return operatorCommand('history', 'show what changed who is answered, and why; the latest last')
    .option('--about <whom>', 'a pool, or a member as pool/member')
    .option('--kind <kinds...>', `some of ${EVENT_KINDS.join(', ')}`)
    .option('--since <span>', 'how far back, as 1h')
    .option('--from <moment>', 'not before, as 2026-01-01T12:00Z')
    .option('--to <moment>', 'not after')
    .option('--limit <count>', `how many at the most, 1–${LIMIT_MAX}`, '50')
    .option('-f, --follow', 'go on with what happens from now on, until interrupted')
    .action(async (options: HistoryOptions, command: Command) => {
      const wanted = readWanted(options, tools.clock.wall())
      if (typeof wanted === 'string') {
        command.error(`rota history: ${plain(wanted)}`, { exitCode: EXIT.USAGE })
      }
      const lastId = options.follow ? await lastIdOf(options, tools) : 0
      if (lastId === undefined) return
      const path = `/history?${queryOf(wanted)}`
      const response = await askServer('history', options, { method: 'GET', path }, tools)
      if (!response) return
      const { events } = response.value as { readonly events: readonly Event[] }
      for (const event of [...events].reverse()) tell(event, options, tools)
      if (options.follow) {
        const shownId = Math.max(lastId, events[0]?.id ?? 0)
        await follow(response, { options, wanted, shownId, tools, signal })
        return
      }
      if (events.length === 0 && !options.json) tools.writeError('nothing has happened\n')
      tools.exit(EXIT.DONE)
    })
}

function tell(event: Event, { json }: HistoryOptions, tools: OperatorTools): void {
  tools.write(`${json ? JSON.stringify(event) : eventText(event)}\n`)
}

/** Where the stream is to begin: what happens between two requests shall not be missed. */
async function lastIdOf(options: OperatorOptions, tools: OperatorTools) {
  const asked = { method: 'GET', path: '/history?limit=1' } as const
  const response = await askServer('history', options, asked, tools)
  return response && ((response.value as { events: readonly Event[] }).events[0]?.id ?? 0)
}

interface Following {
  readonly options: HistoryOptions
  readonly wanted: Wanted
  readonly shownId: number
  readonly tools: OperatorTools
  readonly signal: AbortSignal | undefined
}

async function follow({ at }: Response, following: Following): Promise<void> {
  const { options, wanted, shownId, tools, signal } = following
  const say = (message: string) => tools.writeError(`rota history: ${plain(message)}\n`)
  const refusal = await followEvents(shownId, {
    ...{ url: at.url, clock: tools.clock, signal },
    onEvent(event) {
      if (matches(event, wanted)) tell(event, options, tools)
    },
    onGap(afterId, upToId) {
      say(upToId > afterId ? `events ${afterId + 1}–${upToId} are missing` : 'it begins anew')
    },
    onLoss: (reason) => say(`no events from ${at.url}: ${reason}; it is asked again`),
  })
  if (refusal !== undefined) say(refusal)
  tools.exit(refusal === undefined ? EXIT.DONE : EXIT.REFUSED)
}

/** What is wanted, or what is wrong with how it was said. */
function readWanted(options: HistoryOptions, nowWall: number): Wanted | string {
  const { about, kind, since, from, to } = options
  const limit = /^\d{1,4}$/.test(options.limit) ? Number(options.limit) : 0
  if (limit < 1 || limit > LIMIT_MAX) {
    return `--limit "${options.limit}" is no whole number from 1 to ${LIMIT_MAX}`
  }
  const kinds = kind?.flatMap((words) => words.split(','))
  const unknown = kinds?.find((word) => !EVENT_KINDS.some((one) => one === word))
  if (unknown !== undefined) {
    const near = nearest(unknown, EVENT_KINDS)
    const advice = near === undefined ? `is none of ${EVENT_KINDS.join(', ')}` : 'is unknown'
    return `--kind "${unknown}" ${advice}${near === undefined ? '' : `; did you mean "${near}"?`}`
  }
  const span = since === undefined ? undefined : parseDuration(since)
  if (since !== undefined && span === undefined) return `--since "${since}" is no span such as 1h`
  if (since !== undefined && from !== undefined) return '--since and --from say the same; give one'
  const [fromWall, toWall] = [from, to].map((moment) =>
    moment === undefined ? undefined : Date.parse(moment),
  )
  if (Number.isNaN(fromWall)) return `--from "${from}" is no moment such as 2026-01-01T12:00Z`
  if (Number.isNaN(toWall)) return `--to "${to}" is no moment such as 2026-01-01T12:00Z`
  return {
    ...{ about, limit, kinds: kinds as EventKind[] | undefined },
    fromWall: span === undefined ? fromWall : Math.max(0, nowWall - span),
    toWall,
  }
}

function queryOf({ about, kinds, fromWall, toWall, limit }: Wanted): URLSearchParams {
  const moment = (wall: number | undefined) =>
    wall === undefined ? undefined : new Date(wall).toISOString()
  const asked = {
    ...{ about, kind: kinds?.join(','), limit: String(limit) },
    ...{ from: moment(fromWall), to: moment(toWall) },
  }
  return new URLSearchParams(
    Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
