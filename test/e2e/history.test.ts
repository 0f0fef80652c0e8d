/**
 * Goal: what happened to a server can be asked for after it was stopped or killed, and whoever is to
 * be told of it is.
 * Method: a real process with a backend that goes away, and a receiver of webhooks beside it.
 */

import { createHmac } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Event } from '../../src/control/history/event.ts'
import { eventually } from '../support/eventually.ts'
import { folderOf } from './rota.ts'
import { HEAD, type Site, siteOf, siteWith } from './site.ts'

const SECRET = 'a secret that both of them have'

describe('the history of a server', () => {
  it('tells what happened, to who asks and to who is told, over a stop and a kill', async () => {
    const backend = await listening(createServer((socket) => socket.destroy()))
    const receiver = await receiving()
    const yaml = `
webhooks:
  - { url: "http://127.0.0.1:${receiver.port}/hook", secret_file: secret, events: [flip, ladder, stop] }
checks: { web: { tcp: { port: ${backend.port} }, interval: 1s, fast_interval: 100ms, fall: 2 } }
pools: { web: { check: web, members: { a: 127.0.0.1 }, when_all_down: nodata } }
names: { www.example.test: { pool: web } }
`
    const first = await siteOf(yaml, { files: { secret: `${SECRET}\n` } })
    await backend.close()
    await eventually(() => receiver.kinds().includes('ladder'))
    await first.command('drain', 'web/a', '--by', 'ana', '--reason', 'it is dead')
    first.files.rewrite('rota.yaml', 'zones: 5')
    first.process.signal('SIGHUP')
    await eventually(() => first.logged('reload refused: nothing has changed').length > 0)
    expect(await linesOf(first)).toEqual([
      'start',
      expect.stringMatching(/^flip web\/a down .*refused/),
      'ladder web v4 nodata',
      'override set web/a drain',
      expect.stringMatching(/^reload refused .*zones must be a map/),
    ])
    const words = await first.command('history', '--about', 'web', '--limit', '2')
    expect(words).toMatch(/has failed \(0 healthy, 1 needed\): answers by step "nodata"\n/)
    expect(words).toMatch(/web\/a overridden drain by ana: it is dead\n$/)

    first.files.rewrite('rota.yaml', `${HEAD}${yaml}`)
    expect(await first.process.stop()).toBe(0)
    await eventually(() => receiver.kinds().includes('stop'))
    expect(receiver.kinds()).toEqual(['flip', 'ladder', 'stop'])

    const second = await siteWith(first.files)
    const file = `${folderOf(first.files)}state/history.jsonl`
    const forOne = ['--for', '1s', '--by', 'ana', '--reason', 'a moment']
    await second.command('override', 'web/a', 'down', ...forOne)
    const overWall = Date.now() + 1_000
    await eventually(() => readFileSync(file, 'utf8').includes('"id":9,'))
    second.process.signal('SIGKILL')
    await second.process.ended
    appendFileSync(file, '{"id":99,"at":"20')
    await eventually(() => Date.now() > overWall) // While nobody is there.
    const third = await siteWith(first.files)
    expect((await linesOf(third)).slice(5)).toEqual([
      'stop',
      'ladder web v4 nodata',
      'start',
      'override set web/a down',
      'override expired web/a down',
      'ladder web v4 nodata',
      'start',
    ])
    expect(third.log().some(({ msg }) => msg.includes('17 octets of history.jsonl'))).toBe(true)
  })
})

/** What the API has, the oldest first, in short. */
async function linesOf(site: Site): Promise<string[]> {
  const { events } = (await site.api('GET /api/v1/history')).value as { events: Event[] }
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => events.length - index))
  return events.reverse().map(shortOf)
}

function shortOf(event: Event): string {
  switch (event.kind) {
    case 'flip':
      return `flip ${event.members.join()} ${event.to} ${event.evidence}`
    case 'ladder':
      return `ladder ${event.pool} ${event.family} ${event.step}`
    case 'override':
      return `override ${event.action} ${event.pool}/${event.member} ${event.word}`
    case 'reload':
      return `reload ${event.isTaken ? 'taken' : 'refused'} ${event.problem}`
    default:
      return event.kind
  }
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => new Promise((resolve) => server.close(resolve))
  onTestFinished(async () => void (await close()))
  return { port: (server.address() as AddressInfo).port, close }
}

/** A receiver that takes what is signed. */
async function receiving() {
  const got: Event[] = []
  const server = createHttpServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
    const isSigned = request.headers['x-rota-signature'] === signature
    if (isSigned) got.push(JSON.parse(body) as Event)
    response.writeHead(isSigned ? 204 : 401).end()
  })
  const { port } = await listening(server)
  return { port, kinds: () => got.map(({ kind }) => kind) }
}
