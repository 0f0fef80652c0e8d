/**
 * Goal: what was promised is written down before it holds, changes do not cross, and what time ends
 * is gone at its moment.
 * Method: books on the manual clock, with a desk that writes when it is told to.
 */

import { describe, expect, it } from 'vitest'

import { momentOf } from '../../../src/base/moment.ts'
import { parsePrefix } from '../../../src/base/prefix.ts'
import { Books, type Pages } from '../../../src/control/books/books.ts'
import { NO_OVERRIDES } from '../../../src/control/books/overrides.ts'
import {
  recallRegistrations,
  saveRegistrations,
} from '../../../src/control/books/saved-registrations.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { configOf } from '../configs.ts'

const WISH = { pool: 'web', member: 'a', word: 'down', reason: 'disk swap', author: 'ana' } as const
const X = { pool: 'web', name: 'x', v4: '192.0.2.77', lease: '10s' }

describe('books', () => {
  it('hold a change when it is written down, and not before', async () => {
    const { books, desk, changes } = opened()
    const written = desk.hold()
    const answer = books.override(WISH, musters)
    await settled()
    expect(books.pages.overrides.current).toEqual([])
    expect(changes).toEqual([])
    written()
    expect(await answer).toMatchObject({ word: 'down' })
    expect(desk.last!.overrides.current).toHaveLength(1)
    expect(changes).toHaveLength(1)
  })

  it('change nothing where it cannot be written down', async () => {
    const { books, desk, changes } = opened()
    desk.fault = new Error('no space left on device')
    expect(await books.override(WISH, musters)).toMatchObject({
      refused: 'unavailable',
      detail: expect.stringContaining('no space left on device'),
    })
    expect(await books.register(X, POOL)).toMatchObject({ refused: 'unavailable' })
    expect([books.pages.overrides, books.pages.registrations]).toEqual([NO_OVERRIDES, []])
    expect(changes).toEqual([])
  })

  it('take one change after the other, each on what the one before has left', async () => {
    const { books } = opened()
    // As the keeper would tell it: who is overridden is in service no more.
    const present = () =>
      musters(
        books.pages.overrides.current.map(({ member }) => member),
        1,
      )
    const [first, second] = await Promise.all([
      books.override(WISH, present),
      books.override({ ...WISH, member: 'b' }, present),
    ])
    expect(first).toMatchObject({ member: 'a' })
    expect(second).toMatchObject({ refused: 'conflict' })
  })

  it('let an override go at its moment', async () => {
    const { books, clock, changes, desk } = opened()
    await books.override({ ...WISH, for: '2h' }, musters)
    await clock.advance(2 * 3_600_000 - 1)
    expect(books.pages.overrides.current).toHaveLength(1)
    await clock.advance(1)
    expect(books.pages.overrides.current).toEqual([])
    expect(changes).toHaveLength(2)
    expect(desk.soon!.overrides.past).toMatchObject([{ ended: 'expired' }])
  })

  it('let a member go whose lease is over, unless it is renewed', async () => {
    const { books, clock, changes } = opened()
    await books.register(X, POOL)
    await clock.advance(9_000)
    expect(books.renew('web', 'x')).toMatchObject({ member: 'x' })
    expect(changes).toHaveLength(1)
    await clock.advance(9_999)
    expect(books.pages.registrations).toHaveLength(1)
    await clock.advance(1)
    expect(books.pages.registrations).toEqual([])
    expect(changes).toHaveLength(2)
  })

  it.each([
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ])('keep a lease for its time though the wall clock is put %s', async (_, stepMs) => {
    const { books, clock } = opened()
    await books.register(X, POOL)
    await clock.advance(1_000)
    clock.putWallAhead(stepMs)
    await books.register({ ...X, name: 'y', v4: '192.0.2.78' }, POOL)
    const present = () => books.pages.registrations.map(({ member }) => member)
    await clock.advance(8_999)
    expect(present()).toEqual(['x', 'y'])
    await clock.advance(1)
    expect(present()).toEqual(['y'])
    expect(books.renew('web', 'y')).toMatchObject({ untilWall: clock.wall() + 10_000 })
  })

  it('renew a lease though the disk hangs, and forget that for no other change', async () => {
    const { books, clock, desk } = opened()
    await books.register(X, POOL)
    await books.register({ ...X, name: 'y', v4: '192.0.2.78' }, POOL)
    const written = desk.hold()
    const answer = books.register({ ...X, name: 'z', v4: '192.0.2.79' }, POOL)
    const again = books.register({ ...X, name: 'y', v4: '192.0.2.80' }, POOL)
    await clock.advance(9_000)
    const untilWall = clock.wall() + 10_000
    for (const member of ['x', 'y']) {
      expect(books.renew('web', member)).toMatchObject({ untilWall })
    }
    written()
    await Promise.all([answer, again])
    expect(books.pages.registrations).toMatchObject([
      { member: 'x', untilWall },
      { member: 'y', v4: '192.0.2.80', untilWall },
      { member: 'z' },
    ])
  })

  it('tell of who beats after its lease was over, but before it was let go', async () => {
    const { books, clock, desk, changes } = opened()
    await books.register(X, POOL)
    const written = desk.hold()
    const answer = books.override(WISH, musters)
    await clock.advance(10_001)
    expect(changes).toHaveLength(1)
    expect(books.renew('web', 'x')).toMatchObject({ untilWall: clock.wall() + 10_000 })
    expect(changes).toHaveLength(2)
    written()
    await answer
    await settled()
    expect(books.pages.registrations).toHaveLength(1)
  })

  it('restore what was written down, but for what has ended since', async () => {
    const before = opened()
    await before.books.override({ ...WISH, for: '1h' }, musters)
    await before.books.override({ ...WISH, member: 'b', word: 'drain' }, musters)
    await before.books.register(X, POOL)
    const later = opened(new ManualClock(before.clock.wall() + 30_000))
    const { overrides, registrations } = before.books.pages
    const saved = saveRegistrations(registrations, momentOf(before.clock))
    later.books.restore({
      overrides,
      registrations: recallRegistrations(saved, momentOf(later.clock)),
    })
    expect(later.books.pages.overrides.current.map(({ member }) => member)).toEqual(['a', 'b'])
    expect(later.books.pages.registrations).toEqual([])
    await later.clock.advance(3_600_000)
    expect(later.books.pages.overrides.current.map(({ member }) => member)).toEqual(['b'])
  })

  it('let those go whom a reload leaves no place', async () => {
    const { books } = opened()
    await books.register(X, POOL)
    expect(await books.refit(() => POOL)).toEqual([])
    expect(await books.refit(() => undefined)).toMatchObject([{ member: 'x' }])
    expect(books.pages.registrations).toEqual([])
  })

  it('leave no timer behind', async () => {
    const { books, clock } = opened()
    await books.override(WISH, musters)
    await books.register(X, POOL)
    expect(clock.pendingCount).toBe(1)
    books.stop()
    expect(clock.pendingCount).toBe(0)
  })
})

