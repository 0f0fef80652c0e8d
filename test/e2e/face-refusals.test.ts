/**
 * Goal: whoever may not change anything changes nothing, whichever way they try, and is counted.
 * Method: every operation that changes something, asked in every way that is to be refused, of a
 * real process; then who is answered, what is on disk and what was recorded are as they were.
 */

import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { askApi } from '../admin/support.ts'
import { samplesOf, valuesOf } from '../admin/metrics/scrape.ts'
import { portsOf } from './caches.ts'
import { folderOf } from './rota.ts'
import { type Site, siteOf } from './site.ts'

const YAML = `
pools:
  web:
    policy: failover
    fail_back: false
    register: { networks: [192.0.2.0/24], lease: 30s, members: 9 }
    members: { a: 192.0.2.1, b: 192.0.2.2 }
names: { www.example.test: { pool: web } }
`
const OVERRIDE = { pool: 'web', member: 'a', word: 'down', reason: 'disk swap', author: 'mallory' }
const WRITES: readonly (readonly [line: string, body: object | undefined])[] = [
  ['POST /api/v1/overrides', OVERRIDE],
  ['DELETE /api/v1/overrides/web/b?by=mallory', undefined],
  ['POST /api/v1/pools/web/members', { name: 'x', v4: '192.0.2.9' }],
  ['PUT /api/v1/pools/web/members/x', { v4: '192.0.2.9' }],
  ['DELETE /api/v1/pools/web/members/r', undefined],
  ['POST /api/v1/pools/web/members/r/heartbeat', { status: 'down' }],
  ['POST /api/v1/pools/web/members/a/failures', { evidence: 'it lies' }],
  ['POST /api/v1/fail-back', { pool: 'web' }],
  ['POST /api/v1/reload', undefined],
]

type Fields = Readonly<Record<string, string>>

/** How somebody is refused: with which status, counted as what. */
const WAYS: readonly (readonly [why: string, fields: (token: string) => Fields, number, string])[] =
  [
    ['no token', () => ({}), 401, 'token'],
    ['an empty token', () => ({ authorization: 'Bearer ' }), 401, 'token'],
    ['the scheme alone', () => ({ authorization: 'Bearer' }), 401, 'token'],
    ['a part of it', (token) => bearer(token.slice(0, -1)), 401, 'token'],
    ['more than it', (token) => bearer(`${token}0`), 401, 'token'],
    ['it in capitals', (token) => bearer(token.toUpperCase()), 401, 'token'],
    ['another scheme', (token) => ({ authorization: `Basic ${token}` }), 401, 'token'],
    ['two tokens', (token) => ({ authorization: `Bearer ${token}, Bearer x` }), 401, 'token'],
    ['a cookie', (token) => ({ cookie: `token=${token}` }), 401, 'token'],
    ['a foreign host', (token) => ({ ...bearer(token), host: 'rota.example.org' }), 421, 'host'],
    [
      'a host like it',
      (token) => ({ ...bearer(token), host: '127.0.0.1.example.org' }),
      421,
      'host',
    ],
    ['a foreign origin', (token) => from(token, 'http://example.org'), 403, 'origin'],
    ['no origin that is one', (token) => from(token, 'null'), 403, 'origin'],
    ['its own port elsewhere', (token) => from(token, 'http://127.0.0.1:1'), 403, 'origin'],
    ['a page elsewhere', (token) => site(token, 'cross-site'), 403, 'origin'],
    ['a page beside it', (token) => site(token, 'same-site'), 403, 'origin'],
  ]

