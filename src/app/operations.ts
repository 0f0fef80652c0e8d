/** What the API asks for, done: refused with a reason, or written down and in every answer. */

import { resolve } from 'node:path'

import type { Clock } from '../base/clock.ts'
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'

import type { Report } from '../health/check.ts'
import type { Heartbeats, Said } from '../health/heartbeats.ts'
import type { Prober } from '../health/prober-face.ts'

import type { PoolConfig } from '../config/config.ts'

import type { Totals } from '../transport/counters.ts'

import type { Books } from '../control/books/books.ts'
import type { History } from '../control/history/history.ts'
import type { Keeper } from '../control/keeper.ts'
import type { ConfigSource } from '../control/loading/load.ts'
import { type Muster, type Musters, musterOf, musterWith } from '../control/books/muster.ts'
import { isRefusal, type Refusal, refusal } from '../control/books/refusal.ts'
import { FAMILIES } from '../control/judgement/targets.ts'
import type { PoolOverview } from '../control/status.ts'

import type { Beat, Operations } from '../admin/operations.ts'
import { moment, type Status } from '../admin/status.ts'

import type { Explainer } from './explainer.ts'
import type { Listings } from './listings.ts'

export interface Parts {
  readonly keeper: Pick<
    Keeper,
    'poolOverview' | 'poolNames' | 'hasMember' | 'targetsOf' | 'failBack' | 'generation'
  > & { readonly prober: Pick<Prober, 'hasten' | 'report'> }
  readonly books: Books
  readonly heartbeats: Heartbeats
  readonly clock: Clock
  readonly source: ConfigSource
  /** Those that are answered from now, by name. */
  readonly pools: () => ReadonlyMap<string, PoolConfig>
  readonly unready: () => string | undefined
  readonly status: () => Status
  readonly revision: () => number
  readonly reload: () => Promise<readonly Diagnostic[]>
  readonly explain: Explainer['explain']
  readonly listings: Pick<Listings, 'names' | 'name' | 'verdicts' | 'zones'>
  readonly history: History
  readonly ledger: Operations['ledger']
  readonly totals: () => Pick<Totals, 'queries' | 'answers'>
}

