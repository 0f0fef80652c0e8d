/** Events in words: a line each, with what was seen; the moment first, so that lines sort. */

import type { Enrolled, Event, Flipped, LadderMoved, Recorded } from '../control/history/event.ts'
import type { Overridden, Reloaded } from '../control/history/event.ts'

import { plain, spanText } from './table.ts'

/** The moment stands as options take it: what is seen can be asked for. */
export function eventText(event: Event): string {
  return `${event.at}  ${plain(wordsOf(event))}`
}

function wordsOf(event: Event): string {
  switch (event.kind) {
    case 'flip':
      return flipWords(event)
    case 'override':
      return overrideWords(event)
    case 'registration':
      return registrationWords(event)
    case 'ladder':
      return ladderWords(event)
    case 'reload':
      return reloadWords(event)
    case 'doubt':
      return event.isSuspect
        ? `doubt: failures are held back: ${event.why}`
        : `doubt over: failures count again: ${event.why}`
    case 'respawn':
      return `worker of ${event.endpoint} died and was replaced: ${event.reason}`
    case 'start':
      return `start: rota ${event.version} answers on ${event.listen.join(', ')}`
    case 'stop':
      return 'stop: answers no more'
  }
}

function flipWords(event: Flipped): string {
  const { members, moreMembers, address, check, from, to, evidence } = event
  const more = moreMembers === undefined ? '' : ` and ${moreMembers} more`
  const whom = members.length === 0 ? address : `${members.join(', ')}${more}`
  const before = from === 'unknown' ? '' : ` (was ${from})`
  const notes = [
    members.length === 0 ? `check ${check}` : `${address}, check ${check}`,
    event.failoverMs !== undefined && `unnoticed for ${(event.failoverMs / 1_000).toFixed(1)}s`,
    to === 'down' &&
      event.lastCacheAt !== undefined &&
      `in caches until ${timeOf(event.lastCacheAt)}`,
  ]
  return `${whom} ${to}${before}: ${evidence} (${notes.filter((note) => note).join('; ')})`
}

function overrideWords(event: Overridden & Recorded): string {
  const { at, action, pool, member, word, reason, author, until, endedBy } = event
  const whom = `${pool}/${member}`
  if (action === 'expired') return `${whom} no longer overridden ${word}: its time is over`
  if (action === 'ended') {
    return `${whom} no longer overridden ${word}${endedBy === undefined ? '' : `, by ${endedBy}`}`
  }
  const span = until && ` for ${spanText(Date.parse(until) - Date.parse(at))}`
  return `${whom} overridden ${word}${span ?? ''} by ${author}: ${reason}`
}

function registrationWords({ action, pool, member, addresses }: Enrolled): string {
  const whom = `${pool}/${member} (${addresses.join(', ')})`
  if (action === 'joined') return `${whom} registered`
  return action === 'left' ? `${whom} left` : `${whom} is gone: its lease ran out`
}

function ladderWords({ pool, family, step, until, healthy, needed }: LadderMoved): string {
  const counts = `${healthy} healthy, ${needed} needed`
  if (step === undefined) return `pool ${pool} ${family} has recovered (${counts})`
  const end = until === undefined ? '' : ` until ${timeOf(until)}`
  return `pool ${pool} ${family} has failed (${counts}): answers by step "${step}"${end}`
}

function reloadWords({ isTaken, generation, errors, warnings, problem, tookMs }: Reloaded): string {
  if (!isTaken) {
    const more = errors > 1 ? ` (and ${errors - 1} more)` : ''
    return `reload refused, nothing changed: ${problem ?? `${errors} errors`}${more}`
  }
  const warned = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return `reload: generation ${generation}, took ${tookMs}ms${warned}`
}

/** The time of a moment; its day is mostly that of the line. */
function timeOf(moment: string): string {
  return `${moment.slice(11, 19)}Z`
}