const POOL = {
  ...configOf(`
zones: { example.test: example.test.zone }
pools: { web: { members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web } }
`).pools.get('web')!,
  registration: { networks: [parsePrefix('192.0.2.0/24')!], leaseMs: 30_000, membersMax: 3 },
}

function musters(out: readonly string[] = [], minServing = 0) {
  const members = ['a', 'b'].map((name) => ({ name, isEligible: !out.includes(name) }))
  return new Map([['web', { pool: 'web', minServing, members }]])
}

class TestDesk {
  last: Pages | undefined
  soon: Pages | undefined
  fault: Error | undefined
  #gate: Promise<void> = Promise.resolve()

  /** What is written from now on waits for the call of what is returned. */
  hold(): () => void {
    let open = () => {}
    this.#gate = new Promise((resolve) => {
      open = resolve
    })
    return open
  }

  async write(pages: Pages): Promise<void> {
    await this.#gate
    if (this.fault) throw this.fault
    this.last = pages
  }

  writeSoon(pages: Pages): void {
    this.soon = pages
  }
}

function opened(clock = new ManualClock()) {
  const desk = new TestDesk()
  const changes: Pages[] = []
  const onChange = (_: Pages, now: Pages) => void changes.push(now)
  return { books: new Books({ clock, desk, onChange }), clock, desk, changes }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
