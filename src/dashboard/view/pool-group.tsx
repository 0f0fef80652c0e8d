/** A pool in the table: a line of its own that folds, what its ladder does, and its rows. */

import { useState } from 'preact/hooks'

import type { BindingStatus, FamilyStatus } from '../../admin/status.ts'

import { ROWS_SHOWN } from '../model/finding.ts'
import type { PoolView } from '../model/pools.ts'
import { countedText, spanText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import { useDesk } from './desk.ts'
import { COLUMNS, MemberRow } from './member-row.tsx'
import { CELL, GROUP, ROW, ROW_HEAD } from './roles.ts'

export interface PoolGroupProps {
  readonly pool: PoolView
  readonly isOpen: boolean
  readonly nowMs: number
  readonly onFold: (isOpen: boolean) => void
}

export function PoolGroup({ pool, isOpen, nowMs, onFold }: PoolGroupProps) {
  const [shown, setShown] = useState(ROWS_SHOWN)
  const { name, policy, keepsStandby, health, families, bindings, rows, isTroubled } = pool
  const { asked } = useDesk()
  return (
    <tbody {...GROUP} class={isTroubled ? 'pool troubled' : 'pool'}>
      <tr {...ROW} class="pool-head">
        <th {...ROW_HEAD} scope="rowgroup" colSpan={COLUMNS - 1}>
          <span class="pool-line">
            <button
              type="button"
              class="fold"
              aria-expanded={isOpen}
              onClick={() => onFold(!isOpen)}
            >
              <svg class="fold-mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
                <path d="M3 1l4 4l-4 4" fill="none" stroke="currentColor" stroke-width="1.6" />
              </svg>
              {name}
            </button>
            <span>{policy}</span>
            <span class={isTroubled ? 'wait' : 'soft'}>{health}</span>
            <Ttl bindings={bindings} />
          </span>
        </th>
        <td {...CELL} class="cell-action">
          {keepsStandby && (
            <button
              type="button"
              class="small plain"
              aria-label={`Fail back pool ${name}`}
              onClick={() => asked.set({ kind: 'fail-back', pool: name })}
            >
              Fail back…
            </button>
          )}
        </td>
      </tr>
      {families
        .filter(({ failedSince }) => failedSince !== undefined)
        .map((family) => (
          <Failure key={family.family} family={family} nowMs={nowMs} />
        ))}
      {isOpen && rows.slice(0, shown).map((row) => <MemberRow key={row.key} {...{ row, nowMs }} />)}
      {isOpen && rows.length > shown && (
        <tr {...ROW} class="more">
          <td {...CELL} colSpan={COLUMNS}>
            <button type="button" class="small" onClick={() => setShown(shown + 4 * ROWS_SHOWN)}>
              Show more of {countedText(rows.length - shown, 'other address', 'other addresses')}
            </button>
          </td>
        </tr>
      )}
    </tbody>
  )
}

/** Names that share a pool in different ways have TTLs of their own. */
function Ttl({ bindings }: { readonly bindings: readonly BindingStatus[] }) {
  const texts = bindings.map(({ ttlSeconds, ttlReason }) => {
    const why = ttlReason === undefined ? '' : `: ${ttlReason}`
    return `TTL ${ttlSeconds}\u202fs${why}`
  })
  return (
    <>
      {[...new Set(texts)].map((text) => (
        <span key={text} class="soft ttl">
          {text}
        </span>
      ))}
    </>
  )
}

interface FailureProps {
  readonly family: FamilyStatus
  readonly nowMs: number
}

function Failure({ family, nowMs }: FailureProps) {
  const { failedSince, step, stepUntil, standIns = [], healthy, needed } = family
  const sinceText = spanText(Math.max(0, nowMs - Date.parse(failedSince!)))
  const left = stepUntil && spanText(Math.max(0, Date.parse(stepUntil) - nowMs))
  return (
    <tr {...ROW} class="failure">
      <td {...CELL} colSpan={COLUMNS}>
        <strong class="down">
          <Mark shape="down" /> {family.family} has failed
        </strong>{' '}
        for {sinceText}: {healthy} healthy, needs {needed}
        {step !== undefined && (
          <>
            ; answers by step <b>{step}</b>
            {standIns.length > 0 && ` (${standIns.join(', ')})`}
            {left !== undefined && ` for another ${left}`}
          </>
        )}
      </td>
    </tr>
  )
}
