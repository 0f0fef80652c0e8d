/**
 * Goal: the API does what it is asked by those who may ask, tells everybody else why not and what
 * to do, and nothing of a refused request reaches the server behind it.
 * Method: a real HTTP server over operations that the test brings.
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Override } from '../../src/control/books/overrides.ts'
import type { Refusal } from '../../src/control/books/refusal.ts'
import { askApi, NO_HISTORY, type Question, STATUS, serving, TOKEN } from './support.ts'

const BEARER = `Bearer ${TOKEN}`
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

describe('the API refuses', () => {
  const WRITES = [
    'POST /api/v1/overrides',
    'DELETE /api/v1/overrides/web/a',
    'POST /api/v1/pools/web/members',
    'PUT /api/v1/pools/web/members/x',
    'DELETE /api/v1/pools/web/members/x',
    'POST /api/v1/pools/web/members/x/heartbeat',
    'POST /api/v1/pools/web/members/x/failures',
    'POST /api/v1/reload',
    'POST /api/v1/fail-back',
  ]

  it.each(WRITES)(
    '%s without the token, with a wrong one, and where there is none',
    async (line) => {
      const { port } = await untouched()
      expect(await askApi(port, line, { token: null })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="rota"' },
      })
      expect((await askApi(port, line, { token: `${TOKEN}x` })).status).toBe(401)
      const basic = { token: null, headers: { authorization: `Basic ${TOKEN}` } }
      expect((await askApi(port, line, basic)).status).toBe(401)
      const bare = await untouched(null)
      expect(await askApi(bare.port, line)).toMatchObject({
        status: 403,
        value: { remedy: expect.stringContaining('set state in the YAML, or ROTA_TOKEN') },
      })
    },
  )

  it.each(['rota.example.org', 'localhost.example.org', '127.0.0.1.example.org:80', '1.2.3'])(
    'host "%s": some name that resolves to this address',
    async (host) => {
      const { port } = await untouched()
      for (const line of ['GET /api/v1/status', 'GET /livez', 'POST /api/v1/reload']) {
        const answer = await askApi(port, line, { headers: { host } })
        expect(answer).toMatchObject({ status: 421, value: { remedy: expect.any(String) } })
      }
    },
  )

  it('a host that is none at all', async () => {
    const { port } = await untouched()
    for (const host of ['', 'a:b:c', '[::1', 'user@127.0.0.1']) {
      const text = `GET /api/v1/status HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`
      expect(await raw(port, text)).toMatch(/^HTTP\/1.1 4(00|21) /)
    }
    expect(await raw(port, 'GET /api/v1/status HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 4(00|21) /)
  })

  it.each(['localhost', 'LOCALHOST:8053', '127.0.0.1', '[::1]:8053', '192.0.2.1:80'])(
    'not host "%s"',
    async (host) => {
      const { port } = await serving()
      expect((await askApi(port, 'GET /api/v1/status', { headers: { host } })).status).toBe(200)
    },
  )

  it('pages of other origins, for reading and for writing', async () => {
    const { port } = await untouched()
    const strangers = [
      'http://example.org',
      'null',
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1',
    ]
    for (const origin of strangers) {
      for (const line of ['GET /api/v1/status', 'POST /api/v1/reload']) {
        expect((await askApi(port, line, { headers: { origin } })).status).toBe(403)
      }
    }
    const own = { origin: `http://127.0.0.1:${port}` }
    expect((await askApi(port, 'GET /api/v1/status', { headers: own })).status).toBe(200)
  })

  it('bodies that are no JSON, of no type, or of another', async () => {
    const { port } = await untouched()
    const status = async (question: Question) =>
      (await askApi(port, 'POST /api/v1/overrides', question)).status
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(await status({ body: 'word=down', headers: form })).toBe(415)
    expect(await status({ body: '{}', headers: { 'content-type': 'application/jsonp' } })).toBe(415)
    expect(await status({ body: '{"pool": ' })).toBe(400)
    expect(await status({ body: '\u0000' })).toBe(400)
    expect(await status({})).toBe(422)
  })

  it('bodies above 64 KiB, said in advance or not', async () => {
    const { port } = await untouched()
    const body = JSON.stringify({ ...WISH, reason: 'x'.repeat(70_000) })
    expect((await askApi(port, 'POST /api/v1/overrides', { body })).status).toBe(413)
    const head = ['POST /api/v1/overrides HTTP/1.1', 'host: 127.0.0.1', 'connection: close']
    const fields = [`authorization: Bearer ${TOKEN}`, 'content-type: application/json']
    const lines = [...head, ...fields, 'transfer-encoding: chunked']
    const text = `${lines.join('\r\n')}\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    expect(await raw(port, text)).toMatch(/^HTTP\/1.1 413 /)
  })

  it('bodies of another shape, and says every fault at once', async () => {
    const { port } = await untouched()
    const body = { pool: 'web', member: 7, word: 'off', reason: 'x', author: 'y', force: true }
    const answer = await askApi(port, 'POST /api/v1/overrides', { body })
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(answer.value).toEqual({
      ...{ type: 'about:blank', title: 'Unprocessable Entity', status: 422 },
      detail:
        'member: text is needed; word: one of up, down, drain; ' +
        'force: no such key; there are pool, member, word, reason, author, for',
      errors: [
        { pointer: '/member', detail: 'member: text is needed' },
        { pointer: '/word', detail: 'word: one of up, down, drain' },
        {
          pointer: '/',
          detail: 'force: no such key; there are pool, member, word, reason, author, for',
        },
      ],
    })
    expect((await askApi(port, 'POST /api/v1/overrides', { body: [1] })).status).toBe(422)
  })

  it.each([
    ['invalid', 422],
    ['unknown', 404],
    ['forbidden', 403],
    ['conflict', 409],
    ['unavailable', 503],
  ] as const)('what the server finds %s, with its remedy', async (refused, status) => {
    const outcome: Refusal = { refused, detail: 'it cannot be', remedy: 'let it be' }
    const { port } = await serving({ override: async () => outcome })
    expect(await askApi(port, 'POST /api/v1/overrides', { body: WISH })).toMatchObject({
      status,
      value: { type: 'about:blank', status, detail: 'it cannot be', remedy: 'let it be' },
    })
  })

  it('what there is not, and what cannot be done to what there is', async () => {
    const { port } = await untouched()
    expect((await askApi(port, 'GET /api/v2/status')).status).toBe(404)
    expect(await askApi(port, 'PATCH /api/v1/overrides')).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
    })
  })

  it('and takes it for no fault of its own when somebody goes away in the middle', async () => {
    const { port, faults } = await serving()
    const client = connect(port, '127.0.0.1').on('error', () => {})
    const head = ['POST /api/v1/overrides HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 100']
    const more = [
      'Content-Type: application/json',
      'Expect: 100-continue',
      `Authorization: ${BEARER}`,
    ]
    client.write([...head, ...more, '', '{"pool":'].join('\r\n'))
    await once(client, 'data')
    // Who is answered after each step was heard after it.
    await askApi(port, 'GET /livez')
    client.resetAndDestroy()
    await askApi(port, 'GET /livez')
    await askApi(port, 'GET /livez')
    expect(faults).toEqual([])
  })

  it('and tells nobody of faults of its own but the log', async () => {
    const { port, faults } = await serving({
      status: () => {
        throw new Error('a secret of the house')
      },
    })
    const answer = await askApi(port, 'GET /api/v1/status')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('secret')
    expect(faults).toMatchObject([{ message: 'a secret of the house' }])
  })
})

describe('the HTTP server', () => {
  it('says why it cannot listen', async () => {
    const { port } = await serving()
    const { AdminServer } = await import('../../src/admin/server.ts')
    const { systemClock } = await import('../../src/base/clock.ts')
    const { operationsOf } = await import('./support.ts')
    const second = new AdminServer({
      operations: operationsOf(),
      token: undefined,
      onFault: () => {},
      endpoint: { address: '127.0.0.1', port },
      clock: systemClock,
    })
    await expect(second.start()).rejects.toThrow(
      `listen.http: TCP 127.0.0.1:${port}: the port is taken`,
    )
    await second.stop()
  })

  it('ends although somebody holds a connection', async () => {
    const { port, server } = await serving()
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    socket.write('POST /api/v1/reload HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\n')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await server.stop()
    await closed
  })
})

/** An API whose every operation that changes anything fails the test. */
function untouched(token?: string | null) {
  const touched = (name: string) => () => {
    throw new Error(`${name} was reached`)
  }
  const names = ['override', 'endOverride', 'register', 'leave', 'beat', 'reportFailure']
  const all = [...names, 'failBack', 'reload'].map((name) => [name, touched(name)])
  return serving(Object.fromEntries(all), token)
}

/** Sends octets as they are, and returns what comes back. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let read = ''
  socket.on('data', (chunk) => {
    read += chunk.toString()
  })
  socket.on('error', () => {})
  socket.write(text)
  await once(socket, 'close')
  return read
}
