/** Statuses as the server tells them, for the page's models: one pool, and what a test adds. */

import type { AddressStatus, FlipStatus, MemberStatus, Status } from '../../src/admin/status.ts'

export const NOON = Date.UTC(2026, 0, 1, 12)

export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

export function addressOf(own: Partial<AddressStatus> = {}): AddressStatus {
  return {
    ...{ family: 'v4', address: '192.0.2.1', isServing: true, verdict: 'up', turns: 0 },
    ...own,
  }
}

export function memberOf(name: string, own: Partial<MemberStatus> = {}): MemberStatus {
  return { name, weight: 1, isServing: true, addresses: [addressOf()], ...own }
}

/** A pool `web` with these members. */
export function statusOf(members: readonly MemberStatus[], own: Partial<Status> = {}): Status {
  return {
    ...{ version: '0.2.0', now: isoOf(NOON), startedAt: isoOf(NOON - 60_000), generation: 1 },
    ...{ listen: ['127.0.0.1:5300'], queries: 0, answers: 0, flips: [], warnings: [] },
    bindings: [{ label: 'web', policy: 'weighted', answers: 1, ttlSeconds: 30 }],
    pools: [
      {
        ...{ name: 'web', policy: 'weighted', minServing: 0, members },
        families: [{ family: 'v4', members: members.length, healthy: members.length, needed: 1 }],
      },
    ],
    ...own,
  }
}

/** Members whose addresses have led so many answers. */
export function ledBy(turns: Readonly<Record<string, number>>, atMs = NOON): Status {
  const members = Object.entries(turns).map(([name, count]) =>
    memberOf(name, { addresses: [addressOf({ turns: count })] }),
  )
  return statusOf(members, { now: isoOf(atMs) })
}

export function flipOf(own: Partial<FlipStatus> = {}): FlipStatus {
  return {
    ...{ at: isoOf(NOON), members: ['web/a'], address: '192.0.2.1', from: 'up', to: 'down' },
    evidence: 'connection refused',
    ...own,
  }
}
