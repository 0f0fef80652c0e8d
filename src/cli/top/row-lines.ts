/** A pool or an address as a line of the table, in as many columns as the screen is wide. */

import type { FamilyStatus, Status } from '../../admin/status.ts'

import { UNKNOWN_HOLDERS } from '../drain-text.ts'
import { spanText } from '../table.ts'
import { cell, type Line, part, type Part } from './line.ts'
import type { MemberRow, PoolRow, Row } from './rows.ts'

/** Widths in characters; 0 leaves a column out. */
export interface Columns {
  readonly member: number
  readonly address: number
  readonly verdict: number
  readonly rate: number
  readonly bar: number
}

const PERCENT = 7
const RATE = 9
const BAR = 20
/** Below this much room for its evidence a row says too little of it. */
const EVIDENCE_MIN = 18
/** A bar says less than words would. */
const EVIDENCE_WISHED = 48
const MEMBER_MAX = 24

/** What there is room for: first the address goes, then the rate; bars come last. */
export function columnsFor(rows: readonly Row[], width: number): Columns {
  const members = rows.filter((row) => row.kind === 'member')
  const longest = (textOf: (row: MemberRow) => string, least: number) =>
    members.reduce((most, row) => Math.max(most, [...textOf(row)].length), least)
  const member = Math.min(
    MEMBER_MAX,
    longest(({ member: { name } }) => name, 6),
  )
  const verdict = longest(verdictText, 7)
  let room = width - (4 + member + 1 + verdict + 1 + 2 * PERCENT) - EVIDENCE_MIN
  const take = (size: number) => {
    if (room < size + 1) return 0
    room -= size + 1
    return size
  }
  const address = take(longest(({ address: { address } }) => address, 7))
  const rate = take(RATE)
  room -= EVIDENCE_WISHED - EVIDENCE_MIN
  return { member, address, verdict, rate, bar: take(BAR) }
}

/** `aside` says how rows were chosen. */
export function headLine({ member, address, verdict, rate, bar }: Columns, aside: string): Line {
  const cells = [
    `    ${cell('MEMBER', member)} `,
    address > 0 ? `${cell('ADDRESS', address)} ` : '',
    `${cell('VERDICT', verdict)} ${cell('WANTED', PERCENT, true)}${cell('NOW', PERCENT, true)} `,
    rate > 0 ? `${cell('TURNS/S', rate, true)} ` : '',
    bar > 0 ? `${cell('NOW, AND | WANTED', bar)} ` : '',
    `EVIDENCE${aside}`,
  ]
  return [part(cells.join(''), 'dim')]
}

export function rowLine(row: Row, columns: Columns, status: Status, isSelected: boolean): Line {
  const line = row.kind === 'pool' ? poolLine(row, status) : memberLine(row, columns, status)
  if (!isSelected) return [part('  '), ...line]
  // Told by a sign too, for terminals and eyes that know no reverse.
  return [part('> ', 'selected'), ...line.map(({ text }) => part(text, 'selected'))]
}

function poolLine({ pool, isFolded }: PoolRow, { bindings, now }: Status): Line {
  const { name, policy, families } = pool
  const binding = bindings.find(({ label }) => label === name)
  const reason = binding?.ttlReason === undefined ? '' : ` (${binding.ttlReason})`
  const ttl = binding ? `TTL ${binding.ttlSeconds}s${reason}` : ''
  return [
    part(`${isFolded ? '+' : '-'} ${name}`, 'bold'),
    part(`  ${policy}  `),
    ...families.flatMap((family) => familyParts(family, Date.parse(now))),
    part(ttl),
  ]
}

function familyParts(one: FamilyStatus, now: number): Part[] {
  const { family, healthy, members, failedSince, step, stepUntil, standIns = [] } = one
  const count = `${family} ${healthy} of ${members} healthy`
  if (failedSince === undefined) return [part(`${count}  `, healthy < members ? 'doubt' : 'good')]
  const left = stepUntil ? ` for ${spanText(Date.parse(stepUntil) - now)}` : ''
  const whom = standIns.length > 0 ? ` (${standIns.join(', ')})` : ''
  const rung = step === undefined ? '' : `, answers by "${step}"${whom}${left}`
  return [part(`${count}, FAILED ${spanText(now - Date.parse(failedSince))} ago${rung}  `, 'bad')]
}

function memberLine(row: MemberRow, columns: Columns, status: Status): Line {
  const { member, address, turns, share } = row
  const { verdict = '-', share: wanted, isServing } = address
  const manner = verdict === 'down' ? 'bad' : isServing ? 'good' : 'doubt'
  const percent = (value: number | undefined) =>
    cell(value === undefined ? '-' : `${value.toFixed(1)}%`, PERCENT, true)
  const rate = turns === undefined ? '-' : turns.toFixed(1)
  return [
    part(`  ${cell(member.name, columns.member)} `),
    part(columns.address > 0 ? `${cell(address.address, columns.address)} ` : ''),
    part(`${cell(verdictText(row), columns.verdict)} `, verdict === 'unknown' ? 'doubt' : manner),
    part(`${percent(wanted)}${percent(share)} `),
    part(columns.rate > 0 ? `${cell(rate, columns.rate, true)} ` : ''),
    part(columns.bar > 0 ? `${barOf(share, wanted, columns.bar)} ` : ''),
    part(notesOf(row, Date.parse(status.now)), isServing ? undefined : 'doubt'),
  ]
}

function verdictText({ member: { override }, address }: MemberRow): string {
  const verdict = address.verdict ?? '-'
  return override ? `${verdict} (${override.word})` : verdict
}

/** What is answered as a bar, with a sign where it should end. */
function barOf(share: number | undefined, wanted: number | undefined, width: number): string {
  const length = Math.round(((share ?? 0) / 100) * width)
  const bar = [...'#'.repeat(length).padEnd(width, '.')]
  if (wanted !== undefined) bar[Math.min(width - 1, Math.round((wanted / 100) * width))] = '|'
  return bar.join('')
}

function notesOf({ address, member }: MemberRow, now: number): string {
  const { isServing, why, evidence, warning, ledger } = address
  const heldMs = ledger ? Date.parse(ledger.heldUntil) - now : 0
  const counted = ledger?.resolvers === 1 ? '1 network' : `${ledger?.resolvers} networks`
  const networks = ledger?.lastAnswerAt === undefined ? UNKNOWN_HOLDERS : counted
  const notes = [
    // An override stands beside the verdict already.
    !isServing && !member.override && `not answered${why === undefined ? '' : `: ${why}`}`,
    !isServing && ledger?.ledBy && `led to by ${ledger.ledBy.join(', ')}`,
    !isServing && !ledger?.ledBy && heldMs > 0 && `in caches for ${spanText(heldMs)} (${networks})`,
    member.override && `"${member.override.reason}" (${member.override.author})`,
    evidence,
    warning && `warning: ${warning}`,
  ]
  return notes.filter((note) => note).join('; ') || '-'
}
