/**
 * Goal: a browser gets the pages as they were built, once, packed if it can unpack them, and under
 * a policy that lets them ask nobody else; the API keeps its own, stricter one.
 * Method: a folder as the build leaves it, and a real HTTP server over it.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { readPages, takesGzip } from '../../src/admin/pages.ts'
import { ok, route } from '../../src/admin/route.ts'
import { temporaryFolder } from '../support/folder.ts'
import { askApi, serving } from './support.ts'

/** Long enough to be worth packing. */
const STYLE = 'main { color: black }\n'.repeat(50)
const DEMO = 'http://127.0.0.11:8080'

describe('the pages', () => {
  it('are served as they were built, under the names that the build gave them', async () => {
    const { port } = await browsing()
    const page = await askApi(port, 'GET /', { token: null })
    expect(page).toMatchObject({ status: 200, text: '<h1>Rota</h1>' })
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    })
    expect((await askApi(port, 'GET /lab')).text).toBe('<h1>Lab</h1>')
    const script = await askApi(port, 'GET /assets/index-Ab12.js')
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    })
    expect((await askApi(port, 'HEAD /lab')).text).toBe('')
  })

  it('are not sent again to who has them', async () => {
    const { port } = await browsing()
    const { etag } = (await askApi(port, 'GET /')).headers
    const again = (known: string) => askApi(port, 'GET /', { headers: { 'if-none-match': known } })
    for (const known of [String(etag), `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(await again(known)).toMatchObject({ status: 304, text: '', headers: { etag } })
    }
    expect((await again('"other"')).status).toBe(200)
  })

  it('are packed for who can unpack them, each form with a tag of its own', async () => {
    const { port } = await browsing()
    const plain = await askApi(port, 'GET /assets/index-Ab12.css')
    expect(plain.text).toBe(STYLE)
    expect(plain.headers).not.toHaveProperty('content-encoding')

    const headers = { 'accept-encoding': 'gzip, deflate, br' }
    const packed = await fetch(`http://127.0.0.1:${port}/assets/index-Ab12.css`, { headers })
    expect(await packed.text()).toBe(STYLE)
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(packed.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(Number(packed.headers.get('content-length'))).toBeLessThan(STYLE.length / 2)
    const tags = [String(plain.headers['etag']), String(packed.headers.get('etag'))]
    expect(new Set(tags).size).toBe(2)

    for (const [known, has] of Object.entries({ [tags[0]!]: {}, [tags[1]!]: headers })) {
      const line = 'GET /assets/index-Ab12.css'
      const again = await askApi(port, line, { headers: { ...has, 'if-none-match': known } })
      expect(again).toMatchObject({ status: 304, text: '' })
      expect(again.headers).toMatchObject({ etag: known, vary: 'accept-encoding' })
      // Who can unpack it now and could not then, or the other way round, has the other form.
      const other = 'accept-encoding' in has ? {} : headers
      const changed = await askApi(port, line, { headers: { ...other, 'if-none-match': known } })
      expect(changed.status).toBe(200)
    }
  })

  it('say by their head what they would be', async () => {
    const { port } = await browsing()
    for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
      const [head, whole] = [
        await askApi(port, 'HEAD /assets/index-Ab12.css', { headers }),
        await askApi(port, 'GET /assets/index-Ab12.css', { headers }),
      ]
      expect(head.text).toBe('')
      const { date: _, ...said } = head.headers
      expect(whole.headers).toMatchObject(said)
      expect(Object.keys(said)).toContain('content-length')
    }
  })

  it('are as they are where packing makes them no smaller', async () => {
    const { port } = await browsing()
    const { headers, text } = await askApi(port, 'GET /', { headers: { 'accept-encoding': '*' } })
    expect(text).toBe('<h1>Rota</h1>')
    expect(headers).toMatchObject({ vary: 'accept-encoding' })
    expect(headers).not.toHaveProperty('content-encoding')
  })

  it('may ask this server and those that are named, and run what came with them', async () => {
    const { port } = await browsing()
    for (const line of ['GET /', 'GET /lab', 'GET /assets/index-Ab12.js']) {
      const { headers } = await askApi(port, line)
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
          `connect-src 'self' ${DEMO}; base-uri 'none'; form-action 'none'; ` +
          "frame-ancestors 'none'",
      )
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    }
    const { headers } = await askApi(port, 'GET /api/v1/status')
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  it('are no way out of their folder', async () => {
    const { port } = await browsing()
    for (const path of ['/assets/..%2findex.html', '/assets/secret', '/assets/', '/lab/x']) {
      expect((await askApi(port, `GET ${path}`)).status).toBe(404)
    }
    expect((await askApi(port, 'GET /assets/%2e%2e/secret')).status).toBe(400)
    expect((await askApi(port, 'GET /assets/missing.js')).headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    expect(await askApi(port, 'POST /lab')).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
    })
  })

  it('say so where they are not built, and what is here all the same', async () => {
    const { port } = await serving({}, undefined, { pages: await readPages('/nowhere/at/all') })
    const page = await askApi(port, 'GET /')
    expect(page.status).toBe(503)
    expect(page.text).toContain('npm run build')
    expect((await askApi(port, 'GET /api/v1/status')).status).toBe(200)
  })
})

describe('gzip', () => {
  it.each([
    ['gzip', true],
    ['br, GZIP;Q=0.5', true],
    ['x-gzip', true],
    ['*', true],
    ['deflate, *;q=0.1', true],
    ['gzip;q=1, identity;q=1', true],
    ['', false],
    ['br', false],
    ['identity', false],
    ['gzip;q=0, *', false],
    ['gzip;q=0.000', false],
    ['gzip;q=0.5, identity', false],
    ['gzip;q=much', false],
    ['gzipped', false],
  ])('is for who says "%s": %s', (said, isTaken) => {
    expect(takesGzip(said)).toBe(isTaken)
  })

  it('is not for who says nothing', () => {
    expect(takesGzip(undefined)).toBe(false)
  })
})

describe('what a server can do besides', () => {
  it('is asked as the rest is, with the token where it changes anything', async () => {
    const extraRoutes = [
      route({ method: 'GET', path: '/api/v1/demo/x', summary: 'Tells.', answer: () => ok([1]) }),
      route({ method: 'POST', path: '/api/v1/demo/x', summary: 'Does.', answer: () => ok([2]) }),
    ]
    const { port } = await serving({}, undefined, { extraRoutes })
    expect((await askApi(port, 'GET /api/v1/demo/x', { token: null })).value).toEqual([1])
    expect((await askApi(port, 'POST /api/v1/demo/x', { token: null })).status).toBe(401)
    expect((await askApi(port, 'POST /api/v1/demo/x')).value).toEqual([2])
    expect((await askApi(port, 'PUT /api/v1/demo/x')).status).toBe(405)
  })
})

async function browsing() {
  const { path, remove } = temporaryFolder('pages')
  onTestFinished(remove)
  mkdirSync(join(path, 'assets'))
  writeFileSync(join(path, 'index.html'), '<h1>Rota</h1>')
  writeFileSync(join(path, 'lab.html'), '<h1>Lab</h1>')
  writeFileSync(join(path, 'secret'), 'secret')
  writeFileSync(join(path, 'assets', 'index-Ab12.js'), 'render()')
  writeFileSync(join(path, 'assets', 'index-Ab12.css'), STYLE)
  return serving({}, undefined, { pages: await readPages(path), pageOrigins: [DEMO] })
}