describe('whoever may not', () => {
  it('changes nothing by any operation, and is counted each time', async () => {
    const one = await started()
    const before = await whole(one)
    const counts: Record<string, number> = {}
    for (const [why, fields, status, reason] of WAYS) {
      for (const [line, body] of WRITES) {
        const asking = { token: null, headers: fields(one.token), ...(body && { body }) }
        const answer = await askApi(portsOf(one).http, line, asking)
        expect([why, line, answer.status]).toEqual([why, line, status])
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
        expect(answer.text).not.toContain(one.token)
        counts[reason] = (counts[reason] ?? 0) + 1
      }
    }
    expect(await whole(one)).toEqual(before)
    expect(await refusals(one)).toEqual(counts)
  })

  it('changes nothing by what is no JSON, too much, or of another shape', async () => {
    const one = await started()
    const before = await whole(one)
    const text = (body: string, headers: Fields = {}) => ({ token: one.token, body, headers })
    const bodies = WRITES.filter(([, body]) => body)
    const ask = (line: string, question: object) => askApi(portsOf(one).http, line, question)
    for (const [line, body] of bodies) {
      const json = JSON.stringify(body)
      const type = { 'content-type': 'text/plain' }
      expect((await ask(line, text(json, type))).status).toBe(415)
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await ask(line, text(json, form))).status).toBe(415)
      expect((await ask(line, text(json.slice(0, -1)))).status).toBe(400)
      expect((await ask(line, text(`${json.slice(0, -1)},"more":1}`))).status).toBe(422)
      expect((await ask(line, text(`[${json}]`))).status).toBe(422)
      expect((await ask(line, text(`${json}${' '.repeat(65_536)}`))).status).toBe(413)
    }
    expect(await whole(one)).toEqual(before)
    const each = bodies.length
    expect(await refusals(one)).toEqual({
      ...{ media_type: 2 * each, syntax: each, shape: 2 * each, size: each },
    })
  })

  it('says a thing in two ways has said nothing', async () => {
    const one = await started()
    const before = await whole(one)
    const good = [`Authorization: Bearer ${one.token}`, 'Host: 127.0.0.1']
    for (const twice of [
      [...good, 'Host: example.org'],
      [...good, 'Authorization: Bearer x'],
      [...good, 'Origin: http://127.0.0.1', 'Origin: http://example.org'],
      [...good, 'Content-Length: 0', 'Transfer-Encoding: chunked'],
    ]) {
      expect(await exchange(one, 'POST /api/v1/reload', twice)).toMatch(/^HTTP\/1.1 400 /)
    }
    for (const path of ['//api/v1/reload', '/api/v1/./reload', '/api/v1/%72eload/../reload']) {
      expect(await exchange(one, `POST ${path}`, good)).toMatch(/^HTTP\/1.1 400 /)
    }
    const spoof = [...good.slice(1), 'X-HTTP-Method-Override: POST']
    expect(await exchange(one, 'GET /api/v1/reload', spoof)).toMatch(/^HTTP\/1.1 405 /)
    expect(await whole(one)).toEqual(before)
    expect(await refusals(one)).toEqual({ headers: 4, target: 3, method: 1 })
  })
})

function bearer(token: string): Fields {
  return { authorization: `Bearer ${token}` }
}

function from(token: string, origin: string): Fields {
  return { ...bearer(token), origin }
}

function site(token: string, of: string): Fields {
  return { ...bearer(token), 'sec-fetch-site': of, 'sec-fetch-mode': 'no-cors' }
}

/** With an override and a registration that somebody could take away. */
async function started(): Promise<Site> {
  const one = await siteOf(YAML)
  const drain = { ...OVERRIDE, member: 'b', word: 'drain', author: 'ana' }
  expect((await one.api('POST /api/v1/overrides', drain)).status).toBe(200)
  const guest = { name: 'r', v4: '192.0.2.8' }
  expect((await one.api('POST /api/v1/pools/web/members', guest)).status).toBe(201)
  return one
}

/** All that a change would show in. */
async function whole(one: Site) {
  const { overrides, registrations } = JSON.parse(
    readFileSync(`${folderOf(one.files)}state/state.json`, 'utf8'),
  ) as Record<string, unknown>
  expect(JSON.stringify([overrides, registrations])).toMatch(/disk swap.*192\.0\.2\.8/)
  const { generation } = await one.status()
  return {
    ...{ overrides, registrations, generation },
    told: [
      (await one.api('GET /api/v1/overrides')).value,
      (await one.api('GET /api/v1/history')).value,
      Object.keys((await one.api('GET /api/v1/registrations')).value as object),
    ],
    answer: await one.answer('www.example.test A'),
  }
}

async function refusals(one: Site): Promise<Record<string, number>> {
  const { text } = await one.api('GET /metrics')
  expect(samplesOf(text).length).toBeGreaterThan(0)
  const all = Object.entries(valuesOf(text, 'rota_api_refusals_total'))
  return Object.fromEntries(all.filter(([, count]) => count > 0))
}

/** What comes on a connection of its own, which the server ends. */
function exchange(one: Site, line: string, fields: readonly string[]): Promise<string> {
  const [method, path] = line.split(' ')
  const socket = connect(portsOf(one).http, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write([`${method} ${path} HTTP/1.1`, ...fields, 'Connection: close', '', ''].join('\r\n'))
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}
