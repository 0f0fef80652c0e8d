/**
 * Goal: `rota status` shows what an operator looks for first, and nothing that steers a terminal.
 * Method: a status by hand, and the text it becomes.
 */

import { describe, expect, it } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { statusText } from '../../src/cli/status-text.ts'
import { spanText } from '../../src/cli/table.ts'

describe('the status', () => {
  it('is tables that people read', () => {
    expect(statusText(STATUS)).toBe(`\
rota 0.1.0, up 1h, generation 3; listens on 127.0.0.1:5300 (batched, 2 workers); 12 queries, 1 answer

warning: certificate of web/a expires in 9 days

pool web: weighted, min_serving 1; v4 1 of 3 healthy (needs 2)
  v4 has failed, 1m ago; answers by step "last_good for 10m" for another 9m
  MEMBER  ADDRESS    SERVING             VERDICT  SINCE       WEIGHT  SHARE  TURNS  EVIDENCE
  a       192.0.2.1  yes                 up       1h ago      5       33%    11     status 200 in 3 ms
  b       192.0.2.2  no: override drain  down     1m 30s ago  3       -      0      status 500; lease for 20s
  c       192.0.2.3  no: down            -        -           1       -      0      -

answers
  FROM  POLICY    AT MOST  TTL  BECAUSE
  web   weighted  8        5    somebody is in transition

overrides
  MEMBER  WORD   ENDS               BY   REASON
  web/b   drain  by "rota undrain"  ana  disk swap

last flips
  WHEN        MEMBERS  ADDRESS    VERDICT     FAILOVER  EVIDENCE
  1m 30s ago  web/b    192.0.2.2  up -> down  4.2s      status 500

loudest resolvers
  ADDRESS        SHARE
  198.51.100.53  9%
`)
  })

  it('says so where nobody is answered yet', () => {
    const text = statusText({ ...STATUS, listen: [] })
    expect(text).toMatch(/^rota 0\.1\.0, up 1h, generation 3; not answering yet; 12 queries/)
  })

  it('leaves out what there is not', () => {
    const { transport, resolvers, ...rest } = STATUS
    const text = statusText({ ...rest, pools: [], bindings: [], flips: [], warnings: [] })
    expect(text).toBe(
      'rota 0.1.0, up 1h, generation 3; listens on 127.0.0.1:5300; 12 queries, 1 answer\n',
    )
  })

  it('says what is served over TLS, and how long its certificate lasts', () => {
    const at = (tls: string[], ends: string) => {
      const certificate = { names: 'DNS:dns.example.test', ends }
      const secure = { tls, https: ['127.0.0.1:443'], certificate }
      return statusText({ ...STATUS, secure }).split('\n')[1]
    }
    const now = Date.parse(STATUS.now)
    expect(at(['127.0.0.1:853'], new Date(now + 30 * 86_400_000).toISOString())).toBe(
      'TLS on 127.0.0.1:853; HTTPS on 127.0.0.1:443; certificate of DNS:dns.example.test ends in 30d',
    )
    expect(at([], STATUS.now)).toBe(
      'HTTPS on 127.0.0.1:443; certificate of DNS:dns.example.test has expired',
    )
  })

  it('shows who holds a member that is out, while anybody does', () => {
    const [pool] = STATUS.pools
    const members = pool!.members.map((member) => ({
      ...member,
      addresses: member.addresses.map((address) => ({ ...address, ledger: HELD })),
    }))
    const text = statusText({ ...STATUS, pools: [{ ...pool!, members }] })
    expect(text).toContain('TURNS  HELD                 EVIDENCE')
    expect(text).toMatch(/^ {2}a .* yes .* 11 {5}- {20}status 200 in 3 ms$/m)
    expect(text).toMatch(/^ {2}b .* drain .* 20s by 41 resolvers {2}status 500/m)
    const over = { ...STATUS, now: HELD.heldUntil, pools: [{ ...pool!, members }] }
    expect(statusText(over)).not.toContain('HELD')
  })

  it('says so where a member that is out may be held by what was answered before the start', () => {
    const [pool] = STATUS.pools
    const { lastAnswerAt: _, ttlSeconds: __, ...ledger } = HELD
    const members = pool!.members.map((member) => ({
      ...member,
      addresses: member.addresses.map((address) => ({ ...address, ledger })),
    }))
    const text = statusText({ ...STATUS, pools: [{ ...pool!, members }] })
    expect(text).toMatch(/^ {2}b .* drain .* 20s from before the start {2}status 500/m)
  })

  it('names the only name of a binding', () => {
    const [binding] = STATUS.bindings
    const own = { ...binding!, name: 'www.example.test' }
    const text = statusText({ ...STATUS, bindings: [binding!, own] })
    expect(text).toMatch(/^ {2}web +weighted/m)
    expect(text).toMatch(/^ {2}web for www\.example\.test +weighted/m)
  })

  it('says what leads to a member that is out', () => {
    const [pool] = STATUS.pools
    const ledger = { ...HELD, ledBy: ['HTTPS of www.example.test'] }
    const members = pool!.members.map((member) => ({
      ...member,
      addresses: member.addresses.map((address) => ({ ...address, ledger })),
    }))
    const text = statusText({ ...STATUS, pools: [{ ...pool!, members }] })
    expect(text).toMatch(/^ {2}b .* drain .* led to by HTTPS of www\.example\.test {2}status 500/m)
    expect(text).toMatch(/^ {2}a .* yes .* 11 {5}- {9}/m)
  })

  it('lets no text of a backend steer the terminal', () => {
    const [pool] = STATUS.pools
    const [member] = pool!.members
    const [address] = member!.addresses
    const evil = { ...address!, evidence: 'status 200\u001b[2J\r\nuse \u202eevil' }
    const members = [{ ...member!, addresses: [evil] }]
    const text = statusText({ ...STATUS, pools: [{ ...pool!, members }] })
    expect(text).toContain('status 200?[2J??use ?evil')
    expect(text).not.toMatch(/[^\n\P{Cc}]/u)
  })
})

