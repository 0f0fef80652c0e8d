/**
 * `rota drain`: gives a member no new clients. With --wait, as with `rota override … --wait`, it
 * returns when the last cache that keeps to the TTL must have let go. What is safe is for the
 * server's ledger to say; it is asked until it does, and waited for where it is away: who upgrades
 * a server drains, and the one that comes back knows from the state file who was held.
 */

import { type Command, InvalidArgumentError } from 'commander'

import type { Clock } from '../base/clock.ts'
import { parseDuration } from '../base/duration.ts'

import type { LedgerPage } from '../admin/listings.ts'
import type { OverridesStatus } from '../admin/status.ts'

import { type Drained, drainedOf, heldWalls, progressText } from './drain-text.ts'
import { verdictText } from './drain-text.ts'
import { askOrMiss, askServer, type Away, EXIT, type OperatorOptions } from './operator.ts'
import type { OperatorTools, Request } from './operator.ts'
import { plain } from './table.ts'

export interface WaitOptions extends OperatorOptions {
  readonly wait?: boolean
  readonly timeout?: number
}

/** Who was taken out. */
export interface TakenOut {
  readonly pool: string
  readonly member: string
  readonly word: string
}

/** The terminal of whoever waits; tests bring their own. */
export interface Terminal {
  /** Whether somebody looks, who is shown how it goes; others are told once. */
  readonly isWatched: boolean
  /** Shows a line in place of the last; nothing where nobody looks. */
  progress(text: string): void
  /** Calls when somebody wants to wait no more; the returned function takes it back. */
  onInterrupt(task: () => void): () => void
}

export const TERMINAL: Terminal = {
  get isWatched() {
    return process.stderr.isTTY
  },
  progress(text) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  },
  onInterrupt(task) {
    process.once('SIGINT', task)
    return () => process.off('SIGINT', task)
  },
}

/** By so much a wait may be longer than it must. */
const LOOK_MS = 500

const TIMEOUT_MS = 10 * 60_000

export function withWait(command: Command): Command {
  return command
    .option('--wait', 'return when no cache that keeps to the TTL holds it any more')
    .option('--timeout <span>', 'with --wait: how long at the most (default: 10m)', spanOf)
    .addHelpText('after', '\nWith --wait it exits with 0 once it is safe to stop, else with 1.')
}

function spanOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('It is no span, as 90s or 10m.')
  return ms
}

/** Takes a member out, waits until it is safe to stop, and says how that went. */
export async function waitFor(
  name: string,
  out: TakenOut,
  request: Request,
  options: WaitOptions,
  tools: OperatorTools,
  terminal: Terminal,
): Promise<void> {
  const { clock } = tools
  const endMs = clock.now() + (options.timeout ?? TIMEOUT_MS)
  let first: Look | undefined
  /** The last that had it. */
  let known: Look | undefined
  let resolvers = 0
  let heldWall = 0
  /** What leads to it, as it was told where nobody looks. */
  let toldOf: string | undefined
  let isInterrupted = false
  const isOver = () => isInterrupted || clock.now() >= endMs
  const takeBack = terminal.onInterrupt(() => {
    isInterrupted = true
  })
  try {
    if (!(await askServer(name, options, request, tools))) return
    for (;;) {
      const looked = await lookPatiently(name, out, options, tools, terminal, isOver)
      if (!looked) return
      if ('away' in looked) {
        const why = `no server says so; ${isInterrupted ? stays(out) : TOO_LATE}`
        const last = known && drainedOf({ ...out, isOut: true, startWall: 0 }, known.entries)
        if (last) return tell(name, { ...last, resolvers, isSafe: false, why }, options, tools)
        tools.writeError(`rota ${name}: ${why}\n`)
        return tools.exit(EXIT.REFUSED)
      }
      first ??= looked
      resolvers = Math.max(resolvers, ...looked.entries.map((one) => one.resolvers))
      heldWall = Math.max(heldWall, ...heldWalls(looked.entries))
      if (looked.entries.length > 0) known = looked
      const { isOut, nowWall } = looked
      const isGone = looked.isGone || (known !== undefined && known !== looked)
      const told = drainedOf(
        {
          ...{ ...out, isOut, startWall: first.nowWall, heldWall },
          // Who was never seen may be held by what the server does not know.
          ...(isGone && { goneWall: known ? nowWall : 0 }),
        },
        known?.entries ?? [],
      )
      // Those that have let go count too: it is they who were waited for.
      const drained = { ...told, resolvers }
      const why = isInterrupted
        ? stays(out)
        : (drained.why ?? (clock.now() >= endMs ? TOO_LATE : undefined))
      if (drained.isSafe || why !== undefined) {
        terminal.progress('')
        const ended = drained.isSafe || why === undefined ? drained : { ...drained, why }
        return tell(name, ended, options, tools)
      }
      if (!options.json) {
        const text = plain(progressText(drained, looked.nowWall))
        const leads = drained.ledBy?.join() ?? ''
        if (terminal.isWatched) terminal.progress(text)
        else if (toldOf !== leads) tools.writeError(`rota ${name}: ${text}\n`)
        toldOf = leads
      }
      await aWhile(clock)
    }
  } finally {
    takeBack()
  }
}

