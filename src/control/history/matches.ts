/** Whether an event is what somebody wants to hear of. */

import type { Event } from './event.ts'
import type { Wanted } from './history.ts'

export function matches(event: Event, wanted: Wanted): boolean {
  const { kinds, about, fromWall, toWall, beforeId } = wanted
  if (beforeId !== undefined && event.id >= beforeId) return false
  if (kinds && !kinds.includes(event.kind)) return false
  if (about !== undefined && !isAbout(event, about)) return false
  if (fromWall === undefined && toWall === undefined) return true
  const atWall = Date.parse(event.at)
  return (
    atWall >= (fromWall ?? Number.NEGATIVE_INFINITY) &&
    atWall <= (toWall ?? Number.POSITIVE_INFINITY)
  )
}

/** Whether it concerns a pool or any of its members, or a member as `pool/member`. */
function isAbout(event: Event, about: string): boolean {
  switch (event.kind) {
    case 'flip':
      return event.members.some((member) => member === about || member.startsWith(`${about}/`))
    case 'override':
    case 'registration':
      return event.pool === about || `${event.pool}/${event.member}` === about
    case 'ladder':
      return event.pool === about
    case 'reload':
    case 'doubt':
    case 'respawn':
    case 'start':
    case 'stop':
      return false
  }
}
