/**
 * Goal: the status says of each member what answers say of it, and warns of what should be seen.
 * Method: an overview by hand, and the status it becomes.
 */

import { describe, expect, it } from 'vitest'

import { MEMBERS_MAX } from '../../src/control/history/happenings.ts'
import type { Status } from '../../src/admin/status.ts'
import { type StatusParts, statusOf } from '../../src/app/status.ts'
import { createCounters, sumCounters } from '../../src/transport/counters.ts'
import { NO_OVERRIDES } from '../../src/control/books/overrides.ts'
import type { MemberOverview, PoolOverview } from '../../src/control/status.ts'

const NOON = Date.UTC(2026, 0, 1, 12)

describe('the status', () => {
  it('gives the turns of a family as shares of those who take part', () => {
    const { pools } = told({})
    const [a, b, c] = pools[0]!.members
    expect(a!.addresses.map(({ family, share }) => [family, share])).toEqual([
      ['v4', 75],
      ['v6', 100],
    ])
    expect(b!.addresses[0]).toMatchObject({ isServing: true, share: 25 })
    expect(c).toMatchObject({ isServing: false, addresses: [{ why: 'down' }] })
    expect(c!.addresses[0]).not.toHaveProperty('share')
  })

  it('says of which pools there is something to fail back from', () => {
    const kept = { ...WEB, keepsStandby: true } as const
    const { pools } = told({ overview: { ...OVERVIEW, pools: [WEB, kept] } })
    expect(pools.map((pool) => pool.keepsStandby)).toEqual([undefined, true])
  })

  it('tells bindings of one pool apart, and leaves out those that answer no name', () => {
    const drawn = { policy: 'rotate', answers: 8, ttlSeconds: 30, ttlReason: 'settled' } as const
    const bindings = [
      { binding: 0, label: 'web', ...drawn },
      { binding: 1, label: 'sv.example.test', ...drawn },
      { binding: 2, label: 'web', name: 'www.example.test', ...drawn },
      { binding: 3, label: 'sv.example.test', name: 'sv.example.test', ...drawn },
    ]
    expect(told({ overview: { ...OVERVIEW, bindings } }).bindings).toEqual([
      { label: 'web', ...drawn },
      { label: 'web', name: 'www.example.test', ...drawn },
      { label: 'sv.example.test', ...drawn },
    ])
  })

  it('has the latest flip first, and moments for people', () => {
    const flip = { members: ['web/a'], address: '192.0.2.1', check: 'web', evidence: 'refused' }
    const down = { ...flip, verdict: 'down', previous: 'up', failoverMs: 900 } as const
    const up = { ...flip, verdict: 'up', previous: 'down' } as const
    const flips = [
      { ...down, atWall: NOON - 2_000, lastCacheWall: NOON },
      { ...up, atWall: NOON - 1_000 },
    ]
    expect(told({ overview: { ...OVERVIEW, flips } }).flips).toMatchObject([
      { from: 'down', to: 'up', at: '2026-01-01T11:59:59.000Z' },
      { to: 'down', failoverMs: 900, lastCacheAt: '2026-01-01T12:00:00.000Z' },
    ])
  })

  it('names the first of very many whom a flip concerns, and counts the others', () => {
    const members = Array.from({ length: MEMBERS_MAX + 3 }, (_, index) => `n${index}/a`)
    const about = { members, address: '192.0.2.1', check: 'web', evidence: 'refused' }
    const flips = [{ ...about, verdict: 'down', previous: 'up', atWall: NOON } as const]
    const [flip] = told({ overview: { ...OVERVIEW, flips } }).flips
    expect(flip!.members).toEqual(members.slice(0, MEMBERS_MAX))
    expect(flip!.moreMembers).toBe(3)
  })

  it('warns of what its members say, once, of overrides of nobody, and of doubt', () => {
    const lost = {
      pool: 'web',
      member: 'gone',
      word: 'drain',
      reason: 'why',
      author: 'ana',
    } as const
    const current = [{ ...lost, sinceWall: NOON }]
    const place = { file: 'rota.yaml', line: 3, column: 1, message: 'odd' }
    const { warnings } = told({
      pages: { overrides: { ...NO_OVERRIDES, current }, registrations: [] },
      doubt: { isSuspect: true, sinceMs: 0, why: '9 of 9 addresses fail at once' },
      warnings: ['there is no state folder'],
      diagnostics: [{ ...place, severity: 'warning' }],
    })
    expect(warnings).toEqual([
      'the prober doubts itself: 9 of 9 addresses fail at once',
      'there is no state folder',
      'web/a: certificate expires in 9 days',
      'web/gone is overridden (drain), but there is no such member',
      'rota.yaml:3:1: warning: odd',
    ])
  })

  it('tells who asks most', () => {
    const talkers = [{ address: Uint8Array.of(198, 51, 100, 53), share: 0.512 }]
    expect(told({ talkers }).resolvers).toEqual([{ address: '198.51.100.53', percent: 51 }])
  })

  it('shows the lease of who has registered, and the override of who has one', () => {
    const lease = { pool: 'web', member: 'b', v4: '192.0.2.2', weight: 1, leaseMs: 9_000 }
    const registrations = [{ ...lease, sinceWall: NOON, untilWall: NOON + 9_000, untilMs: 9_000 }]
    const override = {
      pool: 'web',
      member: 'c',
      word: 'down',
      reason: 'why',
      author: 'ana',
    } as const
    const overrides = { current: [{ ...override, sinceWall: NOON }], past: [] }
    const [, b, c] = told({ pages: { overrides, registrations } }).pools[0]!.members
    expect(b!.lease).toEqual({ until: '2026-01-01T12:00:09.000Z' })
    expect(c!.override).toMatchObject({ word: 'down', author: 'ana' })
  })
})

function member(name: string, own: Partial<MemberOverview>): MemberOverview {
  return {
    ...{ name, address: '192.0.2.1', isEligible: true, verdict: 'up', evidence: 'connected' },
    ...{ isUnsettled: false, earnedPercent: 100, keptPercent: 100, wantedPercent: 100, weight: 1 },
    ...own,
  }
}

const WARNING = 'certificate expires in 9 days'
const WEB: PoolOverview = {
  ...{ pool: 'web', policy: 'weighted', minServing: 0 },
  v4: {
    ...{ memberCount: 3, healthyCount: 2, neededCount: 1, standIns: [] },
    members: [
      member('a', { effectiveWeight: 3, warning: WARNING }),
      member('b', { effectiveWeight: 1 }),
      member('c', { isEligible: false, exclusion: 'down', verdict: 'down' }),
    ],
  },
  v6: {
    ...{ memberCount: 1, healthyCount: 1, neededCount: 1, standIns: [] },
    members: [member('a', { effectiveWeight: 3, warning: WARNING })],
  },
}
const OVERVIEW = { generation: 1, atWall: NOON, bindings: [], pools: [WEB], flips: [] }

function told(own: Partial<StatusParts>): Status {
  return statusOf({
    ...{ version: '0.1.0', startedWall: NOON, isDemo: false, endpoints: [], transport: undefined },
    ...{ totals: sumCounters([createCounters()]), talkers: [], overview: OVERVIEW },
    ...{ pages: { overrides: NO_OVERRIDES, registrations: [] }, diagnostics: [], warnings: [] },
    doubt: { isSuspect: false, sinceMs: 0, why: '' },
    ledger: [],
    ...own,
  })
}