describe('a span', () => {
  it.each([
    [0, '0s'],
    [999, '1s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [3_601_000, '1h'],
    [90_061_000, '1d 1h'],
    [-5, '0s'],
  ])('of %d ms is %s', (ms, text) => {
    expect(spanText(ms)).toBe(text)
  })
})

const HELD = {
  ...{ lastAnswerAt: '2026-01-01T11:59:50.000Z', heldUntil: '2026-01-01T12:00:20.000Z' },
  ...{ ttlSeconds: 30, resolvers: 41 },
}
const OVERRIDE = {
  ...{ pool: 'web', member: 'b', word: 'drain', reason: 'disk swap', author: 'ana' },
  since: '2026-01-01T11:00:00.000Z',
}
const STATUS: Status = {
  ...{ version: '0.1.0', now: '2026-01-01T12:00:00.000Z', startedAt: '2026-01-01T11:00:00.000Z' },
  ...{ generation: 3, listen: ['127.0.0.1:5300'], queries: 12, answers: 1 },
  transport: { path: 'batched', workers: 2 },
  bindings: [
    {
      ...{ label: 'web', policy: 'weighted', answers: 8, ttlSeconds: 5 },
      ttlReason: 'somebody is in transition',
    },
  ],
  pools: [
    {
      ...{ name: 'web', policy: 'weighted', minServing: 1 },
      families: [
        {
          ...{ family: 'v4', members: 3, healthy: 1, needed: 2 },
          ...{ failedSince: '2026-01-01T11:59:00.000Z', step: 'last_good for 10m' },
          stepUntil: '2026-01-01T12:09:00.000Z',
        },
      ],
      members: [
        {
          ...{ name: 'a', weight: 5, isServing: true },
          addresses: [
            {
              ...{ family: 'v4', address: '192.0.2.1', isServing: true, verdict: 'up' },
              ...{ since: '2026-01-01T11:00:00.000Z', evidence: 'status 200 in 3 ms' },
              ...{ effectiveWeight: 1, share: 33.3, turns: 11 },
            },
          ],
        },
        {
          ...{ name: 'b', weight: 3, isServing: false, override: OVERRIDE },
          lease: { until: '2026-01-01T12:00:20.000Z' },
          addresses: [
            {
              ...{ family: 'v4', address: '192.0.2.2', isServing: false, verdict: 'down' },
              ...{ since: '2026-01-01T11:58:30.000Z', evidence: 'status 500' },
              ...{ why: 'override drain', turns: 0 },
            },
          ],
        },
        {
          ...{ name: 'c', weight: 1, isServing: false },
          addresses: [
            { family: 'v4', address: '192.0.2.3', isServing: false, why: 'down', turns: 0 },
          ],
        },
      ],
    },
  ],
  flips: [
    {
      ...{ at: '2026-01-01T11:58:30.000Z', members: ['web/b'], address: '192.0.2.2' },
      ...{ from: 'up', to: 'down', evidence: 'status 500', failoverMs: 4_200 },
    },
  ],
  resolvers: [{ address: '198.51.100.53', percent: 9 }],
  warnings: ['certificate of web/a expires in 9 days'],
}
