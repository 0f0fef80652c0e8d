/**
 * Goal: the flight recorder has everything once and in order, whatever becomes of the server and of
 * those who are told.
 * Method: a real process that is driven through what can happen to it, killed and started again;
 * what was done is compared with the history, the stream and what a bad receiver of webhooks got.
 */

import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Event } from '../../src/control/history/event.ts'
import { openStream } from '../admin/event-reader.ts'
import { eventually } from '../support/eventually.ts'
import { portsOf } from './caches.ts'
import { HEAD, type Site, siteOf, siteWith } from './site.ts'

const REGISTER = 'register: { networks: [192.0.2.0/24], lease: 30s, members: 9 }'

describe('the flight recorder', () => {
  it('has all that happened once and in order, over a kill and a restart', async () => {
    const backend = await backendAt()
    const yaml = `
checks: { web: { tcp: { port: ${backend.port} }, interval: 1s, fast_interval: 100ms, fall: 2, rise: 2 } }
pools:
  web: { check: web, members: { a: 127.0.0.1 }, when_all_down: [last_good for 1s, nodata] }
  own: { ${REGISTER}, members: { a: 192.0.2.1, b: 192.0.2.2 } }
names:
  www.example.test: { pool: web }
  own.example.test: { pool: own }
`
    const first = await siteOf(yaml)
    await eventually(async () => (await first.status()).pools[0]!.members[0]!.isServing)
    const done: string[] = ['start']
    await override(first, 'own/a', 'drain', done)
    await register(first, 'x', done)
    await first.api('POST /api/v1/pools/own/members/x/heartbeat', {})
    await register(first, 'x')
    await first.api('DELETE /api/v1/pools/own/members/x')
    done.push('registration left own/x')
    await override(first, 'own/a', 'up', done)
    expect((await first.api('DELETE /api/v1/overrides/own/a?by=ana')).status).toBe(200)
    done.push('override ended own/a up')
    expect((await first.api('DELETE /api/v1/overrides/own/a?by=ana')).status).toBe(404)
    expect((await first.api('POST /api/v1/reload')).status).toBe(200)
    done.push('reload taken')
    first.files.rewrite('rota.yaml', 'zones: 5')
    expect((await first.api('POST /api/v1/reload')).status).toBe(422)
    done.push('reload refused')
    first.files.rewrite('rota.yaml', `${HEAD}${yaml}`)
    await backend.close()
    done.push('flip down', 'ladder web last_good', 'ladder web nodata')
    await has(first, 'ladder web nodata')
    await backend.open()
    done.push('flip up', 'ladder web recovered')
    await has(first, 'ladder web recovered')
    expect(await historyOf(first)).toEqual(done)

    await override(first, 'own/b', 'drain', done)
    first.process.signal('SIGKILL')
    await first.process.ended
    const second = await siteWith(first.files)
    done.push('start')
    await register(second, 'y', done)
    expect(await historyOf(second)).toEqual(done)
    await second.process.stop()
    const third = await siteWith(first.files)
    done.push('stop', 'start')
    expect(await historyOf(third)).toEqual(done)
  })

  it('goes on in a stream where its reader was, without loss or doubles, while events come', async () => {
    const site = await siteOf(`
pools: { own: { ${REGISTER}, members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { own.example.test: { pool: own } }
`)
    let isOver = false
    const happening = (async () => {
      for (let count = 0; !isOver; count++) {
        const word = count % 2 === 0 ? 'drain' : 'up'
        await override(site, 'own/a', word)
      }
    })()
    const ids: number[] = []
    // Each reader goes away after a while, and the next goes on after what it has read.
    for (let visit = 0; visit < 8; visit++) {
      const fields = [`Last-Event-ID: ${ids.at(-1) ?? 0}`]
      const reader = openStream(portsOf(site).http, { fields })
      await reader.until(() => reader.told().length >= 8, 'events')
      const told = reader.told()
      reader.socket.destroy()
      expect(told.map(({ kind }) => kind)).not.toContain('gap')
      ids.push(...told.map(({ id }) => Number(id)))
    }
    isOver = true
    await happening
    expect(ids).toEqual(ids.map((_, index) => index + 1))
  })

  it('reaches a receiver that fails, is silent and finds the server restarted, in order', async () => {
    const receiver = await receiverOf()
    const kinds = 'events: [override, registration, start, stop, reload]'
    const yaml = `
webhooks: [{ url: "http://127.0.0.1:${receiver.port}/hook", ${kinds} }]
pools: { own: { ${REGISTER}, members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { own.example.test: { pool: own } }
`
    const first = await siteOf(yaml)
    await eventually(() => receiver.took.length === 1)
    receiver.moods.push('reset', 500, 429, 'silent')
    await override(first, 'own/a', 'drain')
    await register(first, 'x')
    await eventually(() => receiver.moods.length === 0)
    first.process.signal('SIGKILL')
    await first.process.ended
    const second = await siteWith(first.files)
    await override(second, 'own/a', 'up')
    const wanted = ['start', 'override', 'registration', 'start', 'override']
    await eventually(() => receiver.took.length >= wanted.length)
    expect(receiver.took.map(({ kind }) => kind)).toEqual(wanted)
    expect(receiver.took.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
  })
})

async function override(site: Site, label: string, word: string, done?: string[]): Promise<void> {
  const [pool, member] = label.split('/')
  const body = { pool, member, word, reason: 'disk swap', author: 'ana' }
  expect((await site.api('POST /api/v1/overrides', body)).status).toBe(200)
  done?.push(`override set ${label} ${word}`)
}

async function register(site: Site, name: string, done?: string[]): Promise<void> {
  const answer = await site.api('POST /api/v1/pools/own/members', { name, v4: '192.0.2.9' })
  expect([200, 201]).toContain(answer.status)
  done?.push(`registration joined own/${name}`)
}

/** By the command, the oldest first; ids grow by one from the first. */
async function historyOf(site: Site): Promise<string[]> {
  const lines = (await site.command('history', '--json', '--limit', '1000')).trim().split('\n')
  const events = lines.map((line) => JSON.parse(line) as Event)
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1))
  const moments = events.map(({ at }) => at)
  expect(moments).toEqual([...moments].sort())
  return events.map(shortOf)
}

