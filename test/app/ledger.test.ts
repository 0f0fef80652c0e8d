/**
 * Goal: the ledger is told in bounded room, however many members share an address.
 * Method: entries as the ledger has them.
 */

import { describe, expect, it } from 'vitest'

import { ledgerOf, ledgerPage, OTHERS_MAX } from '../../src/app/ledger.ts'
import type { Entry } from '../../src/control/ledger/entry.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')

describe('the ledger of one address, as its status tells it', () => {
  const told = (entry: Entry) => ledgerOf([entry])('b', 'b', 'v4', '192.0.2.1')
  const out = { ...entryOf('b'), isServing: false }
  const unknown = { ...out, lastWall: undefined, ttlSeconds: undefined, resolvers: 0 }

  it('says when it was answered, and until when it may be held', () => {
    expect(told(out)).toEqual({
      lastAnswerAt: '2026-01-01T11:59:50.000Z',
      ...{ ttlSeconds: 30, heldUntil: '2026-01-01T12:00:20.000Z', resolvers: 1 },
    })
  })

  it('says until when it may be held by what was answered before the start', () => {
    expect(told(unknown)).toEqual({ heldUntil: '2026-01-01T12:00:20.000Z', resolvers: 0 })
  })

  it('is not told of who was never answered, or may be answered at any time', () => {
    const { untilWall: _, ...never } = unknown
    expect(told(never)).toBeUndefined()
    expect(told({ ...unknown, isServing: true })).toBeUndefined()
  })
})

describe('the ledger, as the API tells it', () => {
  it('names others at an address who may be held, and not oneself', () => {
    const [a, b, c] = ledgerPage([entryOf('a'), entryOf('b'), safe(entryOf('c'))], NOON).entries
    expect(a!.others).toEqual(['b/b'])
    expect(b!.others).toEqual(['a/a'])
    expect(c!.others).toEqual(['a/a', 'b/b'])
    expect(ledgerPage([entryOf('a'), safe(entryOf('c'))], NOON).entries[0]).not.toHaveProperty(
      'others',
    )
  })

  it('counts those whom it does not name', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => entryOf(`n${index}`))
    const { entries } = ledgerPage([...many, safe(entryOf('c'))], NOON)
    for (const { others } of entries) expect(others).toHaveLength(OTHERS_MAX)
    expect(entries[0]).toMatchObject({ moreOthers: 2_999 - OTHERS_MAX })
    expect(entries.at(-1)).toMatchObject({ moreOthers: 3_000 - OTHERS_MAX })
    expect(entries.map(({ pool, others }) => others!.includes(`${pool}/${pool}`))).not.toContain(
      true,
    )
  })
})

function entryOf(name: string): Entry {
  const held = { lastWall: NOON - 10_000, ttlSeconds: 30, untilWall: NOON + 20_000 }
  const place = { pool: name, member: name, family: 'v4', address: '192.0.2.1' } as const
  return { ...place, ...held, isServing: true, resolvers: 1, isSafe: false }
}

function safe(entry: Entry): Entry {
  return { ...entry, isServing: false, isSafe: true }
}
