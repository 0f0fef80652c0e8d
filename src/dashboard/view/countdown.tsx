/** Until when caches may still send somebody to an address that is out: a clock that runs down. */

import { type Holding, type HostHolding, holdingOf, hostHolding } from '../model/holding.ts'
import type { Row } from '../model/pools.ts'
import { addressKey } from '../model/turns.ts'
import { countdownText, countedText, countText, timeText, utcText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import { useStore } from '../shared/store.ts'
import { useDesk } from './desk.ts'
import { LeftBar } from './small-parts.tsx'

/** Nothing for who is answered, and for who is out by its checks once no cache has it. */
export function Countdown({ row, nowMs }: { readonly row: Row; readonly nowMs: number }) {
  const { live } = useDesk()
  const ledger = useStore(live.ledger)
  const { pool, member, address } = row
  const holding = holdingOf(address, ledger.get(row.key), nowMs)
  const word = member.override?.word
  const isTakenOut = word === 'drain' || word === 'down'
  if (!holding || (!isTakenOut && holding.leftMs === 0)) return null
  const host = hostHolding(
    member.addresses.map((one) =>
      holdingOf(one, ledger.get(addressKey(pool, member.name, one.family)), nowMs),
    ),
  )
  if (holding.ledBy) return <Led by={holding.ledBy} />
  return isTakenOut && holding.isSafe ? (
    <Free {...{ holding, host, nowMs }} />
  ) : (
    <Held {...{ holding, host, nowMs, isTakenOut }} />
  )
}

interface Shown {
  readonly holding: Holding
  readonly host: HostHolding
  readonly nowMs: number
}

/** Of an address that no cache holds; it is safe to stop where none holds another of its host. */
function Free({ holding: { lastAnswerMs, others, otherCount = 0 }, host, nowMs }: Shown) {
  return (
    <p class="countdown" role="status">
      {others ? (
        <strong class="wait">
          <Mark shape="warning" /> not safe to stop: {others[0]}
          {otherCount > 1 && ` and ${countText(otherCount - 1)} more`} still{' '}
          {otherCount > 1 ? 'answer' : 'answers'} its address
        </strong>
      ) : (
        host.isSafe && (
          <strong class="up">
            <Mark shape="up" /> safe to stop
          </strong>
        )
      )}
      <span class="soft">
        {lastAnswerMs === undefined
          ? 'no answer of it is known'
          : `no cache holds it; last answer ${timeText(lastAnswerMs, nowMs)}`}
      </span>
    </p>
  )
}

/** Of an address that records lead to though it is out: no clock runs down until they change. */
function Led({ by: [first, ...others] }: { readonly by: readonly string[] }) {
  return (
    <p class="countdown">
      <strong class="wait">
        <Mark shape="warning" /> still answered: {first}
        {others.length > 0 && ` and ${countText(others.length)} more`}{' '}
        {others.length > 0 ? 'lead' : 'leads'} to it
      </strong>
    </p>
  )
}

function Held({ holding, host, nowMs, isTakenOut }: Shown & { readonly isTakenOut: boolean }) {
  const { leftMs, part, untilMs } = holding
  const isOver = leftMs === 0
  return (
    <p class="countdown">
      <span class="countdown-clock">{countdownText(leftMs)}</span>
      <LeftBar part={part} />
      <span {...(untilMs !== undefined && { title: utcText(untilMs) })}>
        {isOver
          ? 'waiting for every worker to have taken the news'
          : isTakenOut && host.safeAtMs === untilMs
            ? `safe to stop at ${timeText(untilMs!, nowMs)}`
            : `in caches until ${timeText(untilMs!, nowMs)}`}
      </span>
      <span class="soft">{factsOf(holding, nowMs)}</span>
    </p>
  )
}

function factsOf({ lastAnswerMs, ttlSeconds, resolvers }: Holding, nowMs: number): string {
  if (lastAnswerMs === undefined) return 'it may have been answered before the start'
  return [
    `last answer ${timeText(lastAnswerMs, nowMs)}`,
    ...(ttlSeconds === undefined ? [] : [`TTL ${ttlSeconds}\u202fs`]),
    ...(resolvers === undefined ? [] : [countedText(resolvers, 'resolver')]),
  ].join(', ')
}
