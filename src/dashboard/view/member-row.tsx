/** A row of the table: one address of a member, what it should have and what it has. */

import type { Row } from '../model/pools.ts'
import { countText, millisText, percentText, spanText, utcText } from '../shared/format.ts'
import { useStore } from '../shared/store.ts'
import { Countdown } from './countdown.tsx'
import { useDesk } from './desk.ts'
import { CELL, ROW, ROW_HEAD } from './roles.ts'
import { Address, ShareBar, Sparkline, State } from './small-parts.tsx'

export const COLUMNS = 9

export function MemberRow({ row, nowMs }: { readonly row: Row; readonly nowMs: number }) {
  const { member, address, isFirst, standing, ofLate, sinceStart } = row
  const probes = useStore(useDesk().live.probes).get(row.key) ?? []
  return (
    <tr {...ROW} class="member" data-key={row.key}>
      <td {...CELL} class="cell-state">
        <State standing={standing} />
      </td>
      <th {...ROW_HEAD} class="cell-name">
        <span class={isFirst ? 'member-name' : 'unseen'}>{member.name}</span>
        {member.name !== address.address && <Address text={address.address} />}
      </th>
      <td {...CELL} class="cell-evidence">
        <Evidence row={row} nowMs={nowMs} />
      </td>
      <td {...CELL} class="number cell-weight" title={weightTitle(row)}>
        <Weight row={row} />
      </td>
      <td {...CELL} class="number cell-wanted">
        {address.share === undefined ? '–' : percentText(address.share)}
      </td>
      <td {...CELL} class="cell-late">
        <ShareBar answered={ofLate} wanted={address.share} />
      </td>
      <td {...CELL} class="number cell-start" title={`${countText(address.turns)} answers led`}>
        {sinceStart === undefined ? '–' : percentText(sinceStart)}
      </td>
      <td {...CELL} class="cell-probe">
        <span class="probe">
          <Sparkline probes={probes} />
          <span class="number">
            {address.probeMs === undefined ? '' : millisText(address.probeMs)}
          </span>
        </span>
      </td>
      <td {...CELL} class="cell-action">
        {isFirst && <Action row={row} />}
      </td>
    </tr>
  )
}

function Evidence({ row, nowMs }: { readonly row: Row; readonly nowMs: number }) {
  const { member, address } = row
  const { override, lease } = member
  const { evidence, verdict, since, warning } = address
  return (
    <>
      {override && (
        <p class="wait">
          {override.author}: {override.reason}
          {override.until !== undefined && (
            <span title={utcText(Date.parse(override.until))}>
              {`, for another ${spanText(Math.max(0, Date.parse(override.until) - nowMs))}`}
            </span>
          )}
        </p>
      )}
      <p class="evidence">
        {evidence}
        {since !== undefined && (
          <span class="soft" title={utcText(Date.parse(since))}>
            {`, ${verdict} for ${spanText(Math.max(0, nowMs - Date.parse(since)))}`}
          </span>
        )}
      </p>
      {warning !== undefined && <p class="wait">warning: {warning}</p>}
      {lease && (
        <p class="soft">lease for {spanText(Math.max(0, Date.parse(lease.until) - nowMs))}</p>
      )}
      <Countdown row={row} nowMs={nowMs} />
    </>
  )
}

/** What it takes part by where that is not what was written. */
function Weight({ row: { member, address } }: { readonly row: Row }) {
  const { effectiveWeight } = address
  const isOther = effectiveWeight !== undefined && effectiveWeight !== member.weight
  return (
    <>
      {member.weight}
      {isOther && <span class="soft"> → {Number(effectiveWeight.toFixed(2))}</span>}
    </>
  )
}

function weightTitle({ member, address: { effectiveWeight } }: Row): string {
  if (effectiveWeight === undefined) return `weight ${member.weight}; takes no part now`
  return effectiveWeight === member.weight
    ? `weight ${member.weight}`
    : `weight ${member.weight}; takes part by ${effectiveWeight} now`
}

function Action({ row: { pool, member } }: { readonly row: Row }) {
  const { asked } = useDesk()
  const { override, name } = member
  const who = `${pool}/${name}`
  return override ? (
    <button
      type="button"
      class="small act"
      aria-label={`${override.word === 'drain' ? 'Undrain' : 'End override of'} ${who}`}
      onClick={() => asked.set({ kind: 'undo', override })}
    >
      {override.word === 'drain' ? 'Undrain' : 'End override'}
    </button>
  ) : (
    <button
      type="button"
      class="small act"
      title="Drain it, or force it up or down"
      aria-label={`Drain or override ${who}`}
      onClick={() => asked.set({ kind: 'override', pool, member: name })}
    >
      Drain…
    </button>
  )
}
