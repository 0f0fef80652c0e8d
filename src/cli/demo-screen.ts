/** What `rota demo` shows: what to try, who is up, and who has been answered. */

import { styleText } from 'node:util'

/** One member of the pool that the demo watches. */
export interface ScreenRow {
  readonly name: string
  readonly address: string
  readonly weight: number
  readonly verdict: string
  readonly turns: number
  readonly evidence: string
}

export interface Screen {
  readonly rows: readonly ScreenRow[]
  readonly queries: number
}

const BAR_WIDTH = 30

/** The lines to try in another terminal; `port` is the server's. */
export function tryLines(host: string, port: number): string[] {
  return [
    `dig @${host} -p ${port} www.example.test +short     # again and again: 5 : 3 : 2`,
    `dig @${host} -p ${port} all.example.test A          # everybody, in turn`,
    `nslookup -port=${port} www.example.test ${host}`,
    `nc 127.0.0.12 7000                                   # a backend: says who it is, and echoes`,
    'curl -X POST http://127.0.0.10:8080/b/stop           # stop backend b; /b/start: back again',
    `dig @${host} -p ${port} +short TXT www.example.test.explain.example.test   # and why`,
  ]
}

/** Where a browser finds the pages; the token in the link lets them stop and start backends. */
export function pageLines(host: string, token: string | undefined): string[] {
  const key = token === undefined ? '' : `#token=${token}`
  return [
    `http://${host}/lab${key}   # round-robin lab: 500 queries from your browser`,
    `http://${host}/${key}   # dashboard: how everything stands`,
  ]
}

/** The table of members, as lines. Verdicts are told by word and sign, not by colour alone. */
export function memberLines({ rows, queries }: Screen): string[] {
  const total = rows.reduce((sum, { turns }) => sum + turns, 0)
  const weights = rows.reduce((sum, { weight }) => sum + weight, 0)
  const lines = rows.map(({ name, address, weight, verdict, turns, evidence }) => {
    const share = total === 0 ? 0 : turns / total
    const bar = '#'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')
    const wanted = percent(weights === 0 ? 0 : weight / weights)
    const sign = signOf(verdict)
    const counts = `${String(turns).padStart(7)} ${percent(share)} of ${wanted}`
    return `  ${sign} ${name}  ${address}  ${verdict.padEnd(7)}  ${bar} ${counts}  ${evidence}`
  })
  return [`  ${queries} queries; www.example.test led by:`, ...lines]
}

function signOf(verdict: string): string {
  if (verdict === 'up') return styleText('green', '+')
  return verdict === 'down' ? styleText('red', '-') : '?'
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0).padStart(3)} %`
}
