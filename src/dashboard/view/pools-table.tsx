/** All pools in one table, so that figures line up from pool to pool; found by words or trouble. */

import { useEffect, useMemo, useState } from 'preact/hooks'

import type { Status } from '../../admin/status.ts'

import { nothingText, openPools, POOLS_SHOWN, soughtPools } from '../model/finding.ts'
import type { PoolView } from '../model/pools.ts'
import { WINDOWS_MS } from '../model/turns.ts'
import { countedText, spanText } from '../shared/format.ts'
import { useDesk, useNow } from './desk.ts'
import { PoolGroup } from './pool-group.tsx'
import { GROUP, HEAD, ROW, TABLE } from './roles.ts'

export interface PoolsTableProps {
  readonly status: Status
  readonly pools: readonly PoolView[]
  readonly windowMs: number
  /** How long it was in truth. */
  readonly spanMs: number
  readonly onWindow: (windowMs: number) => void
}

export function PoolsTable({ status, pools, windowMs, spanMs, onWindow }: PoolsTableProps) {
  const [words, setWords] = useState('')
  const [isTroubleOnly, setTroubleOnly] = useState(false)
  const [decided, setDecided] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [shown, setShown] = useState(POOLS_SHOWN)
  const nowMs = useNow()
  const { asked, live } = useDesk()
  const wanted = { words, isTroubleOnly }
  const sought = useMemo(() => soughtPools(pools, wanted), [pools, words, isTroubleOnly])
  const open = useMemo(() => openPools(sought, decided, wanted), [sought, decided, words])
  const inSight = sought.slice(0, shown)
  useEffect(
    () => live.open.set(inSight.flatMap(({ name }) => (open.has(name) ? [name] : []))),
    [sought, shown, open],
  )
  return (
    <section aria-labelledby="pools-title">
      <div class="bar">
        <h2 id="pools-title">Pools and members</h2>
        <input
          id="find"
          type="search"
          placeholder="Find a pool, member or address"
          aria-label="Find a pool, member or address"
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={isTroubleOnly}
            onChange={({ currentTarget }) => setTroubleOnly(currentTarget.checked)}
          />
          In trouble only
        </label>
        <fieldset class="choice" aria-label="Answered within">
          {WINDOWS_MS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === windowMs}
              onClick={() => onWindow(one)}
            >
              last {windowWord(one)}
            </button>
          ))}
        </fieldset>
        <button type="button" class="end" onClick={() => asked.set({ kind: 'reload' })}>
          Reload configuration…
        </button>
      </div>
      {sought.length === 0 ? (
        <p class="empty">
          {status.pools.length === 0
            ? 'There are no pools: this server answers from its zones alone.'
            : nothingText(wanted)}
        </p>
      ) : (
        <table {...TABLE} class="pools" aria-labelledby="pools-title">
          <Head windowMs={windowMs} spanMs={spanMs} />
          {inSight.map((pool) => (
            <PoolGroup
              key={pool.name}
              {...{ pool, nowMs }}
              isOpen={open.has(pool.name)}
              onFold={(isOpen) => setDecided(new Map([...decided, [pool.name, isOpen]]))}
            />
          ))}
        </table>
      )}
      {sought.length > shown && (
        <p class="more">
          <button type="button" onClick={() => setShown(shown + POOLS_SHOWN)}>
            Show more of {countedText(sought.length - shown, 'other pool')}
          </button>
        </p>
      )}
    </section>
  )
}

function Head({ windowMs, spanMs }: Pick<PoolsTableProps, 'windowMs' | 'spanMs'>) {
  // Shorter while the page is young; longer where the server is slow to tell.
  const isOther = spanMs >= 1_000 && (spanMs < windowMs || spanMs > windowMs * 1.3)
  const late = isOther ? `last ${spanText(spanMs)}` : `last ${windowWord(windowMs)}`
  return (
    <thead {...GROUP}>
      <tr {...ROW}>
        <th {...HEAD} class="cell-state">
          State
        </th>
        <th {...HEAD} class="cell-name">
          Member
        </th>
        <th {...HEAD} class="cell-evidence">
          Evidence
        </th>
        <th {...HEAD} class="cell-weight number">
          Weight
        </th>
        <th
          {...HEAD}
          class="cell-wanted number"
          title="The share of answers that the weight asks for"
        >
          Wanted
        </th>
        <th
          {...HEAD}
          class="cell-late"
          title="The share of answers that it led; the stroke is what is wanted"
        >
          Answered, {late}
        </th>
        <th
          {...HEAD}
          class="cell-start number"
          title="The share of answers that it led since the start"
        >
          Since start
        </th>
        <th {...HEAD} class="cell-probe">
          Probe
        </th>
        <th {...HEAD} class="cell-action">
          <span class="unseen">Actions</span>
        </th>
      </tr>
    </thead>
  )
}

function windowWord(windowMs: number): string {
  return windowMs === 60_000 ? 'minute' : spanText(windowMs)
}
