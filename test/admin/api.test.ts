/**
 * Goal: the API tells and does what it is asked by those who may ask.
 * Method: a real HTTP server over operations that the test brings.
 */

import { describe, expect, it } from 'vitest'

import type { Override } from '../../src/control/books/overrides.ts'
import { askApi, NO_HISTORY, STATUS, serving } from './support.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const WISH = { pool: 'web', member: 'a', word: 'down', reason: 'disk swap', author: 'ana' } as const
const TAKEN: Override = { ...WISH, sinceWall: NOON, untilWall: NOON + 60_000 }
const REGISTRATION = {
  ...{ pool: 'web', member: 'x', v4: '192.0.2.9', weight: 1 },
  ...{ leaseMs: 30_000, sinceWall: NOON, untilWall: NOON + 30_000, untilMs: 30_000 },
}

describe('the API tells', () => {
  it('that it lives, whether it is ready, and what it waits for', async () => {
    let waiting: string | undefined = 'the first round of probes'
    const { port } = await serving({ unready: () => waiting })
    expect((await askApi(port, 'GET /livez')).status).toBe(200)
    expect(await askApi(port, 'GET /readyz')).toMatchObject({
      status: 503,
      value: { detail: 'not ready: the first round of probes' },
    })
    waiting = undefined
    expect(await askApi(port, 'GET /readyz', { token: null })).toMatchObject({ status: 200 })
  })

  it('how things stand, without a token, for no cache that does not ask', async () => {
    const { port } = await serving()
    const answer = await askApi(port, 'GET /api/v1/status', { token: null })
    expect(answer.value).toEqual(STATUS)
    expect(answer.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    })
    expect((await askApi(port, 'GET /livez')).headers).toMatchObject({ etag: expect.any(String) })
    expect((await askApi(port, 'GET /api/v1/pools')).value).toEqual({ pools: STATUS.pools })
    expect((await askApi(port, 'GET /api/v1/pools/web')).value).toEqual(STATUS.pools[0])
    expect((await askApi(port, 'GET /api/v1/pools/wap')).status).toBe(404)
    const [member] = STATUS.pools[0]!.members
    expect((await askApi(port, 'GET /api/v1/pools/web/members')).value).toEqual({
      members: [member],
    })
    expect((await askApi(port, 'GET /api/v1/pools/web/members/a')).value).toEqual(member)
    expect(await askApi(port, 'GET /api/v1/pools/web/members/x')).toMatchObject({
      status: 404,
      value: { remedy: 'see /api/v1/pools/web/members' },
    })
  })

  it('which overrides hold and held, in moments that people read', async () => {
    const past = [{ ...TAKEN, endedWall: NOON + 60_000, ended: 'expired' as const }]
    const { port } = await serving({ overrides: () => ({ current: [TAKEN], past }) })
    const told = {
      ...WISH,
      ...{ since: '2026-01-01T12:00:00.000Z', until: '2026-01-01T12:01:00.000Z' },
    }
    expect((await askApi(port, 'GET /api/v1/overrides')).value).toEqual({
      current: [told],
      past: [{ ...told, ended: 'expired', endedAt: '2026-01-01T12:01:00.000Z' }],
    })
  })

  it('why a name is answered as it is', async () => {
    const explanation = { name: 'www.example.test.', client: '192.0.2.1/32', answers: [] }
    const asked: (string | undefined)[] = []
    const { port } = await serving({
      async explain(name, client) {
        asked.push(name, client)
        return explanation
      },
    })
    const told = await askApi(port, 'GET /api/v1/explain?name=www&client=192.0.2.1')
    expect([asked, told.value]).toEqual([['www', '192.0.2.1'], explanation])
    expect((await askApi(port, 'GET /api/v1/explain')).status).toBe(422)
  })
})

