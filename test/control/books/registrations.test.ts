/**
 * Goal: backends come and go by themselves, within what the pool allows and no further.
 * Method: books by hand against pools built by hand; the time is an argument.
 */

import { describe, expect, it } from 'vitest'

import { parseV4 } from '../../../src/base/address.ts'
import type { Moment } from '../../../src/base/moment.ts'
import { parsePrefix } from '../../../src/base/prefix.ts'
import type { PoolConfig } from '../../../src/config/config.ts'
import { isRefusal, type Refusal } from '../../../src/control/books/refusal.ts'
import { expireLeases, fitRegistrations, leave } from '../../../src/control/books/registrations.ts'
import { memberOf, nextLeaseEndMs } from '../../../src/control/books/registrations.ts'
import type {
  RegistrationBook,
  RegistrationWish,
} from '../../../src/control/books/registrations.ts'
import { register, renew } from '../../../src/control/books/registrations.ts'
import {
  recallRegistrations as recalled,
  registrationSection,
  saveRegistrations,
} from '../../../src/control/books/saved-registrations.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
/** By the clock, noon is at 1,000 ms. */
const at = (ms: number) => ({ ms: 1_000 + ms, wall: NOON + ms })

describe('a registration', () => {
  it('holds for the lease of its pool, or a shorter one', () => {
    const [long, short] = bookOf(wish('x', 1), { ...wish('y', 2), lease: '5s' })
    expect(long).toEqual({
      ...{ pool: 'web', member: 'x', v4: '192.0.2.1', weight: 1, leaseMs: 30_000 },
      ...{ sinceWall: NOON, untilWall: NOON + 30_000, untilMs: 31_000 },
    })
    expect(short!.untilMs).toBe(6_000)
  })

  it('ends with its lease', () => {
    const book = bookOf(wish('x', 1), { ...wish('y', 2), lease: '5s' })
    expect(nextLeaseEndMs(book)).toBe(6_000)
    expect(expireLeases(book, 5_999)).toBe(book)
    expect(expireLeases(book, 6_000).map(({ member }) => member)).toEqual(['x'])
    expect(nextLeaseEndMs([])).toBe(Number.POSITIVE_INFINITY)
  })

  it('is renewed by a heartbeat, and by registering again, and keeps its place and its age', () => {
    const book = bookOf(wish('x', 1), wish('y', 2))
    const beaten = renew(book, 'web', 'x', at(10_000))!
    expect(beaten.registration).toMatchObject({ sinceWall: NOON, untilWall: NOON + 40_000 })
    const again = register(book, { ...wish('x', 7), weight: 3 }, POOL, at(20_000))
    if (isRefusal(again)) throw new Error(again.detail)
    expect(again.isNew).toBe(false)
    expect(again.book.map(({ member, v4 }) => [member, v4])).toEqual([
      ['x', '192.0.2.7'],
      ['y', '192.0.2.2'],
    ])
    expect(again.registration).toMatchObject({ weight: 3, sinceWall: NOON })
    expect(renew(book, 'web', 'z', at(0))).toBeUndefined()
  })

  it('ends when its member leaves', () => {
    const book = bookOf(wish('x', 1), wish('y', 2))
    expect(leave(book, POOL, 'x')).toMatchObject([{ member: 'y' }])
    expect(leave(book, POOL, 'z')).toMatchObject({ refused: 'unknown' })
    expect(leave(book, POOL, 'a')).toMatchObject({ refused: 'forbidden' })
  })

  it('makes a member like those of the YAML', () => {
    const [one] = bookOf({ ...wish('x', 1), v6: '2001:DB8:0::1' })
    const member = memberOf(one!, POOL)
    expect(member).toMatchObject({ name: 'x', weight: 1, v4: parseV4('192.0.2.1') })
    expect(member.v6).toHaveLength(16)
    expect(one!.v6).toBe('2001:db8::1')
  })

  it('survives the way to a file and back', () => {
    const book = bookOf({ ...wish('x', 1), v6: '2001:db8::1' }, wish('y', 2))
    expect(recalled(written(book, at(0)), at(0))).toEqual(book)
  })

  it('goes on in another process with what is left of it on the wall', () => {
    const [one] = recalled(written(bookOf(wish('x', 1)), at(0)), { ms: 7, wall: NOON + 10_000 })
    expect(one).toMatchObject({ untilMs: 20_007, untilWall: NOON + 30_000, sinceWall: NOON })
  })

  it('leaves to another process what is left though the wall clock was set in this one', () => {
    const set = { ms: 11_000, wall: NOON + 3_600_000 }
    const [one] = recalled(written(bookOf(wish('x', 1)), set), { ms: 0, wall: set.wall })
    expect(one).toMatchObject({ untilMs: 20_000, untilWall: set.wall + 20_000 })
  })

  it('lasts no longer than it was granted for though the wall clock was put back', () => {
    const saved = written(bookOf(wish('x', 1), { ...wish('y', 2), lease: '5s' }), at(0))
    const book = recalled(saved, { ms: 0, wall: NOON - 3_600_000 })
    expect(book.map(({ untilMs }) => untilMs)).toEqual([30_000, 5_000])
  })
})

