/**
 * Goal: the ledger is told in bounded room, page by page, however many members share an address.
 * Method: entries as the ledger has them.
 */

import { describe, expect, it } from 'vitest'

import { ledgerOf, ledgerPage, OTHERS_MAX } from '../../src/app/ledger.ts'
import type { LedgerPage, LedgerWanted } from '../../src/admin/listings.ts'
import { isRefusal } from '../../src/control/books/refusal.ts'
import type { Entry } from '../../src/control/ledger/entry.ts'
import { holderKey } from '../../src/control/ledger/holdings.ts'
import type { IsWanted } from '../../src/control/ledger/ledger.ts'

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

  it('names the records that lead there, though it was never answered itself', () => {
    const ledBy = ['HTTPS of www.example.test']
    expect(told({ ...unknown, isServing: true, ledBy })).toMatchObject({ ledBy })
  })

  it('is not told of who was never answered, or may be answered at any time', () => {
    const { untilWall: _, ...never } = unknown
    expect(told(never)).toBeUndefined()
    expect(told({ ...unknown, isServing: true })).toBeUndefined()
  })
})

describe('the ledger, as the API tells it', () => {
  it('names others at an address who may be held, and not oneself', () => {
    const [a, b, c] = told([entryOf('a'), entryOf('b'), safe(entryOf('c'))]).entries
    expect(a!.others).toEqual(['b/b'])
    expect(b!.others).toEqual(['a/a'])
    expect(c!.others).toEqual(['a/a', 'b/b'])
    expect(told([entryOf('a'), safe(entryOf('c'))]).entries[0]).not.toHaveProperty('others')
  })

  it('counts those whom it does not name', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => entryOf(`n${index}`))
    const { entries } = told([...many, safe(entryOf('c'))])
    for (const { others } of entries) expect(others).toHaveLength(OTHERS_MAX)
    expect(entries[0]).toMatchObject({ moreOthers: 2_999 - OTHERS_MAX })
    expect(entries.at(-1)).toMatchObject({ moreOthers: 3_000 - OTHERS_MAX })
    expect(entries.map(({ pool, others }) => others!.includes(`${pool}/${pool}`))).not.toContain(
      true,
    )
  })

  it('comes in pages, each with what the others on an address are to it', () => {
    const all = ['a', 'b', 'c', 'd', 'e'].map(entryOf)
    const first = told(all, { limit: 2 })
    expect(first).toMatchObject({
      entries: [{ pool: 'a' }, { pool: 'b' }],
      next: 'b/b v4 192.0.2.1',
    })
    expect(first.entries[0]!.others).toEqual(['b/b', 'c/c', 'd/d', 'e/e'])
    const second = told(all, { limit: 2, after: first.next })
    expect(second).toMatchObject({ entries: [{ pool: 'c' }, { pool: 'd' }] })
    const third = told(all, { limit: 2, after: second.next })
    expect(third.entries).toMatchObject([{ pool: 'e' }])
    expect(third).not.toHaveProperty('next')
  })

  it('is that of one member, or refuses to go on after one who has left meanwhile', () => {
    const all = ['a', 'b'].map(entryOf)
    const { entries } = told(all, { limit: 1, pool: 'b', member: 'b' })
    expect(entries).toMatchObject([{ pool: 'b', others: ['a/a'] }])
    expect(told(all, { limit: 1, pool: 'b', member: 'a' }).entries).toEqual([])
    const late = ledgerPage(having(all), { limit: 1, after: 'z/z v4 192.0.2.1' }, NOON)
    expect(late).toMatchObject({ refused: 'conflict' })
  })

  it('works out what is said of those alone who share an address with somebody asked for', () => {
    const far = { ...entryOf('far'), address: '192.0.2.2' }
    const asked: string[] = []
    const ledger = having([entryOf('a'), entryOf('b'), far], asked)
    ledgerPage(ledger, { limit: 1 }, NOON)
    expect(asked).toEqual(['a', 'b'])
  })
})

function told(all: readonly Entry[], wanted: LedgerWanted = { limit: 10_000 }): LedgerPage {
  const page = ledgerPage(having(all), wanted, NOON)
  if (isRefusal(page)) throw new Error(page.detail)
  return page
}

/** Notes the pools of those whose entries were asked for. */
function having(all: readonly Entry[], asked: string[] = []) {
  return {
    holders: (isWanted: IsWanted = () => true) =>
      new Map(all.filter(isWanted).map((one) => [holderKey(one), one])),
    entries: (isWanted: IsWanted = () => true) => {
      const found = all.filter(isWanted)
      asked.push(...found.map(({ pool }) => pool))
      return found
    },
  }
}

function entryOf(name: string): Entry {
  const held = { lastWall: NOON - 10_000, ttlSeconds: 30, untilWall: NOON + 20_000 }
  const place = { pool: name, member: name, family: 'v4', address: '192.0.2.1' } as const
  return { ...place, ...held, isServing: true, ledBy: [], resolvers: 1, isSafe: false }
}

function safe(entry: Entry): Entry {
  return { ...entry, isServing: false, isSafe: true }
}
