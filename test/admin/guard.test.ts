/**
 * Goal: a page that was opened elsewhere can neither read nor act, whatever its browser can be
 * made to send; what needs two readings is refused; and each refusal is counted by its reason.
 * Method: requests as they stand on the wire, to a server whose operations fail the test.
 */

import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

import { REFUSAL_REASONS, type RefusalReason } from '../../src/admin/problem.ts'
import { readPages } from '../../src/admin/pages.ts'
import type { AdminServerOptions } from '../../src/admin/server.ts'
import { type Api, serving, TOKEN } from './support.ts'

const HOSTS = ['rota.example.org', 'rota']
const READS = ['GET /livez', 'GET /api/v1/status', 'GET /api/v1/events', 'GET /nothing']

describe('a page that was opened elsewhere', () => {
  it.each([
    [
      'a script',
      ['Origin: http://example.org', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: cors'],
    ],
    ['a script of a sandbox', ['Origin: null', 'Sec-Fetch-Mode: cors']],
    [
      'an image',
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'],
    ],
    [
      'a frame',
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    ],
    [
      'a link',
      ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'],
    ],
    ['another port', ['Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: no-cors']],
    ['another scheme', ['Origin: https://127.0.0.1:8053']],
  ])('reads nothing by %s', async (_, fields) => {
    const api = await untouched()
    for (const line of READS) {
      const answer = await exchange(api, line, [...fields, 'Host: 127.0.0.1:8053'])
      expect(answer).toMatch(/^HTTP\/1.1 403 /)
      expect(answer.toLowerCase()).not.toContain('access-control')
      expect(answer.toLowerCase()).toContain('cross-origin-resource-policy: same-origin')
    }
    expect(reasons(api)).toEqual({ origin: READS.length })
  })

  it('is none of this server because neither is anywhere', async () => {
    const api = await untouched()
    const nowhere = ['Host: 127.0.0.1:99999', 'Origin: null']
    expect(await exchange(api, 'GET /livez', nowhere)).toMatch(/ 421 /)
    expect(reasons(api)).toEqual({ host: 1 })
  })

  it('acts by no form, and by no script that asks first', async () => {
    const api = await untouched()
    const form = [
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 3',
      'Host: [::1]',
    ]
    const page = ['Origin: http://example.org', 'Sec-Fetch-Site: cross-site']
    expect(await exchange(api, 'POST /api/v1/reload', [...form, ...page], 'a=b')).toMatch(/ 403 /)
    const asking = ['Host: [::1]', ...page, 'Access-Control-Request-Method: POST']
    const preflight = await exchange(api, 'OPTIONS /api/v1/reload', asking)
    expect(preflight).toMatch(/ 403 /)
    expect(preflight.toLowerCase()).not.toContain('access-control')
  })

  it('leads to the pages by a link, and shows them in no frame', async () => {
    const api = await untouched({ pages: await readPages('/nowhere/at/all') })
    const link = ['Host: [::1]', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']
    const seen = await exchange(api, 'GET /', [...link, 'Sec-Fetch-Dest: document'])
    expect(seen).toMatch(/^HTTP\/1.1 503 /) // They are not built; they would be shown.
    expect(seen).toContain("frame-ancestors 'none'")
    expect(await exchange(api, 'GET /', [...link, 'Sec-Fetch-Dest: iframe'])).toMatch(/ 403 /)
    expect(await exchange(api, 'GET /lab', ['Host: [::1]', 'Sec-Fetch-Site: none'])).toMatch(
      / 503 /,
    )
  })

  it('finds no way in by a name that it has made lead here', async () => {
    const api = await untouched({ hosts: HOSTS })
    const names = [
      'rota.example.org.evil.example.org',
      'evil-rota',
      'rota.example.org@127.0.0.1',
      '0x7f.1',
    ]
    for (const name of names) {
      const own = [`Host: ${name}`, `Origin: http://${name}`, 'Sec-Fetch-Site: same-origin']
      expect(await exchange(api, 'GET /api/v1/status', own)).toMatch(/^HTTP\/1.1 421 /)
    }
    expect(reasons(api)).toEqual({ host: names.length })
  })
})

describe('a name that the operator has told of', () => {
  it.each(['rota.example.org', 'ROTA.example.org.', 'rota:8053'])(
    'is as good: %s',
    async (host) => {
      const api = await serving({}, undefined, { hosts: HOSTS })
      expect(await exchange(api, 'GET /livez', [`Host: ${host}`])).toMatch(/ 200 /)
      const own = [`Host: ${host}`, `Origin: http://${host}`]
      expect(await exchange(api, 'GET /livez', own)).toMatch(/ 200 /)
    },
  )

  it('may stand before a proxy that speaks TLS', async () => {
    const api = await serving({}, undefined, { hosts: HOSTS })
    const own = ['Host: rota.example.org', 'Origin: https://rota.example.org']
    expect(await exchange(api, 'GET /livez', own)).toMatch(/ 200 /)
    const other = ['Host: rota.example.org', 'Origin: https://www.example.org']
    expect(await exchange(api, 'GET /livez', other)).toMatch(/ 403 /)
  })
})

describe('what can be read in two ways is refused:', () => {
  it.each([
    ['//api/v1/status', 'has no empty segments'],
    ['/api/v1/pools/../status', 'has no dot segments'],
    ['/api/v1/pools/%2e%2e/status', 'has no dot segments'],
    ['/api/v1/pools/%00', 'has no control characters'],
    ['/api/v1/pools/a%0d%0ab', 'has no control characters'],
    ['/api/v1/pools/%zz', 'two hexadecimal digits'],
    ['/api/v1/pools/%ff', 'two hexadecimal digits'],
    ['/api\\v1/status', 'printable ASCII'],
    ['/api/v1/status#part', 'printable ASCII'],
    ['http://example.org/api/v1/status', 'begins with /'],
    ['*', 'begins with /'],
  ])('the target %s', async (target, words) => {
    const api = await untouched()
    const answer = await exchange(api, `GET ${target}`, ['Host: 127.0.0.1'])
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain(words)
    expect(reasons(api)).toEqual({ target: 1 })
  })

  it.each([
    ['Host: 127.0.0.1', 'Host: 127.0.0.2'],
    ['Origin: http://127.0.0.1', 'Origin: http://example.org'],
    [`Authorization: Bearer ${TOKEN}`, 'Authorization: Bearer other'],
    ['Content-Type: application/json', 'Content-Type: text/plain'],
    ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site'],
  ])('%s, twice', async (...fields) => {
    const api = await untouched()
    const host = fields[0]!.startsWith('Host') ? [] : ['Host: 127.0.0.1']
    expect(await exchange(api, 'POST /api/v1/reload', [...host, ...fields])).toMatch(/ 400 /)
    expect(reasons(api)).toEqual({ headers: 1 })
  })

  it('a parameter twice, or one that is none', async () => {
    const api = await untouched()
    const host = ['Host: 127.0.0.1']
    expect(await exchange(api, 'GET /api/v1/explain?name=a&name=b', host)).toContain(
      'name stands more than once',
    )
    expect(await exchange(api, 'GET /api/v1/names?limti=1', host)).toContain(
      'limti: no such parameter; there are limit, after, q',
    )
    for (const limit of ['0', '1001', '1.5', 'x', '']) {
      expect(await exchange(api, `GET /api/v1/names?limit=${limit}`, host)).toMatch(/ 422 /)
    }
    expect(reasons(api)).toEqual({ shape: 7 })
  })

  it('two lengths of one body, and what is no HTTP', async () => {
    const api = await untouched()
    const both = ['Host: 127.0.0.1', 'Content-Length: 2', 'Transfer-Encoding: chunked']
    expect(await exchange(api, 'POST /api/v1/reload', both)).toMatch(/ 400 /)
    expect(await exchange(api, 'GET', [])).toMatch(/ 400 /)
    const long = ['Host: 127.0.0.1', `X-Long: ${'x'.repeat(20_000)}`]
    expect(await exchange(api, 'GET /livez', long)).toMatch(/ 431 /)
    expect(reasons(api)).toEqual({ headers: 3 })
  })
})

describe('what is refused', () => {
  it('is counted by its reason, and every reason is there from the start', async () => {
    const api = await untouched()
    expect(Object.keys(api.server.refusals)).toEqual([...REFUSAL_REASONS])
    const host = 'Host: 127.0.0.1'
    const writer = [host, `Authorization: Bearer ${TOKEN}`]
    const json = [...writer, 'Content-Type: application/json']
    await exchange(api, 'POST /api/v1/reload', [host])
    await exchange(api, 'POST /api/v1/overrides', [...writer, 'Content-Length: 2'], '{}')
    await exchange(api, 'POST /api/v1/overrides', [...json, 'Content-Length: 1'], '{')
    await exchange(api, 'POST /api/v1/overrides', [...json, 'Content-Length: 2'], '{}')
    const big = `"${'x'.repeat(70_000)}"`
    await exchange(api, 'POST /api/v1/overrides', [...json, `Content-Length: ${big.length}`], big)
    await exchange(api, 'PATCH /api/v1/status', [host])
    await exchange(api, 'GET /api/v2', [host])
    expect(reasons(api)).toEqual({
      ...{ token: 1, 'media type': 1, syntax: 1, shape: 1, size: 1, method: 1, path: 1 },
    })
  })

  it('is not who goes away without having asked', async () => {
    const api = await untouched()
    const socket = connect(api.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.resetAndDestroy()
    await once(socket, 'close')
    await exchange(api, 'GET /nothing', ['Host: 127.0.0.1'])
    expect(reasons(api)).toEqual({ path: 1 })
  })
})

/** The reasons that were met, with how often. */
function reasons({ server }: Api): Partial<Record<RefusalReason, number>> {
  return Object.fromEntries(Object.entries(server.refusals).filter(([, count]) => count > 0))
}

/** An API whose every operation that changes or explains anything fails the test. */
function untouched(more: Partial<AdminServerOptions> = {}) {
  const names = ['override', 'endOverride', 'register', 'leave', 'beat', 'reportFailure']
  const touched = (name: string) => () => {
    throw new Error(`${name} was reached`)
  }
  const all = [...names, 'failBack', 'reload', 'explain', 'names'].map((name) => [
    name,
    touched(name),
  ])
  return serving(Object.fromEntries(all), undefined, more)
}

/** Sends a request as it is written here, and returns what comes back. */
async function exchange(
  { port }: Api,
  line: string,
  fields: readonly string[],
  body = '',
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let read = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    read += chunk.toString()
  })
  const closed = once(socket, 'close')
  socket.write([`${line} HTTP/1.1`, 'Connection: close', ...fields, '', body].join('\r\n'))
  await closed
  return read
}
