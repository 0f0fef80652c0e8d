/** What `rota status` prints: the server in a line, each pool as a table, then what stands out. */

import type { AddressStatus, BindingStatus, FamilyStatus, FlipStatus } from '../admin/status.ts'
import type { MemberStatus, OverrideStatus, PoolStatus, Status } from '../admin/status.ts'

import { UNKNOWN_HOLDERS } from './drain-text.ts'
import { plain, spanText, table } from './table.ts'

/** Enough to see how an incident goes; `--json` has them all. */
const FLIPS_SHOWN = 5

export function statusText(status: Status): string {
  const now = Date.parse(status.now)
  const blocks = [
    [headOf(status, now), ...secureLines(status, now)],
    status.warnings.map((warning) => `warning: ${plain(warning)}`),
    ...status.pools.map((pool) => poolLines(pool, now)),
    section('answers', bindingLines(status.bindings)),
    section('overrides', overrideLines(status.pools, now)),
    section('last flips', flipLines(status.flips.slice(0, FLIPS_SHOWN), now)),
    section('loudest resolvers', resolverLines(status)),
  ]
  return blocks.flatMap((lines) => (lines.length === 0 ? [] : [`${lines.join('\n')}\n`])).join('\n')
}

function headOf(status: Status, now: number): string {
  const { version, generation, startedAt, listen, transport, queries, answers } = status
  const path = transport && ` (${transport.path}, ${counted(transport.workers, 'worker')})`
  return [
    `rota ${version}, up ${spanText(now - Date.parse(startedAt))}, generation ${generation}`,
    listen.length === 0 ? 'not answering yet' : `listens on ${listen.join(', ')}${path ?? ''}`,
    `${counted(queries, 'query', 'queries')}, ${counted(answers, 'answer')}`,
  ].join('; ')
}

/** What is served over TLS, and until when clients take what is shown there. */
function secureLines({ secure }: Status, now: number): string[] {
  if (!secure) return []
  const { tls, https, certificate } = secure
  const leftMs = Date.parse(certificate.ends) - now
  const end = leftMs > 0 ? `ends in ${spanText(leftMs)}` : 'has expired'
  return [
    [
      ...(tls.length > 0 ? [`TLS on ${tls.join(', ')}`] : []),
      ...(https.length > 0 ? [`HTTPS on ${https.join(', ')}`] : []),
      `certificate of ${plain(certificate.names)} ${end}`,
    ].join('; '),
  ]
}

function poolLines({ name, policy, minServing, families, members }: PoolStatus, now: number) {
  const floor = minServing > 0 ? `, min_serving ${minServing}` : ''
  const health = families.map(healthText).join(', ')
  const head = `pool ${plain(name)}: ${policy}${floor}${health === '' ? '' : `; ${health}`}`
  // Who is out and in some cache still is worth a column; it is empty most of the time.
  const isHeld = members.some((one) => one.addresses.some((address) => heldText(address, now)))
  const rows = members.flatMap((member) =>
    member.addresses.map((address) => memberRow(member, address, now, isHeld)),
  )
  const columns = [
    'MEMBER',
    'ADDRESS',
    'SERVING',
    'VERDICT',
    'SINCE',
    'WEIGHT',
    'SHARE',
    'TURNS',
    ...(isHeld ? ['HELD'] : []),
    'EVIDENCE',
  ]
  return [
    head,
    ...families.flatMap((family) => failureLines(family, now)),
    ...table([columns, ...rows]).map((line) => `  ${line}`),
  ]
}

function healthText({ family, healthy, members, needed }: FamilyStatus): string {
  const need = needed > 1 ? ` (needs ${needed})` : ''
  return `${family} ${healthy} of ${members} healthy${need}`
}

function failureLines(one: FamilyStatus, now: number): string[] {
  const { family, failedSince, step, stepUntil, standIns = [] } = one
  if (failedSince === undefined) return []
  const left = stepUntil && ` for another ${spanText(Date.parse(stepUntil) - now)}`
  const whom = standIns.length > 0 ? ` (${standIns.map(plain).join(', ')})` : ''
  const rung = step === undefined ? '' : `; answers by step "${plain(step)}"${whom}${left ?? ''}`
  return [`  ${family} has failed, ${ago(failedSince, now)}${rung}`]
}

