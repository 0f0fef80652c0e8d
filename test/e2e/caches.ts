/**
 * Resolvers that keep what they were told exactly as long as its TTL says, and ask again and again
 * in every way there is. What any of them may still hold is what nobody may stop yet.
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished } from 'vitest'

import type { LedgerPage } from '../../src/admin/listings.ts'
import { systemClock } from '../../src/base/clock.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { openAsker } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { askHttp2, MESSAGE, openHttp2 } from '../support/https.ts'
import { type Manner, requestFor } from '../support/request.ts'
import { type Ask, streaming } from './asks.ts'
import type { Rota } from './rota.ts'
import type { Site } from './site.ts'

export type Way = 'udp' | 'tcp' | 'tls' | 'https'

/** Who asks what, how, and as whom. */
export interface Cache {
  readonly question: string
  readonly way?: Way
  readonly manner?: Manner
  /** The address of this machine that asks. */
  readonly resolver?: string
}

export interface Caches {
  /** Until when somebody may hold a record that names this, in wall milliseconds; 0 for never. */
  heldUntil(what: string): number
  /** How many answers have come, to the one who got the fewest. */
  answers(): number
  /** Every one of them has been answered once more. */
  again(): Promise<void>
}

/** An answer counts from when it came, but no longer than this after it was asked for. */
const WAY_MAX_MS = 500
const PACE_MS = 20
/** A server that is away answers nothing. */
const LOST_AFTER_MS = 2_000

/** Starts caches that go on until the test is over. A server that is away is asked again. */
export async function cachesOf(rota: Rota, caches: readonly Cache[]): Promise<Caches> {
  const untils = new Map<string, number>()
  const counts = caches.map(() => 0)
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const live = async (cache: Cache, index: number) => {
    const ask = await askingOf(rota, cache)
    while (!isOver) {
      const sent = Date.now()
      const octets = await ask(requestFor(cache.question, { id: index, ...cache.manner }))
      const came = Math.min(Date.now(), sent + WAY_MAX_MS)
      const message = octets && decodeMessage(octets)
      for (const record of message ? [...message.answer, ...message.additional] : []) {
        const until = came + record.ttl * 1_000
        for (const word of wordsOf(record.text)) {
          untils.set(word, Math.max(untils.get(word) ?? 0, until))
        }
      }
      if (message) counts[index]!++
      await new Promise<void>((resolve) => systemClock.after(PACE_MS, resolve))
    }
  }
  for (const [index, cache] of caches.entries()) void live(cache, index).catch(() => {})
  const answers = () => Math.min(...counts)
  await eventually(() => answers() > 0, { what: 'an answer to everybody' })
  return {
    heldUntil: (what) => untils.get(what) ?? 0,
    answers,
    async again() {
      const before = [...counts]
      // One may have been on its way; two have not.
      await eventually(() => counts.every((count, index) => count >= before[index]! + 2))
    },
  }
}

/** The data of a record in words; hints are lists of addresses. */
function wordsOf(text: string): string[] {
  return text.split(/[\s,="]+/)
}

/** Ports of what is served beside plain DNS. */
export function portsOf(rota: Rota) {
  const line = rota.logged('answering')[0]!
  const portOf = (text: unknown) => Number(String(text).split(':').at(-1))
  const [tls, https] = [line['tls'] as string[], line['https'] as string[]]
  return { tls: portOf(tls?.[0]), https: portOf(https?.[0]), http: portOf(line['http']) }
}

async function askingOf(rota: Rota, { way = 'udp', resolver = '127.0.0.1' }: Cache): Promise<Ask> {
  const { tls, https } = portsOf(rota)
  if (way === 'https') {
    const http2 = askHttp2(await openHttp2(https))
    return async (body) => (await http2({ method: 'POST', headers: MESSAGE, body })).octets
  }
  if (way === 'udp') {
    const asker = await openAsker(rota.port, '127.0.0.1', resolver)
    onTestFinished(() => asker.close())
    return (query) => asker.ask(query, LOST_AFTER_MS)
  }
  const socket =
    way === 'tcp'
      ? connect({ port: rota.port, host: '127.0.0.1', localAddress: resolver })
      : connectTls({ port: tls, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, way === 'tcp' ? 'connect' : 'secureConnect')
  return streaming(socket)
}

/**
 * Asks the ledger again and again until all of these members are safe. Whoever is told to be safe is
 * held by nobody from then on, whatever is answered meanwhile.
 */
export async function watchedSafe(
  site: Site,
  wanted: Readonly<Record<string, readonly string[]>>,
  caches: Caches,
): Promise<void> {
  const safeSince = new Map<string, number>()
  const labels = Object.keys(wanted)
  await eventually(
    async () => {
      const { value } = await site.api('GET /api/v1/ledger?limit=1000')
      const { now, entries } = value as LedgerPage
      for (const label of labels) {
        const own = entries.filter(({ pool, member }) => `${pool}/${member}` === label)
        const isSafe = own.length > 0 && own.every((entry) => entry.isSafe)
        if (isSafe && !safeSince.has(label)) safeSince.set(label, Date.parse(now))
      }
      return safeSince.size === labels.length
    },
    { what: 'everybody safe' },
  )
  await caches.again()
  for (const [label, whose] of Object.entries(wanted)) {
    const held = Math.max(...whose.map((one) => caches.heldUntil(one)))
    const excess = Math.max(0, held - safeSince.get(label)!)
    expect(`${label} held for ${excess} ms too long`).toBe(`${label} held for 0 ms too long`)
  }
}