export function createOperations(parts: Parts): Operations {
  const { keeper, books, heartbeats, clock, source, unready, status, reload } = parts
  const { listings, history } = parts
  const musters = () => mustersOf(keeper)
  // Judging a pool for its muster is for what is seldom; heartbeats are not.
  const absence = (pool: string, member: string) =>
    keeper.hasMember(pool, member) ? undefined : musterWith(musters(), pool, member)
  const strangerOf = (pool: string, member?: string) => {
    if (member !== undefined) return absence(pool, member)
    return keeper.poolNames().includes(pool) ? undefined : musterOf(musters(), pool)
  }
  const heartbeatTargets = (pool: string, member: string) =>
    keeper.targetsOf(pool, member).filter(({ check }) => check.probe.kind === 'heartbeat')
  const hear = (pool: string, member: string, said: Said) => {
    heartbeats.beat(`${pool}/${member}`, said, clock.now())
    for (const { key } of heartbeatTargets(pool, member)) keeper.prober.hasten(key)
  }
  const poolOf = (name: string): PoolConfig | Refusal => {
    const pool = parts.pools().get(name)
    if (pool) return pool
    const known = musterOf(musters(), name)
    // A name that is its own pool has its members from the zone, and takes no others.
    return isRefusal(known) ? known : refusal('forbidden', `"${name}" takes no registrations`)
  }
  return {
    unready,
    status,
    revision: parts.revision,
    pulse() {
      const { queries, answers } = parts.totals()
      return { now: moment(clock.wall()), generation: keeper.generation, queries, answers }
    },
    names: (wanted, part) => listings.names(wanted, part),
    name: (name) => listings.name(name),
    verdicts(wanted, pool) {
      const absent = pool === undefined ? undefined : strangerOf(pool)
      return isRefusal(absent) ? absent : listings.verdicts(wanted, pool)
    },
    zones: () => listings.zones(),
    registrations: () => books.pages.registrations,
    ledger(wanted) {
      const page = parts.ledger(wanted)
      const { pool, member, after } = wanted
      if (isRefusal(page) || page.entries.length > 0 || after !== undefined) return page
      // Nobody who has mistyped a name shall take silence for safety.
      const absent = pool === undefined ? undefined : strangerOf(pool, member)
      return isRefusal(absent) ? absent : page
    },
    history,
    explain: async (name, client) => parts.explain(name, client),
    overrides: () => books.pages.overrides,
    override: (wish) => books.override(wish, musters),
    endOverride: (which) => books.endOverride(which),
    async register(wish) {
      const pool = poolOf(wish.pool)
      if (isRefusal(pool)) return pool
      const registered = await books.register(wish, pool)
      // Whoever registers says that it lives.
      if (!isRefusal(registered)) hear(wish.pool, wish.name, { isUp: true, evidence: 'registered' })
      return registered
    },
    async leave(name, member) {
      const pool = poolOf(name)
      return isRefusal(pool) ? pool : books.leave(pool, member)
    },
    async beat(beat) {
      const { pool, member } = beat
      const registration = books.renew(pool, member)
      const absent = absence(pool, member)
      if (isRefusal(absent)) return absent
      const targets = heartbeatTargets(pool, member)
      if (!registration && targets.length === 0) {
        return refusal(
          'conflict',
          `${pool}/${member} has neither a lease nor a check of heartbeats`,
          'register it, or give it a check: { heartbeat: } in the YAML and reload',
        )
      }
      hear(pool, member, saidBy(beat))
      return { targets: targets.length, ...(registration && { registration }) }
    },
    reportFailure({ pool, member, evidence }) {
      const absent = absence(pool, member)
      if (isRefusal(absent)) return absent
      const atMs = clock.now()
      const seen = { isSuccess: false, atMs, elapsedMs: 0, evidence: `reported: ${evidence}` }
      const taken = keeper
        .targetsOf(pool, member)
        .filter(({ key }) => keeper.prober.report(key, seen))
      if (taken.length > 0) return { targets: taken.length }
      return refusal('conflict', `${pool}/${member} has no check that a failure could count for`)
    },
    failBack(pool) {
      const muster = musterOf(musters(), pool)
      if (isRefusal(muster)) return muster
      if (keeper.failBack(pool)) return { pool }
      const detail = `pool "${pool}" has nothing to go back from`
      return refusal('conflict', detail, 'only policy failover with fail_back: false stays')
    },
    async reload() {
      const diagnostics = await reload()
      return {
        isTaken: !hasErrors(diagnostics),
        generation: keeper.generation,
        diagnostics: diagnostics.map((one) => withWholePath(one, source)),
      }
    },
  }
}

function mustersOf(keeper: Pick<Keeper, 'poolOverview' | 'poolNames'>): Musters {
  return {
    get(name) {
      const pool = keeper.poolOverview(name)
      return pool && musterOfPool(pool)
    },
    keys: () => keeper.poolNames().values(),
  }
}

/** Whoever is eligible in one family is in service. */
function musterOfPool({ pool, minServing, ...families }: PoolOverview): Muster {
  const members = new Map<string, boolean>()
  for (const { name, isEligible } of FAMILIES.flatMap((one) => families[one]?.members ?? [])) {
    members.set(name, isEligible || members.get(name) === true)
  }
  return {
    ...{ pool, minServing },
    members: [...members].map(([name, isEligible]) => ({ name, isEligible })),
  }
}

function saidBy({ pool: _pool, member: _member, status, ...figures }: Beat): Said {
  const told = Object.entries({ ...figures, word: status }).filter(
    ([, value]) => value !== undefined,
  )
  const report: Report = Object.fromEntries(told)
  const evidence = status === undefined || status === 'up' ? 'heartbeat' : `says ${status}`
  return { isUp: status !== 'down', evidence, ...(told.length > 0 && { report }) }
}

/** Whoever reads the answer may stand in another folder. */
function withWholePath(diagnostic: Diagnostic, source: ConfigSource): Diagnostic {
  const isOurs = 'file' in source && diagnostic.file === source.file
  return isOurs ? { ...diagnostic, file: resolve(diagnostic.file) } : diagnostic
}