describe('a registration is refused', () => {
  it.each([
    ['outside the networks', { v4: '198.51.100.1' }, 'forbidden', '198.51.100.1 is outside'],
    ['outside by IPv6', { v6: '2001:db8:1::1' }, 'forbidden', '2001:db8:1::1 is outside'],
    ['by a name of the YAML', { name: 'a' }, 'conflict', 'member "a" of pool "web" stands in'],
    ['with an address of the YAML', { v4: '192.0.2.9' }, 'conflict', '192.0.2.9 is member "a"'],
    ['with the address of another', { v4: '192.0.2.1' }, 'conflict', '192.0.2.1 is member "x"'],
    ['by no word', { name: 'a b' }, 'invalid', 'member "a b" is not a word'],
    ['without an address', { v4: undefined }, 'invalid', 'member "z" has no address'],
    ['by IPv4 in disguise', { v6: '::ffff:192.0.2.9' }, 'invalid', 'it belongs under v4'],
    ['with no address', { v4: '192.0.2' }, 'invalid', 'v4 "192.0.2" is not an IPv4 address'],
    ['with a lease too long', { lease: '31s' }, 'invalid', 'lease 31s is outside 1s–30s'],
    ['with no lease', { lease: 'soon' }, 'invalid', 'lease "soon" is not a span'],
    ['with a weight too high', { weight: 1_001 }, 'invalid', 'weight 1001 is outside 0–1000'],
  ] as const)('%s', (_, part, refused, detail) => {
    const outcome = register(bookOf(wish('x', 1)), { ...wish('z', 3), ...part }, POOL, at(0))
    expect(outcome).toMatchObject({ refused, detail: expect.stringContaining(detail) })
  })

  it('past the most that the pool takes, but renewed', () => {
    const book = bookOf(wish('x', 1), wish('y', 2), wish('z', 3))
    const outcome = register(book, wish('u', 4), POOL, at(0)) as Refusal
    expect(outcome.detail).toBe('pool "web" takes 3 members that register, and has them')
    expect(isRefusal(register(book, wish('z', 3), POOL, at(0)))).toBe(false)
  })

  it('by a pool that takes none, with what to write', () => {
    const { registration, ...closed } = POOL
    expect(register([], wish('x', 1), closed, at(0))).toEqual({
      refused: 'forbidden',
      detail: 'pool "web" takes no registrations',
      remedy: 'give it register: { networks: [192.0.2.0/24] } in the YAML and reload',
    })
  })
})

describe('after a reload', () => {
  it('stay those whom the pool still takes, the first of them where it takes fewer', () => {
    const book = bookOf(wish('x', 1), wish('y', 200), wish('z', 3))
    const kept = (pool?: PoolConfig) => fitRegistrations(book, () => pool).map((one) => one.member)
    expect(fitRegistrations(book, () => POOL)).toBe(book)
    expect(kept(undefined)).toEqual([])
    expect(kept({ ...POOL, registration: { ...TERMS, membersMax: 2 } })).toEqual(['x', 'y'])
    const networks = [parsePrefix('192.0.2.0/25')!]
    expect(kept({ ...POOL, registration: { ...TERMS, networks } })).toEqual(['x', 'z'])
    expect(kept({ ...POOL, members: [{ ...POOL.members[0]!, name: 'x' }] })).toEqual(['y', 'z'])
  })
})

const PLACE = { file: 'rota.yaml', line: 1, column: 1 }
const TERMS = {
  networks: ['192.0.2.0/24', '2001:db8::/48'].map((text) => parsePrefix(text)!),
  leaseMs: 30_000,
  membersMax: 3,
}
const POOL: PoolConfig = {
  ...{ place: PLACE, name: 'web', policy: 'rotate', minHealthy: { count: 1 } },
  whenAllDown: [{ kind: 'all' }],
  members: [{ place: PLACE, name: 'a', v4: parseV4('192.0.2.9')!, weight: 1 }],
  registration: TERMS,
}

function wish(name: string, host: number): RegistrationWish {
  return { pool: 'web', name, v4: `192.0.2.${host}` }
}

/** The book after these wishes, none of which may be refused. */
function bookOf(...wishes: RegistrationWish[]): RegistrationBook {
  return wishes.reduce<RegistrationBook>((book, one) => {
    const outcome = register(book, one, POOL, at(0))
    if (isRefusal(outcome)) throw new Error(outcome.detail)
    return outcome.book
  }, [])
}

/** As the state file has it. */
function written(book: RegistrationBook, now: Moment) {
  return registrationSection.codec.parse(JSON.parse(JSON.stringify(saveRegistrations(book, now))))
}
