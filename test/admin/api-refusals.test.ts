/**
 * Goal: the API tells everybody else why not and what to do, and nothing of a refused request reaches
 * the server behind it.
 * Method: a real HTTP server over operations that the test brings, or that fail the test.
 */

import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'

import { faultAt, type Refusal } from '../../src/control/books/refusal.ts'
import { askApi, type Question, serving, TOKEN } from './support.ts'

const BEARER = `Bearer ${TOKEN}`
const WISH = { pool: 'web', member: 'a', word: 'down', reason: 'disk swap', author: 'ana' } as const

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

  it('what is not legal of a wish, with its place there', async () => {
    const detail = 'it is too short'
    const { port } = await serving({
      override: async () => faultAt('reason', detail),
      explain: async () => faultAt('client', detail),
    })
    const told = await askApi(port, 'POST /api/v1/overrides', { body: WISH })
    expect(told).toMatchObject({ status: 422, value: { errors: [{ pointer: '/reason', detail }] } })
    const explained = await askApi(port, 'GET /api/v1/explain?name=www&client=x')
    expect(explained).toMatchObject({ status: 422, value: { errors: [{ pointer: '?client' }] } })
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
