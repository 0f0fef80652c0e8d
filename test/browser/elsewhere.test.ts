/**
 * Goal: a page that the operator's browser has open elsewhere can neither read what the server tells
 * nor do anything to it, even where it knows the token, and even under a name of its own that has
 * been made to lead to the server's address (DNS rebinding).
 * Method: a real browser, a page of another origin that tries each way that browsers have, and the
 * server's own books afterwards.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { isGranted } from '../support/tools.ts'
import { type Site, siteOf } from '../e2e/site.ts'
import { browserProblem, openBrowser } from './browser.ts'

const REBOUND = 'rebound.example.org'
const WISH = { pool: 'web', member: 'a', word: 'down', reason: 'a page said so', author: 'page' }

describe.skipIf(!isGranted(browserProblem))('a page elsewhere', () => {
  const endings: (() => Promise<unknown>)[] = []
  let browser: Browser
  let site: Site
  let http: string
  let token: string
  let elsewhere: string

  beforeAll(async () => {
    const until = (ending: () => Promise<void>) => void endings.push(ending)
    site = await siteOf(
      'pools: { web: { members: { a: 127.0.0.11, b: 127.0.0.12 } } }\nnames: { www.example.test: { pool: web } }',
      { until },
    )
    http = String(site.logged('answering')[0]!['http'])
    token = site.token
    const pages = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>x</title>')
    })
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    endings.push(async () => void pages.close())
    elsewhere = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`
    browser = await openBrowser({
      until,
      // Newer browsers keep pages from this machine by themselves; here it is up to the server.
      flags: [
        `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
        '--disable-features=LocalNetworkAccessChecks',
      ],
    })
  })

  afterAll(async () => {
    for (const ending of endings.reverse()) await ending()
  })

  const READS = ['/api/v1/status', '/api/v1/pools', '/metrics', '/openapi.json', '/', '/livez']

  it.each(READS)('reads nothing of %s', async (path) => {
    const page = await open(elsewhere)
    expect(await readOf(page, `http://${http}${path}`, 'cors')).toBe('refused')
    expect(await readOf(page, `http://${http}${path}`, 'no-cors')).toMatch(/^(refused|)$/)
  })

  it('reads no event of the stream', async () => {
    const page = await open(elsewhere)
    const heard = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const source = new EventSource(url)
          source.onmessage = () => resolve('heard')
          source.addEventListener('tick', () => resolve('heard'))
          source.onerror = () => resolve('refused')
        }),
      `http://${http}/api/v1/events`,
    )
    expect(heard).toBe('refused')
  })

  it('changes nothing by fetch, though it knows the token', async () => {
    const page = await open(elsewhere)
    const said = await page.evaluate(
      async ({ url, wish, bearer }) => {
        const outcomes = []
        for (const mode of ['cors', 'no-cors'] as const) {
          for (const type of ['application/json', 'text/plain']) {
            const headers = { 'content-type': type, authorization: `Bearer ${bearer}` }
            const body = JSON.stringify(wish)
            const asked = fetch(url, { method: 'POST', mode, headers, body })
            outcomes.push(
              await asked.then(
                ({ type }) => type,
                () => 'refused',
              ),
            )
          }
        }
        navigator.sendBeacon(url, JSON.stringify(wish))
        return outcomes
      },
      { url: `http://${http}/api/v1/overrides`, wish: WISH, bearer: token },
    )
    // Opaque: it may be sent, without the token and its type, and tells nothing.
    expect(said.every((one) => one === 'refused' || one === 'opaque')).toBe(true)
    expect(await overrides()).toEqual([])
  })

  it('changes nothing by a form, which browsers send without asking', async () => {
    const page = await open(elsewhere)
    const answered = page.waitForResponse(`http://${http}/api/v1/overrides`)
    await page.evaluate(
      ({ url, wish }) => {
        const form = document.createElement('form')
        Object.assign(form, { method: 'POST', action: url, enctype: 'text/plain' })
        const field = document.createElement('input')
        Object.assign(field, { name: JSON.stringify(wish).slice(0, -1) + ',"x":"', value: '"}' })
        form.append(field)
        document.body.append(form)
        form.submit()
      },
      { url: `http://${http}/api/v1/overrides`, wish: WISH },
    )
    expect([401, 403]).toContain((await answered).status())
    expect(await overrides()).toEqual([])
  })

  it('runs and frames nothing of the server', async () => {
    const page = await open(elsewhere)
    const loaded = await page.evaluate(async (origin) => {
      const tries = []
      for (const [tag, path] of [
        ['script', '/api/v1/status'],
        ['img', '/'],
        ['script', '/metrics'],
      ]) {
        const element = document.createElement(tag!) as HTMLScriptElement
        tries.push(
          await new Promise((resolve) => {
            element.onload = () => resolve(`${tag} loaded`)
            element.onerror = () => resolve('refused')
            element.src = origin + path
            document.body.append(element)
          }),
        )
      }
      return tries
    }, `http://${http}`)
    expect(loaded).toEqual(['refused', 'refused', 'refused'])
    await page.evaluate((url) => {
      const frame = document.createElement('iframe')
      frame.src = url
      document.body.append(frame)
    }, `http://${http}/`)
    await eventually(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:')))
  })

  it('reads and changes nothing under a name that leads to the server', async () => {
    const { port } = new URL(`http://${http}`)
    const page = await open(elsewhere)
    // What it was before its name was made to lead here.
    await page.route('**/before', (route) => route.fulfill({ body: '', contentType: 'text/html' }))
    await page.goto(`http://${REBOUND}:${port}/before`)
    const said = await page.evaluate(
      async ({ wish, bearer }) => {
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
        const post = { method: 'POST', headers, body: JSON.stringify(wish) }
        const read = await fetch('/api/v1/status')
        const write = await fetch('/api/v1/overrides', post)
        return [read.status, write.status]
      },
      { wish: WISH, bearer: token },
    )
    expect(said).toEqual([421, 421])
    expect(await overrides()).toEqual([])
  })

  async function open(url: string): Promise<Page> {
    const context = await browser.newContext()
    endings.push(() => context.close())
    const page = await context.newPage()
    await page.goto(url)
    return page
  }

  async function overrides(): Promise<unknown> {
    const { value } = await site.api('GET /api/v1/overrides')
    return (value as { current: unknown }).current
  }
})

/** What the page could read of it, or `refused`. */
function readOf(page: Page, url: string, mode: RequestMode): Promise<string> {
  return page.evaluate(
    ([target, how]) =>
      fetch(target!, { mode: how as RequestMode }).then(
        (response) => response.text(),
        () => 'refused',
      ),
    [url, mode],
  )
}
