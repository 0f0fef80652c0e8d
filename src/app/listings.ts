/** The lists that the API tells: names, verdicts and zones, gathered as they are asked for. */

import { createHash } from 'node:crypto'

import type { Clock } from '../base/clock.ts'

import { printName } from '../wire/name.ts'

import { isRefusal, type Refusal } from '../control/books/refusal.ts'
import type { Concern } from '../control/concerns.ts'
import type { Keeper } from '../control/keeper.ts'
import type { Loaded } from '../control/loading/load.ts'
import { type ListedName, NameList } from '../control/names.ts'

import { type NameStatus, type Page, pageOf, type PageWanted } from '../admin/listings.ts'
import type { VerdictStatus, ZoneStatus } from '../admin/listings.ts'
import { moment } from '../admin/status.ts'

type Known = Pick<Keeper, 'loaded' | 'bindingOverview' | 'concerns' | 'prober'>

export class Listings {
  readonly #keeper: Known
  readonly #clock: Clock
  /** The names of the world that was asked about last. */
  #names: { readonly of: Loaded | undefined; readonly list: NameList } | undefined
  /** By the target's key; those of targets that are gone go when there are too many. */
  readonly #ids = new Map<string, string>()

  constructor(keeper: Known, clock: Clock) {
    this.#keeper = keeper
    this.#clock = clock
  }

  names(wanted: PageWanted, part?: string): Page<NameStatus> {
    const { items, ...page } = this.#nameList().page(wanted, part)
    return { ...page, items: items.map((one) => this.#nameStatus(one)) }
  }

  name(name: string): NameStatus | undefined {
    const found = this.#nameList().find(name)
    return found && this.#nameStatus(found)
  }

  verdicts(wanted: PageWanted, pool?: string): Page<VerdictStatus> | Refusal {
    const all = [...this.#keeper.concerns()].filter(
      ({ members }) => pool === undefined || [...members].some((one) => one.startsWith(`${pool}/`)),
    )
    if (this.#ids.size > 2 * all.length + IDS_SPARE) this.#ids.clear()
    const found = pageOf(all, ({ target }) => this.#idOf(target.key), wanted)
    if (isRefusal(found)) return found
    const { items, ...page } = found
    const aheadMs = this.#clock.wall() - this.#clock.now()
    return { ...page, items: items.map((one) => this.#verdictStatus(one, aheadMs)) }
  }

  zones(): ZoneStatus[] {
    const { zones = [], zoneFiles = [] } = this.#keeper.loaded ?? {}
    return zones.map(({ apex, serial, recordCount, nodeCount }, index) => {
      const file = zoneFiles[index]
      const name = printName(apex).replace(/(?<=.)\.$/, '')
      const counts = { serial, records: recordCount, names: nodeCount }
      return { apex: name, ...counts, ...(file !== undefined && { file }) }
    })
  }

  #nameList(): NameList {
    const { loaded } = this.#keeper
    if (!this.#names || this.#names.of !== loaded) {
      this.#names = { of: loaded, list: new NameList(loaded?.zones ?? []) }
    }
    return this.#names.list
  }

  #nameStatus({ name, binding }: ListedName): NameStatus {
    const planned = this.#keeper.loaded!.bindings[binding]!
    const { label, policy, answers, ttlSeconds, ttlReason } = this.#keeper.bindingOverview(binding)!
    const { rules } = planned
    return {
      ...{ name, label, pool: planned.pool.name, policy, answers, ttlSeconds, ttlReason },
      ...(rules !== undefined && { rules }),
    }
  }

  #verdictStatus({ target, members }: Concern, aheadMs: number): VerdictStatus {
    const { address, check, key } = target
    const { prober } = this.#keeper
    const { state, warning, smoothedMs, lastSuccessMs } = prober.reading(key)!
    const { nextMs, recent } = prober.course(key)!
    const at = (clockMs: number) => moment(clockMs + aheadMs)
    return {
      id: this.#idOf(key),
      ...{ address, check: check.name, kind: check.probe.kind, members: [...members] },
      ...{ verdict: state.verdict, since: at(state.sinceMs), evidence: state.evidence },
      ...(warning !== undefined && { warning }),
      ...{ streak: state.streak, rise: check.rise, fall: check.fall },
      ...(lastSuccessMs !== undefined && { lastSuccessAt: at(lastSuccessMs) }),
      ...(nextMs !== undefined && { nextProbeAt: at(nextMs) }),
      ...(smoothedMs !== undefined && { probeMs: smoothedMs }),
      recent,
    }
  }

  /** A key spells out the whole probe, which may hold what is not for everybody to see. */
  #idOf(key: string): string {
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    const id = createHash('sha256').update(key).digest('base64url').slice(0, ID_LENGTH)
    this.#ids.set(key, id)
    return id
  }
}

const ID_LENGTH = 16
const IDS_SPARE = 1_000
