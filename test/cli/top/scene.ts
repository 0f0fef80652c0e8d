/** A status that somebody has thought up, and what `rota top` makes of it. */

import type { AddressStatus, MemberStatus, Status } from '../../../src/admin/status.ts'
import { textOf } from '../../../src/cli/top/line.ts'
import { type Rates, ratesOf, withSample } from '../../../src/cli/top/rates.ts'
import { rowsOf } from '../../../src/cli/top/rows.ts'
import { press, START, type TopState, type Wish } from '../../../src/cli/top/state.ts'
import { pageOf, type Scene, type Size, viewLines } from '../../../src/cli/top/view.ts'

const NOW = Date.UTC(2026, 0, 1, 12)

export const at = (ms: number) => new Date(NOW + ms).toISOString()

export function member(
  name: string,
  address: Partial<AddressStatus> = {},
  more: Partial<MemberStatus> = {},
): MemberStatus {
  const one: AddressStatus = {
    ...{ family: 'v4', address: `192.0.2.${name.codePointAt(0)! - 96}`, isServing: true },
    ...{ verdict: 'up', evidence: 'status 200 in 3 ms', share: 50, turns: 0, ...address },
  }
  return { name, weight: 1, isServing: one.isServing, addresses: [one], ...more }
}

const DRAIN = {
  ...{ pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana', since: at(0) },
}

export function statusOf(more: Partial<Status> = {}): Status {
  return {
    ...{ version: '0.2.0', now: at(0), startedAt: at(-3_600_000), generation: 3 },
    ...{ listen: ['127.0.0.1:5300', '[::1]:5300'], transport: { path: 'batched', workers: 2 } },
    ...{ queries: 100, answers: 90, warnings: ['certificate of web/a expires in 9 days'] },
    bindings: [
      { label: 'web', policy: 'weighted', answers: 1, ttlSeconds: 5, ttlReason: 'b is in doubt' },
    ],
    pools: [
      {
        ...{ name: 'web', policy: 'weighted', minServing: 0 },
        families: [{ family: 'v4', members: 3, healthy: 1, needed: 1 }],
        members: [
          member('a', { share: 100 }),
          member(
            'b',
            {
              ...{ isServing: false, why: 'override drain' },
              ledger: {
                lastAnswerAt: at(-9_000),
                ttlSeconds: 30,
                heldUntil: at(21_000),
                resolvers: 4,
              },
            },
            { override: DRAIN },
          ),
          member('c', { isServing: false, verdict: 'down', evidence: 'connection refused' }),
        ],
      },
      {
        ...{ name: 'mail', policy: 'rotate', minServing: 0 },
        families: [
          {
            ...{ family: 'v4', members: 1, healthy: 0, needed: 1 },
            ...{ failedSince: at(-60_000), step: 'last_good for 10m', stepUntil: at(540_000) },
          },
        ],
        members: [member('d', { verdict: 'down', evidence: 'timed out' })],
      },
    ],
    flips: [
      {
        ...{ at: at(-12_000), members: ['web/c'], address: '192.0.2.3', from: 'up', to: 'down' },
        ...{ evidence: 'connection refused', failoverMs: 2_300 },
      },
    ],
    ...more,
  } as Status
}

/** The status after so many seconds in which these led so many answers. */
export function later(status: Status, seconds: number, led: Readonly<Record<string, number>>) {
  const pools = status.pools.map((pool) => ({
    ...pool,
    members: pool.members.map((one) => ({
      ...one,
      addresses: one.addresses.map((address) => ({
        ...address,
        turns: address.turns + (led[`${pool.name}/${one.name}`] ?? 0),
      })),
    })),
  }))
  const total = Object.values(led).reduce((sum, count) => sum + count, 0)
  const now = new Date(Date.parse(status.now) + seconds * 1_000).toISOString()
  return { ...status, now, pools, queries: status.queries + total, answers: status.answers + total }
}

export function sceneOf(
  status: Status = statusOf(),
  state: TopState = START,
  rates: Rates = ratesOf(withSample([], status)),
): Scene {
  return { status, rates, state, rows: rowsOf(status, rates, state), nowWall: NOW }
}

export function textLines(scene: Scene, size: Size): string[] {
  return viewLines(scene, size).map(textOf)
}

/** What becomes of a state by these keys, one after the other. */
export function typed(...keys: string[]): { readonly state: TopState; readonly wishes: Wish[] } {
  const wishes: Wish[] = []
  let state = START
  for (const key of keys) {
    const scene = sceneOf(statusOf(), state)
    const pressed = press(state, key, scene.rows, pageOf(scene, { columns: 80, rows: 24 }))
    state = pressed.state
    if (pressed.wish) wishes.push(pressed.wish)
  }
  return { state, wishes }
}