const TOO_LATE = 'the time to wait is over'

function stays({ word }: TakenOut): string {
  return `it stays ${word}; "rota undrain" ends that`
}

function aWhile(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(LOOK_MS, resolve))
}

/** A look at a server that may be away: it is waited for, until that has lasted too long. */
async function lookPatiently(
  name: string,
  out: TakenOut,
  options: WaitOptions,
  tools: OperatorTools,
  terminal: Terminal,
  isOver: () => boolean,
): Promise<Look | Away | undefined> {
  for (let isKnown = false; ; isKnown = true) {
    const looked = await look(name, out, options, tools)
    if (!looked || !('away' in looked) || isOver()) return looked
    if (!isKnown) {
      terminal.progress('')
      const text = `${looked.away}; waiting for it to come back`
      tools.writeError(`rota ${name}: ${plain(text)}\n`)
    }
    await aWhile(tools.clock)
  }
}

/** The answer where the server knows no such member, nor anybody who may hold it. */
const GONE = 404

interface Look {
  readonly isOut: boolean
  readonly isGone: boolean
  readonly entries: LedgerPage['entries']
  /** By the server's wall. */
  readonly nowWall: number
}

/** How it stands now; undefined where the server refuses to say, which has been told. */
async function look(
  name: string,
  { pool, member, word }: TakenOut,
  options: WaitOptions,
  tools: OperatorTools,
): Promise<Look | Away | undefined> {
  const wanted = new URLSearchParams({ pool, member })
  const ask = (path: string, isTold?: (status: number) => boolean) =>
    askOrMiss(name, options, { method: 'GET', path }, tools, isTold)
  const found = await ask(`/ledger?${wanted}`, (status) => status === GONE)
  if (!found || 'away' in found) return found
  const isGone = found.status === GONE
  // Of who has left, nothing is told, not even by whose clock.
  const told = isGone ? await ask('/ledger?limit=1') : found
  if (!told || 'away' in told) return told
  const book = await ask('/overrides')
  if (!book || 'away' in book) return book
  const isOut = (book.value as OverridesStatus).current.some(
    (one) => one.pool === pool && one.member === member && one.word === word,
  )
  const { entries, now } = told.value as LedgerPage
  return { isOut, isGone, entries: isGone ? [] : entries, nowWall: Date.parse(now) }
}

function tell(name: string, drained: Drained, options: WaitOptions, tools: OperatorTools): void {
  const { isSafe } = drained
  if (options.json) tools.write(`${JSON.stringify(drained, null, 2)}\n`)
  else if (isSafe) tools.write(`${plain(verdictText(drained))}\n`)
  else tools.writeError(`rota ${name}: ${plain(verdictText(drained))}\n`)
  tools.exit(isSafe ? EXIT.DONE : EXIT.REFUSED)
}
