/**
 * Goal: each receiver of webhooks is told what it may be told, as often as it lets itself be told,
 * and the figures say what became of it; a path that is a secret stays one.
 * Method: a real process and three receivers of different manners: one takes all, one refuses for
 * good, one sends elsewhere; secrets are changed and checked by each delivery.
 */

import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Event } from '../../src/control/history/event.ts'
import { openStream } from '../admin/event-reader.ts'
import { valuesOf } from '../admin/metrics/scrape.ts'
import { eventually } from '../support/eventually.ts'
import { portsOf } from './caches.ts'
import { type Site, siteOf } from './site.ts'

const HIDDEN = 'nobody-may-read-this-path'
const [OLD, NEW] = ['the secret of before', 'the secret that came after']

describe('receivers', () => {
  it('are told one by one, signed by the secret of the moment, and counted', async () => {
    const [willing, refusing, elsewhere] = await Promise.all([
      receiverAt('127.0.0.1', 204),
      receiverAt('127.0.0.2', 401),
      receiverAt('127.0.0.3', 302),
    ])
    const events = 'events: [override, start]'
    const site = await siteOf(
      `
webhooks:
  - { url: "${willing.url}", secret_file: secret, ${events} }
  - { url: "${refusing.url}", ${events} }
  - { url: "${elsewhere.url}", events: [override] }
pools: { web: { members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web } }
`,
      { files: { secret: `${OLD}\n` } },
    )
    await eventually(() => willing.got.length === 1)
    site.files.rewrite('secret', `${NEW}\n`)
    await override(site, 'drain')
    await eventually(() => willing.got.length === 2)
    await override(site, 'up')
    await eventually(() => [willing, refusing].every(({ got }) => got.length === 3))
    await eventually(() => elsewhere.got.length === 2)
    for (const [index, secret] of [OLD, NEW, NEW].entries()) {
      const { body, headers } = willing.got[index]!
      const event = JSON.parse(body) as Event
      expect(headers).toMatchObject({
        'x-rota-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        'x-rota-event': event.kind,
        'x-rota-delivery': String(event.id),
        'content-type': expect.stringContaining('application/json'),
      })
    }
    expect(refusing.got[0]!.headers).not.toHaveProperty('x-rota-signature')
    expect(willing.got.map(({ body }) => body)).toEqual(refusing.got.map(({ body }) => body))
    // The same as the API and the stream tell.
    const { events: told } = (await site.api('GET /api/v1/history')).value as { events: Event[] }
    expect(willing.got.map(({ body }) => JSON.parse(body))).toEqual(told.reverse())

    let text = ''
    await eventually(async () => {
      text = (await site.api('GET /metrics')).text
      const waiting = Object.values(valuesOf(text, 'rota_webhook_waiting'))
      return waiting.length > 0 && waiting.every((count) => count === 0)
    })
    const counts = valuesOf(text, 'rota_webhook_events_total')
    const nonzero = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
    expect(nonzero).toEqual({
      [`${willing.host} delivered`]: 3,
      [`${refusing.host} failed`]: 3,
      [`${elsewhere.host} failed`]: 2,
    })
    expect(Object.values(valuesOf(text, 'rota_webhook_retries_total')).every((n) => n === 0)).toBe(
      true,
    )
    const shown = [text, site.process.output(), await site.command('status', '--json')].join()
    expect(shown).not.toContain(HIDDEN)
    expect(shown).not.toContain(NEW)
  })
})

describe('a stream of events', () => {
  it('goes on from any place that can be named, and refuses what is none', async () => {
    const site = await siteOf(`
pools: { web: { members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web } }
`)
    for (const word of ['drain', 'up', 'drain']) await override(site, word)
    const { http } = portsOf(site)
    const idsFrom = async (path: string, fields: readonly string[], count: number) => {
      const reader = openStream(http, { path, fields })
      await reader.until(() => reader.told().length >= count && reader.ticks() > 0, 'events')
      return reader.told().map(({ id, kind }) => id ?? kind)
    }
    expect(await idsFrom('/api/v1/events?after=2', [], 2)).toEqual(['3', '4'])
    expect(await idsFrom('/api/v1/events', ['Last-Event-ID: 0'], 4)).toEqual(['1', '2', '3', '4'])
    expect(await idsFrom('/api/v1/events', ['Last-Event-ID: 4'], 0)).toEqual([])
    // A browser sends what it knows latest, whatever its address says.
    expect(await idsFrom('/api/v1/events?after=0', ['Last-Event-ID: 3'], 1)).toEqual(['4'])
    for (const nonsense of ['x', '-1', '1.5', '99999999999999999999']) {
      const answer = await site.api(`GET /api/v1/events?after=${nonsense}`)
      expect([nonsense, answer.status]).toEqual([nonsense, 422])
    }
    // Of a history that this server does not have, such as one that was lost: it says so.
    expect((await idsFrom('/api/v1/events', ['Last-Event-ID: 77'], 1))[0]).toBe('gap')
  })
})

async function override(site: Site, word: string): Promise<void> {
  const body = { pool: 'web', member: 'a', word, reason: 'disk swap', author: 'ana' }
  expect((await site.api('POST /api/v1/overrides', body)).status).toBe(200)
}

interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

async function receiverAt(address: string, status: number) {
  const got: Delivery[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    got.push({ headers: request.headers, body })
    response.writeHead(status, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  onTestFinished(() => void server.close())
  const host = `${address}:${(server.address() as AddressInfo).port}`
  return { got, host, url: `http://${host}/${HIDDEN}` }
}
