/**
 * Goal: what the API asks for reaches who must hear of it, and what cannot be is refused with what
 * would help.
 * Method: operations over a keeper that notes what it is told.
 */

import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import type { Diagnostic } from '../../src/base/diagnostic.ts'
import type { LedgerPage } from '../../src/admin/listings.ts'
import { createOperations, type Parts } from '../../src/app/operations.ts'
import { Books } from '../../src/control/books/books.ts'
import { refusal } from '../../src/control/books/refusal.ts'
import type { MemberOverview, PoolOverview } from '../../src/control/status.ts'
import { createTarget, type Observation } from '../../src/health/check.ts'
import { createHeartbeats } from '../../src/health/heartbeats.ts'
import { configOf } from '../control/configs.ts'
import { NO_HISTORY, STATUS } from '../admin/support.ts'
import { checkWith } from '../support/check.ts'
import { ManualClock } from '../support/manual-clock.ts'

const { pools } = configOf(`
zones: { example.test: example.test.zone }
pools:
  web:
    register: { networks: [192.0.2.0/24] }
    members: { a: 192.0.2.1, b: 192.0.2.2 }
  closed: { members: { c: 192.0.2.3 } }
names: { www.example.test: { pool: web }, c.example.test: { pool: closed } }
`)
const BEATEN = createTarget('web/a', checkWith({ probe: { kind: 'heartbeat' } }))
const PROBED = createTarget('192.0.2.1', checkWith())

describe('a heartbeat', () => {
  it('is noted with what its sender says, and looked at now', async () => {
    const { operations, heartbeats, hastened } = bench()
    const beaten = await operations.beat({ pool: 'web', member: 'a', status: 'drain', load: 2 })
    expect(beaten).toEqual({ targets: 1 })
    expect(heartbeats.last('web/a')).toMatchObject({
      ...{ isUp: true, evidence: 'says drain' },
      report: { word: 'drain', load: 2 },
    })
    expect(hastened).toEqual([BEATEN.key])
    await operations.beat({ pool: 'web', member: 'a', status: 'down' })
    expect(heartbeats.last('web/a')).toMatchObject({ isUp: false, evidence: 'says down' })
    await operations.beat({ pool: 'web', member: 'a' })
    expect(heartbeats.last('web/a')).not.toHaveProperty('report')
  })

  it('renews the lease of who has registered', async () => {
    const { operations, clock } = bench()
    await operations.register({ pool: 'web', name: 'x', v4: '192.0.2.9', lease: '10s' })
    await clock.advance(9_000)
    const beaten = await operations.beat({ pool: 'web', member: 'x' })
    expect(beaten).toMatchObject({
      ...{ targets: 0, registration: { untilWall: clock.wall() + 10_000 } },
    })
  })

  it('is refused of who is not there, and of who has no use for one', async () => {
    const { operations, heartbeats } = bench()
    const beat = (pool: string, member: string) => operations.beat({ pool, member })
    expect(await beat('web', 'aa')).toMatchObject({
      ...{ refused: 'unknown', remedy: 'did you mean "a"?' },
    })
    expect(await beat('wob', 'a')).toMatchObject({ remedy: 'did you mean "web"?' })
    expect(await beat('web', 'b')).toMatchObject({
      refused: 'conflict',
      detail: 'web/b has neither a lease nor a check of heartbeats',
    })
    expect(heartbeats.last('web/b')).toBeUndefined()
  })
})

describe('a reported failure', () => {
  it('is an observation of every target of the member', () => {
    const { operations, reported } = bench()
    const failure = { pool: 'web', member: 'a', evidence: 'my requests fail' }
    expect(operations.reportFailure(failure)).toEqual({ targets: 2 })
    expect(reported.map(([key]) => key)).toEqual([BEATEN.key, PROBED.key])
    expect(reported[0]![1]).toMatchObject({
      ...{ isSuccess: false, evidence: 'reported: my requests fail' },
    })
  })

  it('is refused where no check could count it', () => {
    const { operations } = bench()
    const failure = { pool: 'web', member: 'b', evidence: 'my requests fail' }
    expect(operations.reportFailure(failure)).toMatchObject({ refused: 'conflict' })
    expect(operations.reportFailure({ ...failure, member: 'q' })).toMatchObject({
      refused: 'unknown',
    })
  })
})

describe('a registration', () => {
  it('is for pools that take them, and not for names that are their own', async () => {
    const { operations } = bench()
    const wish = { name: 'x', v4: '192.0.2.9' }
    const refusedBy = async (pool: string) => operations.register({ ...wish, pool })
    expect(await refusedBy('closed')).toMatchObject({ refused: 'forbidden' })
    expect(await refusedBy('own.example.test')).toMatchObject({ refused: 'forbidden' })
    expect(await refusedBy('nowhere')).toMatchObject({ refused: 'unknown' })
    expect(await operations.leave('nowhere', 'x')).toMatchObject({ refused: 'unknown' })
  })
})

describe('an override', () => {
  it('counts a member as in service that may be answered in either family', async () => {
    // By its IPv6 address alone, b keeps the floor of 1.
    const { operations } = bench()
    const wish = { pool: 'web', member: 'a', reason: 'disk swap', author: 'ana' }
    expect(await operations.override({ ...wish, word: 'down' })).toMatchObject({ word: 'down' })
  })
})

