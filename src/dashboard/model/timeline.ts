/** Events in words, for the timeline and for who hears the page instead of seeing it. */

import type { FlipStatus } from '../../admin/status.ts'

import type { Event } from '../shared/events.ts'
import { countedText, countText, spanText } from '../shared/format.ts'
import type { Shape } from '../shared/icons.tsx'
import type { Tone } from './standing.ts'

export interface Entry {
  readonly key: string
  readonly atMs: number
  readonly shape: Shape
  readonly tone: Tone
  /** Whom it is about. */
  readonly who: string
  /** What became of it. */
  readonly what: string
  /** Evidence, reason, and what was measured. */
  readonly detail?: string
}

export const ENTRIES_MAX = 200

export function entryOf(event: Event): Entry {
  return { key: String(event.id), atMs: Date.parse(event.at), ...wordsOf(event) }
}

/** While there is no flight recorder to ask, what the status has of flips. */
export function entryOfFlip(flip: FlipStatus): Entry {
  const atMs = Date.parse(flip.at)
  return { key: `${flip.at} ${flip.address}`, atMs, ...flipWords(flip) }
}

/** The latest first, each once. */
export function mergedEvents(known: readonly Event[], more: readonly Event[]): readonly Event[] {
  const all = new Map([...known, ...more].map((event) => [event.id, event]))
  return [...all.values()].sort((one, other) => other.id - one.id).slice(0, ENTRIES_MAX)
}

type Words = Omit<Entry, 'key' | 'atMs'>

function wordsOf(event: Event): Words {
  switch (event.kind) {
    case 'flip':
      return flipWords(event)
    case 'override':
      return overrideWords(event)
    case 'registration': {
      const what = event.action === 'expired' ? 'let its lease run out' : event.action
      const who = `${event.pool}/${event.member}`
      return { shape: 'open', tone: 'soft', who, what, detail: event.addresses.join(', ') }
    }
    case 'ladder':
      return ladderWords(event)
    case 'reload': {
      const { isTaken, generation, problem, errors, tookMs } = event
      const what = isTaken ? `reloaded: generation ${generation}` : 'refused a reload'
      const detail = isTaken ? `in ${spanText(tookMs)}` : (problem ?? countedText(errors, 'error'))
      const tone = isTaken ? 'soft' : 'down'
      return { shape: isTaken ? 'open' : 'warning', tone, who: 'server', what, detail }
    }
    case 'doubt': {
      const what = event.isSuspect ? 'doubts itself' : 'trusts itself again'
      const tone = event.isSuspect ? 'wait' : 'soft'
      return { shape: 'warning', tone, who: 'prober', what, detail: event.why }
    }
    case 'respawn': {
      const { endpoint, reason } = event
      const what = 'was replaced'
      return { shape: 'warning', tone: 'wait', who: `worker of ${endpoint}`, what, detail: reason }
    }
    case 'start': {
      const what = `started, version ${event.version}`
      return { shape: 'open', tone: 'soft', who: 'server', what }
    }
    case 'stop':
      return { shape: 'open', tone: 'soft', who: 'server', what: 'ended' }
  }
}

type Concerned = Pick<FlipStatus, 'members' | 'moreMembers' | 'address'>
type Flip = Concerned & Pick<FlipStatus, 'from' | 'to' | 'evidence' | 'failoverMs'>

function flipWords(flip: Flip): Words {
  const { from, to, evidence, failoverMs } = flip
  const [shape, tone]: [Shape, Tone] =
    to === 'up' ? ['up', 'up'] : to === 'down' ? ['down', 'down'] : ['unknown', 'wait']
  const after = failoverMs === undefined ? '' : `; out of answers after ${spanText(failoverMs)}`
  const detail = `${evidence}${after}`
  return { shape, tone, who: whoText(flip), what: `${from} → ${to}`, detail }
}

/** A host in many pools flips once: one of them stands for all. */
export function whoText({ members, moreMembers = 0, address }: Concerned): string {
  const [first, ...others] = members
  if (first === undefined) return address
  const count = others.length + moreMembers
  return count === 0 ? first : `${first} and ${countText(count)} more`
}

function overrideWords(event: Extract<Event, { kind: 'override' }>): Words {
  const { pool, member, word, action, reason, author, endedBy } = event
  const who = `${pool}/${member}`
  if (action === 'set') {
    const what = word === 'drain' ? 'drained' : `forced ${word}`
    return { shape: 'drain', tone: 'wait', who, what, detail: `${author}: ${reason}` }
  }
  const what = action === 'expired' ? `${word} expired` : `${word} ended`
  const by = endedBy === undefined ? {} : { detail: `by ${endedBy}` }
  return { shape: 'open', tone: 'soft', who, what, ...by }
}

function ladderWords(event: Extract<Event, { kind: 'ladder' }>): Words {
  const { pool, family, step, healthy, needed } = event
  const who = `pool ${pool} ${family}`
  const detail = `${healthy} healthy, needs ${needed}`
  if (step === undefined) return { shape: 'up', tone: 'up', who, what: 'recovered', detail }
  return { shape: 'warning', tone: 'down', who, what: `answers by “${step}”`, detail }
}