async function has(site: Site, what: string): Promise<void> {
  await eventually(
    async () => {
      const { events } = (await site.api('GET /api/v1/history')).value as { events: Event[] }
      return events.some((event) => shortOf(event) === what)
    },
    { what },
  )
}

function shortOf(event: Event): string {
  switch (event.kind) {
    case 'flip':
      return `flip ${event.to}`
    case 'ladder':
      return `ladder ${event.pool} ${event.step ?? 'recovered'}`
    case 'override':
      return `override ${event.action} ${event.pool}/${event.member} ${event.word}`
    case 'registration':
      return `registration ${event.action} ${event.pool}/${event.member}`
    case 'reload':
      return `reload ${event.isTaken ? 'taken' : 'refused'}`
    default:
      return event.kind
  }
}

/** A backend that can go away and come back. */
async function backendAt() {
  const server = createServer((socket) => socket.on('error', () => {}).end())
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const close = () => new Promise((resolve) => server.close(resolve))
  return { port, close, open: () => listen(port) }
}

type Mood = number | 'reset' | 'silent'

/** A receiver in a bad mood, one for each request, that takes everything after that. */
async function receiverOf() {
  const took: Event[] = []
  const moods: Mood[] = []
  const server: HttpServer = createHttpServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const mood = moods.shift() ?? 204
    if (mood === 'reset') return void request.socket.destroy()
    if (mood === 'silent') return
    if (mood === 204) took.push(JSON.parse(body) as Event)
    response.writeHead(mood, { 'retry-after': '1' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, took, moods }
}