describe('the ledger', () => {
  const page = { limit: 100 }
  const held = { pool: 'gone', member: 'b' } as LedgerPage['entries'][number]

  it('of a pool or a member that nobody knows is refused, rather than empty', () => {
    const { operations } = bench()
    expect(operations.ledger({ ...page, pool: 'wbe' })).toMatchObject({
      ...{ refused: 'unknown', remedy: 'did you mean "web"?' },
    })
    expect(operations.ledger({ ...page, pool: 'web', member: 'aa' })).toMatchObject({
      ...{ refused: 'unknown', remedy: 'did you mean "a"?' },
    })
  })

  it('is empty of those who are known and have no address', () => {
    const { operations } = bench()
    const empty = { entries: [] }
    expect(operations.ledger(page)).toMatchObject(empty)
    expect(operations.ledger({ ...page, pool: 'web' })).toMatchObject(empty)
    expect(operations.ledger({ ...page, pool: 'web', member: 'b' })).toMatchObject(empty)
  })

  it('knows who has left, while somebody may hold it, to its last page', () => {
    const { operations } = bench({ ledger: () => ({ now: '', entries: [held] }) })
    const gone = { ...page, pool: 'gone', member: 'b' }
    expect(operations.ledger(gone)).toMatchObject({ entries: [held] })
    const last = bench().operations.ledger({ ...gone, after: 'gone/b v4 192.0.2.1' })
    expect(last).toMatchObject({ entries: [] })
  })
})

describe('verdicts', () => {
  it('are told of a pool that has none, and refused for one that is not there', () => {
    const { operations } = bench()
    const page = { limit: 1 }
    expect(operations.verdicts(page, undefined)).toEqual({ items: [] })
    expect(operations.verdicts(page, 'web')).toEqual({ items: [] })
    expect(operations.verdicts(page, 'wbe')).toMatchObject({
      ...{ refused: 'unknown', detail: 'there is no pool "wbe"' },
    })
  })
})

describe('a reload and a fail-back', () => {
  it('are told with whole paths, and whether anything has changed', async () => {
    const place = { line: 1, column: 1, message: 'odd' }
    const found: Diagnostic[] = [
      { ...place, file: 'rota.yaml', severity: 'warning' },
      { ...place, file: '/zones/example.test.zone', severity: 'warning' },
    ]
    const { operations } = bench({ reload: async () => found })
    const { isTaken, diagnostics } = await operations.reload()
    expect(isTaken).toBe(true)
    expect(diagnostics.map(({ file }) => file)).toEqual([resolve('rota.yaml'), found[1]!.file])
    const wrong = bench({ reload: async () => [{ ...found[0]!, severity: 'error' }] })
    expect((await wrong.operations.reload()).isTaken).toBe(false)
  })

  it('are refused for a pool that is not there, or has nothing to go back from', () => {
    const { operations, failedBack } = bench()
    expect(operations.failBack('web')).toEqual({ pool: 'web' })
    expect(operations.failBack('wob')).toMatchObject({ refused: 'unknown' })
    expect(operations.failBack('own.example.test')).toMatchObject({ refused: 'conflict' })
    expect(failedBack).toEqual(['web'])
  })
})

function bench(own: Partial<Parts> = {}) {
  const clock = new ManualClock()
  const heartbeats = createHeartbeats()
  const hastened: string[] = []
  const failedBack: string[] = []
  const reported: [string, Observation][] = []
  const desk = { write: async () => {}, writeSoon: () => {} }
  const books = new Books({ clock, desk, onChange: () => {} })
  const standing = (name: string, isEligible: boolean) => ({ name, isEligible }) as MemberOverview
  const family = (...members: MemberOverview[]) => ({
    ...{ memberCount: members.length, healthyCount: 1, neededCount: 1, standIns: [] },
    members,
  })
  const base = { policy: 'rotate', minServing: 1 } as const
  const overviews: PoolOverview[] = [
    {
      ...{ ...base, pool: 'web' },
      v4: family(standing('a', true), standing('b', false)),
      v6: family(standing('b', true)),
    },
    { ...base, pool: 'own.example.test', v4: family(standing('192.0.2.4', true)) },
  ]
  const isThere = (pool: string, member: string) =>
    pool === 'web' &&
    (['a', 'b'].includes(member) || books.pages.registrations.some((one) => one.member === member))
  const operations = createOperations({
    ledger: () => ({ now: '', entries: [] }),
    keeper: {
      poolOverview: (name) => overviews.find(({ pool }) => pool === name),
      poolNames: () => overviews.map(({ pool }) => pool),
      generation: 1,
      hasMember: isThere,
      targetsOf: (_, member) => (member === 'a' ? [BEATEN, PROBED] : []),
      failBack: (pool) => pool === 'web' && failedBack.push(pool) > 0,
      prober: {
        hasten: (key) => hastened.push(key) > 0,
        report: (key, observation) => reported.push([key, observation]) > 0,
      },
    },
    ...{ books, heartbeats, clock, source: { file: 'rota.yaml' }, pools: () => pools },
    ...{ unready: () => undefined, status: () => STATUS, revision: () => 0 },
    explain: () => refusal('unknown', 'no'),
    reload: async () => [],
    listings: {
      ...{ names: () => ({ items: [] }), verdicts: () => ({ items: [] }) },
      ...{ name: () => undefined, zones: () => [] },
    },
    ...{ history: NO_HISTORY, totals: () => ({ queries: 2, answers: 1 }) },
    ...own,
  })
  return { operations, clock, books, heartbeats, hastened, reported, failedBack }
}