/** How long caches may keep an address that is answered no more; undefined where none does. */
function heldText({ isServing, ledger }: AddressStatus, now: number): string | undefined {
  if (!isServing && ledger?.ledBy) return `led to by ${ledger.ledBy.join(', ')}`
  const leftMs = ledger ? Date.parse(ledger.heldUntil) - now : 0
  if (isServing || leftMs <= 0) return
  const { lastAnswerAt, resolvers } = ledger!
  const whom = lastAnswerAt === undefined ? UNKNOWN_HOLDERS : `by ${counted(resolvers, 'resolver')}`
  return `${spanText(leftMs)} ${whom}`
}

function memberRow(
  member: MemberStatus,
  address: AddressStatus,
  now: number,
  isHeld: boolean,
): string[] {
  const { weight } = member
  const { share, verdict, since, evidence, warning, isServing, why } = address
  const notes = [evidence, warning && `warning: ${warning}`, leaseText(member, now)]
  return [
    member.name,
    address.address,
    isServing ? 'yes' : `no: ${why ?? 'not in turn'}`,
    verdict ?? '-',
    since === undefined ? '-' : ago(since, now),
    String(weight),
    share === undefined ? '-' : `${Math.round(share)}%`,
    String(address.turns),
    ...(isHeld ? [heldText(address, now) ?? '-'] : []),
    notes.filter((note) => note).join('; ') || '-',
  ]
}

function leaseText({ lease }: MemberStatus, now: number): string | undefined {
  return lease && `lease for ${spanText(Date.parse(lease.until) - now)}`
}

function bindingLines(bindings: readonly BindingStatus[]): string[] {
  if (bindings.length === 0) return []
  const rows = bindings.map(({ label, name, policy, answers, ttlSeconds, ttlReason }) => [
    name === undefined ? label : `${label} for ${name}`,
    ...[policy, String(answers), String(ttlSeconds), ttlReason ?? '-'],
  ])
  return table([['FROM', 'POLICY', 'AT MOST', 'TTL', 'BECAUSE'], ...rows])
}

function overrideLines(pools: readonly PoolStatus[], now: number): string[] {
  const all = pools.flatMap(({ members }) => members.flatMap(({ override }) => override ?? []))
  if (all.length === 0) return []
  const rows = all.map((one) => [
    ...[`${one.pool}/${one.member}`, one.word, endText(one, now), one.author, one.reason],
  ])
  return table([['MEMBER', 'WORD', 'ENDS', 'BY', 'REASON'], ...rows])
}

/** When an override ends, for people. */
export function endText({ until }: OverrideStatus, now: number): string {
  return until === undefined ? 'by "rota undrain"' : `in ${spanText(Date.parse(until) - now)}`
}

function flipLines(flips: readonly FlipStatus[], now: number): string[] {
  if (flips.length === 0) return []
  const rows = flips.map(
    ({ at, members, moreMembers, address, from, to, evidence, failoverMs }) => [
      ...[ago(at, now), membersText(members, moreMembers), address, `${from} -> ${to}`],
      failoverMs === undefined ? '-' : `${(failoverMs / 1_000).toFixed(1)}s`,
      evidence,
    ],
  )
  return table([['WHEN', 'MEMBERS', 'ADDRESS', 'VERDICT', 'FAILOVER', 'EVIDENCE'], ...rows])
}

function membersText(members: readonly string[], more = 0): string {
  return `${members.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function resolverLines({ resolvers = [] }: Status): string[] {
  if (resolvers.length === 0) return []
  const rows = resolvers.map(({ address, percent }) => [address, `${percent}%`])
  return table([['ADDRESS', 'SHARE'], ...rows])
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)]
}

function ago(moment: string, now: number): string {
  return `${spanText(now - Date.parse(moment))} ago`
}

function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}
