/**
 * Goal: each kind of event reads as a sentence, and an explanation as an answer.
 * Method: one of each kind, in the words that people see.
 */

import { describe, expect, it } from 'vitest'

import { answerText, familyText, memberText } from '../../src/dashboard/model/explained.ts'
import { rungText, scopeText, weightPart } from '../../src/dashboard/model/explained.ts'
import { entryOf, entryOfFlip, mergedEvents } from '../../src/dashboard/model/timeline.ts'
import type { Event } from '../../src/dashboard/shared/events.ts'
import { flipOf, isoOf, NOON } from './statuses.ts'

const RECORD = { id: 1, at: isoOf(NOON) }
const OVERRIDE = {
  ...{ ...RECORD, pool: 'web', member: 'a', word: 'drain', reason: 'disk swap', author: 'ana' },
  kind: 'override' as const,
}
const LADDER = {
  ...{ ...RECORD, pool: 'web', healthy: 0, needed: 1 },
  ...{ kind: 'ladder' as const, family: 'v4' as const },
}
const RELOAD = {
  ...{ ...RECORD, generation: 4, errors: 2, warnings: 0, tookMs: 400 },
  kind: 'reload' as const,
}

describe('events in words', () => {
  const told: readonly (readonly [Event, string])[] = [
    [
      { ...RECORD, kind: 'flip', check: 'web', ...flip({ failoverMs: 2_500 }) },
      'web/a: up → down (connection refused; out of answers after 2 s)',
    ],
    [{ ...OVERRIDE, action: 'set' }, 'web/a: drained (ana: disk swap)'],
    [{ ...OVERRIDE, action: 'ended', endedBy: 'bo' }, 'web/a: drain ended (by bo)'],
    [{ ...OVERRIDE, action: 'expired' }, 'web/a: drain expired'],
    [{ ...LADDER, step: 'all' }, 'pool web v4: answers by “all” (0 healthy, needs 1)'],
    [LADDER, 'pool web v4: recovered (0 healthy, needs 1)'],
    [{ ...RELOAD, isTaken: true }, 'server: reloaded: generation 4 (in 0.4 s)'],
    [{ ...RELOAD, isTaken: false }, 'server: refused a reload (2 errors)'],
    [
      { ...RECORD, kind: 'doubt', isSuspect: true, why: '8 of 9 failed at once' },
      'prober: doubts itself (8 of 9 failed at once)',
    ],
    [
      { ...RECORD, kind: 'respawn', endpoint: '127.0.0.1:53', reason: 'out of memory' },
      'worker of 127.0.0.1:53: was replaced (out of memory)',
    ],
    [
      {
        ...RECORD,
        kind: 'registration',
        action: 'expired',
        pool: 'web',
        member: 'x',
        addresses: [],
      },
      'web/x: let its lease run out ()',
    ],
    [
      { ...RECORD, kind: 'start', version: '0.2.0', generation: 1, listen: [] },
      'server: started, version 0.2.0',
    ],
    [{ ...RECORD, kind: 'stop' }, 'server: ended'],
  ]

  it.each(told)('$kind', (event, sentence) => {
    const { who, what, detail } = entryOf(event)
    const words = `${who}: ${what}${detail === undefined ? '' : ` (${detail})`}`
    expect(words.replaceAll('\u202f', ' ')).toBe(sentence)
  })

  it('say of a host in many pools that there are more', () => {
    const { who } = entryOfFlip(flipOf({ members: ['web/a', 'all/a', 'main/a'] }))
    expect(who).toBe('web/a and 2 more')
    expect(entryOfFlip(flipOf({ moreMembers: 9_900 })).who).toBe('web/a and 9\u202f900 more')
    expect(entryOfFlip(flipOf({ members: [] })).who).toBe('192.0.2.1')
  })

  it('stand once each, the latest first, however they came', () => {
    const stop = (id: number): Event => ({ id, at: isoOf(NOON), kind: 'stop' })
    const merged = mergedEvents([stop(3), stop(2)], [stop(2), stop(5), stop(1)])
    expect(merged.map(({ id }) => id)).toEqual([5, 3, 2, 1])
  })
})

describe('an explanation in words', () => {
  const a = { name: 'a', address: '192.0.2.1', verdict: 'up' as const, evidence: 'status 200' }
  const family = {
    ...{ memberCount: 2, healthyCount: 2, neededCount: 1, standIns: [] },
    members: [
      { ...a, effectiveWeight: 3 },
      { ...a, name: 'b', effectiveWeight: 1 },
    ],
  }

  it('of what is answered', () => {
    const answer = {
      type: 'A' as const,
      rcode: 'NOERROR',
      data: ['192.0.2.1', '192.0.2.2'],
      scope: 0,
    }
    expect(answerText(answer)).toBe('192.0.2.1, 192.0.2.2')
    expect(answerText({ ...answer, data: [] })).toBe('no such address (NODATA)')
    expect(answerText({ ...answer, data: [], rcode: 'REFUSED' })).toBe('REFUSED')
    expect(scopeText(answer)).toBeUndefined()
    expect(scopeText({ ...answer, scope: 24 })).toContain('24 bits')
  })

  it('of a pool and its members', () => {
    expect(familyText(family)).toBe('2 of 2 healthy')
    const failed = { ...family, healthyCount: 0, neededCount: 2, step: 'pool: sorry' }
    expect(familyText({ ...failed, standIns: ['sorry'] })).toBe(
      '0 of 2 healthy, needs 2; failed, answers by step “pool: sorry” (sorry)',
    )
    expect(memberText(family.members[0]!)).toBe('in turn; up: status 200')
    expect(memberText(a)).toBe('not in turn; up: status 200')
    expect(memberText({ ...a, exclusion: 'override drain' as const })).toBe(
      'override drain; up: status 200',
    )
    expect(memberText({ ...a, verdict: 'down' as const, exclusion: 'down' as const })).toBe(
      'down: status 200',
    )
    const rung = { step: 'last_good', state: 'of no use' as const, reason: 'nobody was' }
    expect(rungText(rung)).toBe('last_good: of no use, nobody was')
    expect(family.members.map((member) => weightPart(family, member))).toEqual([75, 25])
  })
})

function flip(own: Parameters<typeof flipOf>[0]) {
  const { at: _, ...rest } = flipOf(own)
  return rest
}