describe('the API does', () => {
  it('an override, and its end', async () => {
    const asked: unknown[] = []
    const { port } = await serving({
      override: async (wish) => {
        asked.push(wish)
        return TAKEN
      },
      endOverride: async (which) => {
        asked.push(which)
        return TAKEN
      },
    })
    const set = await askApi(port, 'POST /api/v1/overrides', { body: { ...WISH, for: '1m' } })
    expect(set).toMatchObject({ status: 200, value: { word: 'down' } })
    await askApi(port, 'DELETE /api/v1/overrides/web/2001:db8::1?by=bo%20b')
    expect(asked).toEqual([
      { ...WISH, for: '1m' },
      { pool: 'web', member: '2001:db8::1', author: 'bo b' },
    ])
  })

  it('what it acknowledges, once the history has it', async () => {
    let isTold = false
    const told = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      isTold = true
    }
    const { port } = await serving({ history: { ...NO_HISTORY, told } })
    await askApi(port, 'GET /api/v1/status')
    expect(isTold).toBe(false)
    expect((await askApi(port, 'POST /api/v1/reload')).status).toBe(200)
    expect(isTold).toBe(true)
  })

  it('a registration, its renewal, its beats and its end', async () => {
    const asked: unknown[] = []
    const { port, faults } = await serving({
      register: async (wish) => {
        asked.push(wish)
        return { book: [], registration: REGISTRATION, isNew: asked.length === 1 }
      },
      beat: async (beat) => {
        asked.push(beat)
        return { registration: REGISTRATION, targets: 1 }
      },
      leave: async () => undefined,
    })
    const body = { name: 'x', v4: '192.0.2.9' }
    const made = await askApi(port, 'POST /api/v1/pools/web/members', { body })
    expect(made).toMatchObject({ status: 201, value: { member: 'x', leaseSeconds: 30 } })
    const again = await askApi(port, 'PUT /api/v1/pools/web/members/x', {
      body: { v4: '192.0.2.9' },
    })
    expect(again.status).toBe(200)
    const beaten = await askApi(port, 'POST /api/v1/pools/web/members/x/heartbeat')
    expect(beaten).toMatchObject({ status: 200, value: { targets: 1, lease: { weight: 1 } } })
    await askApi(port, 'POST /api/v1/pools/web/members/x/heartbeat', { body: { load: 2.5 } })
    const left = await askApi(port, 'DELETE /api/v1/pools/web/members/x')
    expect(faults).toEqual([])
    expect(left).toMatchObject({ status: 200, value: { left: true } })
    expect(asked).toEqual([
      { pool: 'web', ...body },
      { pool: 'web', ...body },
      { pool: 'web', member: 'x' },
      { pool: 'web', member: 'x', load: 2.5 },
    ])
  })

  it('a report of a failure, and a fail-back', async () => {
    const { port } = await serving({
      reportFailure: ({ evidence }) => ({ targets: evidence.length }),
      failBack: (pool) => ({ pool }),
    })
    const line = 'POST /api/v1/pools/web/members/a/failures'
    expect((await askApi(port, line, { body: { evidence: 'slow' } })).value).toEqual({ targets: 4 })
    expect((await askApi(port, line, { body: { evidence: 'x' } })).status).toBe(422)
    const back = await askApi(port, 'POST /api/v1/fail-back', { body: { pool: 'web' } })
    expect(back.value).toEqual({ pool: 'web' })
  })

  it('a reload, and shows what stands against one', async () => {
    const { port } = await serving()
    const taken = await askApi(port, 'POST /api/v1/reload')
    expect(taken).toMatchObject({ status: 200, value: { generation: 4, diagnostics: [] } })
    const severity = 'error' as const
    const fault = { file: '/etc/rota.yaml', line: 1, column: 1, severity, message: 'odd' }
    const wrong = { isTaken: false, generation: 3, diagnostics: [fault] }
    const faulty = await serving({ reload: async () => wrong })
    const refused = await askApi(faulty.port, 'POST /api/v1/reload')
    expect(refused).toMatchObject({ status: 422, value: { generation: 3, diagnostics: [fault] } })
  })
})
