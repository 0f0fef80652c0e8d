/**
 * The zones and questions of the benches. The same names in each server's own dialect: Rota reads a
 * plain zone and balances over it, gdnsd wants DYNA records, static servers one address.
 */

import { createWriteStream, writeFileSync } from 'node:fs'
import { once } from 'node:events'

import { createDice, roll } from '../../src/base/random.ts'
import type { Member } from '../support/servers/server.ts'

export const APEX = 'example.test.'

/** Weights 5, 3 and 2: the smallest set that no server can serve by luck. */
export const MEMBERS: readonly Member[] = [
  { name: 'a', v4: '192.0.2.1', weight: 5 },
  { name: 'b', v4: '192.0.2.2', weight: 3 },
  { name: 'c', v4: '192.0.2.3', weight: 2 },
]

const LUA_MEMBERS = MEMBERS.map(({ v4, weight }) => `{${weight},'${v4}'}`)

/** How a zone file says who serves a name. `pool` is the name of its pool. */
export type Dialect = (label: string, pool: string) => string

export const DIALECTS = {
  /** What Rota overlays and every other server would serve whole. */
  full: (label) => MEMBERS.map(({ v4 }) => `${label} 30 A ${v4}\n`).join(''),
  single: (label) => `${label} 30 A ${MEMBERS[0]!.v4}\n`,
  dyna: (label, pool) => `${label} 30 DYNA weighted!${pool}\n`,
  lua: (label) => `${label} 30 LUA A "pickwrandom({${LUA_MEMBERS.join(',')}})"\n`,
} satisfies Record<string, Dialect>

const HEAD = `$ORIGIN ${APEX}
$TTL 30
@ 3600 SOA ns1 hostmaster 1 3600 600 86400 60
@ 3600 NS ns1
ns1 3600 A 127.0.0.1
`

/** A zone with one balanced label for each pool. */
export function balancedZone(
  labels: readonly string[],
  dialect: Dialect,
  poolFor: (label: string) => string = poolOf,
): string {
  return HEAD + labels.map((label) => dialect(label, poolFor(label))).join('')
}

/** Gives a label a pool of its own, so that a server cannot share what it knows between names. */
export function poolOf(label: string): string {
  return `pool-${label}`
}

/** Writes a zone of `count` A records, each at a name of its own, without holding it in memory. */
export async function writeLargeZone(path: string, count: number, serial = 1): Promise<void> {
  const file = createWriteStream(path)
  file.write(HEAD.replace('hostmaster 1 ', `hostmaster ${serial} `))
  for (let at = 0; at < count; at += CHUNK) {
    let text = ''
    for (let i = at; i < Math.min(count, at + CHUNK); i++) {
      text += `${largeLabel(i)} A 198.51.${(i >> 8) & 0xff}.${i & 0xff}\n`
    }
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

const CHUNK = 10_000

/** The label of the record at `index` of a large zone. Scattered, as real zones are not in order. */
export function largeLabel(index: number): string {
  return `host-${Math.imul(index, 0x9e3779b1) >>> 0}`
}

/** Writes `count` questions as dnsperf reads them, drawn evenly from the labels, always the same. */
export function writeQueries(path: string, labels: readonly string[], count: number): void {
  const dice = createDice(20_261_121)
  const lines: string[] = []
  for (let i = 0; i < count; i++) lines.push(`${labels[roll(dice, labels.length)]}.${APEX} A\n`)
  writeFileSync(path, lines.join(''))
}
