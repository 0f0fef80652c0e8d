/**
 * Goal: each receiver gets each event that it wants, in order, however it behaves meanwhile; and one
 * that behaves badly costs bounded room, and nobody else anything.
 * Method: receivers on real sockets that answer as they are told, and a manual clock.
 */

import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { WebhookConfig } from '../../../src/config/config.ts'
import { readWebhookUrl } from '../../../src/config/values/webhook-values.ts'
import type { Event, Happening } from '../../../src/control/history/event.ts'
import { Recorder } from '../../../src/control/history/recorder.ts'
import { TRIES_MAX, WAITING_MAX } from '../../../src/control/history/webhooks/webhook.ts'
import { Webhooks } from '../../../src/control/history/webhooks/webhooks.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('a receiver that takes what it gets', () => {
  it('gets each event of its kinds as JSON, in order', async () => {
    const receiver = await receiverWith()
    const { history, webhooks } = bench()
    history.record(flip('web/before'))
    webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    for (const name of ['a', 'b']) history.record(flip(`web/${name}`))
    history.record({ kind: 'respawn', endpoint: '127.0.0.1:53', reason: 'it died' })
    history.record({ kind: 'stop' })
    await until(() => receiver.got.length === 3)
    expect(receiver.got.map(({ event }) => event)).toEqual([
      { id: 2, at: '2026-01-01T00:00:00.000Z', ...flip('web/a') },
      { id: 3, at: '2026-01-01T00:00:00.000Z', ...flip('web/b') },
      { id: 5, at: '2026-01-01T00:00:00.000Z', kind: 'stop' },
    ])
    expect(receiver.got[2]).toMatchObject({
      method: 'POST',
      path: '/hook?key=1',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'rota/1.2.3',
        'x-rota-event': 'stop',
        'x-rota-delivery': '5',
      },
    })
    expect(receiver.got[2]!.headers).not.toHaveProperty('x-rota-signature')
    await until(() => webhooks.figures()[0]!.delivered === 3)
    expect(webhooks.figures()).toEqual([
      { host: receiver.host, delivered: 3, retried: 0, failed: 0, dropped: 0, waiting: 0 },
    ])
  })

  it('gets also what happens just as it has taken the last', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, onDone } = bench()
    webhooks.take([receiver.config()])
    onDone.push(() => queueMicrotask(() => history.record(flip('web/b'))))
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 1)
    await settledSockets()
    expect(receiver.ids()).toEqual([1, 2])
  })

  it('can tell by the secret of both that nobody else posts, also when that is changed', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, secretFile, writeSecret } = bench()
    webhooks.take([receiver.config({ secretFile })])
    for (const secret of ['sixteen octets !', 'another of sixteen']) {
      writeSecret(`${secret}\n`)
      history.record(flip('web/a'))
      await until(() => receiver.got.length > 0)
      const { body, headers } = receiver.got.pop()!
      const digest = createHmac('sha256', secret).update(body).digest('hex')
      expect(headers['x-rota-signature']).toBe(`sha256=${digest}`)
    }
  })

  it('is not posted to without its secret, and is once that is back', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock, words, secretFile, writeSecret } = bench()
    webhooks.take([receiver.config({ secretFile })])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('its secret cannot be read: there is no such file')
    writeSecret('short')
    await pass(clock, 2_000)
    expect(receiver.got).toEqual([])
    writeSecret('long enough to be one')
    // However long the file takes to be read, meanwhile and now.
    while (receiver.got.length === 0) await pass(clock, 1_000)
  })
})

describe('a receiver that fails', () => {
  it('gets the event again after a while, and the others after it', async () => {
    const receiver = await receiverWith(500, 503)
    const { history, webhooks, clock, words } = bench({ random: () => 0 })
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[0]!.retried === 1)
    await clock.advance(499)
    expect(receiver.ids()).toEqual([1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.retried === 2)
    await clock.advance(999)
    expect(receiver.ids()).toEqual([1, 1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.delivered === 2)
    expect(receiver.ids()).toEqual([1, 1, 1, 2])
    expect(words).toEqual(['does not take events, which wait: status 500', 'takes events again'])
  })

  it('is waited for no longer than ten seconds where it hangs', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 1)
    await clock.advance(9_999)
    expect(words).toEqual([])
    await clock.advance(1)
    await until(() => words.length === 1)
    expect(words[0]).toContain('no answer in time')
    await pass(clock, 1_000)
    await until(() => webhooks.figures()[0]!.delivered === 1)
  })

  it('has taken the event where its status says so, however slow or long the rest is', async () => {
    const receiver = await receiverWith('slow', 'endless')
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 1)
    await settledSockets()
    await clock.advance(10_000)
    await until(() => webhooks.figures()[0]!.delivered === 1)
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[0]!.delivered === 2)
  })

  it('is tried until it listens', async () => {
    const receiver = await receiverWith()
    await receiver.close()
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('connection refused')
    await receiver.listen()
    await pass(clock, 2_000)
    await until(() => receiver.got.length === 1)
  })

  it('is given up for one event after so many tries, and asked no oftener for the next', async () => {
    const receiver = await receiverWith(...Array.from({ length: TRIES_MAX }, () => 500))
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      await until(() => {
        const { retried, failed } = webhooks.figures()[0]!
        return retried + failed === tries
      })
      await clock.advance(Math.min(300_000, 1_000 * 2 ** (tries - 1)))
    }
    await until(() => webhooks.figures()[0]!.delivered === 1)
    expect(receiver.ids().slice(-2)).toEqual([1, 2])
    expect(webhooks.figures()).toMatchObject([{ retried: TRIES_MAX - 1, failed: 1 }])
  })

  it('costs the oldest events once too many wait, and that is said once', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/0'))
    await until(() => receiver.got.length === 1)
    for (let number = 1; number <= WAITING_MAX + 5; number++) history.record(flip(`web/${number}`))
    expect(webhooks.figures()).toMatchObject([{ dropped: 5, waiting: WAITING_MAX + 1 }])
    expect(words).toEqual([`more than ${WAITING_MAX} events wait; the oldest go`])
    await clock.advance(10_000)
    await pass(clock, 1_000)
    await until(() => webhooks.figures()[0]!.delivered === WAITING_MAX + 1)
    expect(receiver.ids().slice(0, 4)).toEqual([1, 1, 7, 8])
  })

  it('keeps nobody else waiting', async () => {
    const [bad, good] = [await receiverWith('hang'), await receiverWith()]
    const { history, webhooks } = bench()
    webhooks.take([bad.config(), good.config()])
    history.record(flip('web/a'))
    await until(() => good.got.length === 1)
  })
})

describe('a receiver that refuses', () => {
  it.each([400, 401, 404, 410, 422])(
    'with %i is not asked to take the same again',
    async (status) => {
      const receiver = await receiverWith(status)
      const { history, webhooks, words } = bench()
      webhooks.take([receiver.config()])
      history.record(flip('web/a'))
      history.record(flip('web/b'))
      await until(() => webhooks.figures()[0]!.delivered === 1)
      expect(receiver.ids()).toEqual([1, 2])
      expect(webhooks.figures()).toMatchObject([{ failed: 1, retried: 0 }])
      expect(words[0]).toBe(`refuses events, which are given up: status ${status}`)
    },
  )

  it('by sending it elsewhere is not followed there', async () => {
    const elsewhere = await receiverWith()
    const receiver = await receiverWith({ status: 307, location: `http://${elsewhere.host}/` })
    const { history, webhooks, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('status 307; redirects are not followed')
    expect(elsewhere.got).toEqual([])
  })

  it.each([
    ['in seconds', () => '30', 30_000],
    ['by a date', (wall: number) => new Date(wall + 20_000).toUTCString(), 20_000],
    ['for longer than an incident lasts', () => '86400', 900_000],
    ['in words that nobody knows', () => 'soon', 500],
  ])('for a while is asked after it, said %s', async (_, retryAfterOf, waitMs) => {
    const { history, webhooks, clock } = bench({ random: () => 0 })
    const receiver = await receiverWith({ status: 429, 'retry-after': retryAfterOf(clock.wall()) })
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => webhooks.figures()[0]!.retried === 1)
    await clock.advance(waitMs - 1)
    await settledSockets()
    expect(receiver.ids()).toEqual([1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.delivered === 1)
  })

  it('to show a certificate that can be trusted gets nothing', async () => {
    const got: string[] = []
    const server = createTlsServer(
      { cert: TEST_CERTIFICATE, key: TEST_KEY },
      ({ url }, response) => {
        got.push(url!)
        response.end()
      },
    )
    const port = await listening(server)
    const { history, webhooks, words } = bench()
    const url = `https://localhost:${port}/`
    webhooks.take([{ ...receiverConfig(url), events: ['flip'] }])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('certificate')
    expect(got).toEqual([])
  })
})

describe('a reload', () => {
  it('changes the kinds, lets go of who is gone, and begins with who is new', async () => {
    const [kept, gone, fresh] = await Promise.all([
      receiverWith('hang'),
      receiverWith(),
      receiverWith(),
    ])
    const { history, webhooks, clock } = bench()
    webhooks.take([kept.config({ events: ['flip', 'stop'] }), gone.config()])
    history.record(flip('web/a'))
    history.record({ kind: 'stop' })
    await until(() => kept.got.length === 1 && gone.got.length === 1)
    webhooks.take([kept.config({ events: ['flip'] }), fresh.config()])
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[1]!.delivered === 1)
    await clock.advance(10_000)
    await pass(clock, 1_000)
    await until(() => kept.got.length === 3)
    expect(kept.ids()).toEqual([1, 1, 3])
    expect(fresh.ids()).toEqual([3])
    expect(gone.ids()).toEqual([1])
  })
})

describe('a webhook that is taken away', () => {
  it('posts nothing more of what waited', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    await until(() => receiver.got.length === 1)
    webhooks.take([])
    await clock.advance(10_000)
    await pass(clock, 2_000)
    expect(receiver.ids()).toEqual([1])
    expect(webhooks.figures()).toEqual([])
    expect(words).toEqual([])
  })
})

describe('the counts of a host', () => {
  it('never go back while it has a receiver, whichever of them go', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock } = bench()
    const at = (path: string) => receiverConfig(`http://${receiver.host}/${path}`)
    const delivered = () => webhooks.figures().reduce((sum, one) => sum + one.delivered, 0)
    webhooks.take([at('a'), at('b')])
    history.record(flip('web/a'))
    await until(() => delivered() === 2)
    webhooks.take([at('b')])
    expect(delivered()).toBe(2)
    webhooks.take([at('c')])
    history.record(flip('web/b'))
    await until(() => delivered() === 3)
    webhooks.take([])
    expect(webhooks.figures()).toEqual([])
    webhooks.take([at('a')])
    expect(delivered()).toBe(0)
    await clock.advance(0)
  })
})

describe('an end', () => {
  it('waits a while for those who answer, and the next process goes on from there', async () => {
    const receiver = await receiverWith(200, 'hang')
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    history.record({ kind: 'stop' })
    await until(() => receiver.got.length === 2)
    const stopped = webhooks.stop(2_000)
    await clock.advance(2_000)
    await stopped
    const { positions } = webhooks
    expect(Object.values(positions)).toEqual([1])
    expect(JSON.stringify(positions)).not.toContain('hook')

    const next = bench({ history })
    next.webhooks.recall(positions)
    next.webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    history.record(flip('web/c'))
    await until(() => next.webhooks.figures()[0]!.delivered === 3)
    expect(receiver.ids()).toEqual([1, 2, 2, 3, 4])
  })

  it('delivers its own event, and is over at once where nothing waits', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config({ events: ['stop'] })])
    history.record({ kind: 'stop' })
    await webhooks.stop(2_000)
    expect(receiver.ids()).toEqual([1])
    expect(Object.values(webhooks.positions)).toEqual([1])
    expect(clock.pendingCount).toBe(0)
  })

  it('waits no longer for a secret that hangs, and posts nothing after it', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock, secretFile } = bench()
    execFileSync('mkfifo', [secretFile.path])
    webhooks.take([receiver.config({ secretFile })])
    history.record(flip('web/a'))
    await settledSockets()
    const stopped = webhooks.stop(2_000)
    await clock.advance(2_000)
    await stopped
    await writeFile(secretFile.path, 'sixteen octets !')
    await settledSockets()
    expect(receiver.got).toEqual([])
    expect(Object.values(webhooks.positions)).toEqual([0])
  })

  it('does not wait for one that fails', async () => {
    const receiver = await receiverWith(500)
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    await webhooks.stop(2_000)
    expect(Object.values(webhooks.positions)).toEqual([0])
    expect(clock.pendingCount).toBe(0)
  })
})

type Behaviour = number | 'hang' | 'slow' | 'endless' | Readonly<Record<string, string | number>>

interface Got {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly event: Event
}

/** A receiver that behaves once each as it is told, and from then on well. */
async function receiverWith(...behaviours: Behaviour[]) {
  const got: Got[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method, url: path, headers } = request
    const behaviour = behaviours.shift() ?? 204
    got.push({ method, path, headers, body, event: JSON.parse(body) as Event })
    behave(response, behaviour)
  })
  const port = await listening(server)
  const host = `127.0.0.1:${port}`
  return {
    ...{ got, host },
    ids: () => got.map(({ event }) => event.id),
    config: (some: Partial<WebhookConfig> = {}) => ({
      ...receiverConfig(`http://${host}/hook?key=1`),
      ...some,
    }),
    close: () => new Promise((resolve) => server.close(resolve)),
    listen: () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve)),
  }
}

function behave(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour === 'hang') return
  if (behaviour === 'slow') {
    response.writeHead(200).write('a')
  } else if (behaviour === 'endless') {
    response.writeHead(200)
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    }
    response.on('drain', more)
    more()
  } else if (typeof behaviour === 'number') response.writeHead(behaviour).end('{}')
  else {
    const { status, ...headers } = behaviour
    response.writeHead(Number(status), headers).end()
  }
}

function receiverConfig(text: string): WebhookConfig {
  const url = readWebhookUrl(text)
  if (typeof url !== 'string') throw new Error(url.fault)
  return { place: { file: 'rota.yaml', line: 1, column: 1 }, url, events: ['flip'] }
}

interface Listening {
  listen(port: number, host: string, done: () => void): unknown
  close(): unknown
  closeAllConnections(): void
  address(): string | AddressInfo | null
}

async function listening(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function bench({
  random = () => 0.999,
  history,
}: {
  random?: () => number
  history?: Recorder
} = {}) {
  const folder = temporaryFolder('webhooks')
  onTestFinished(() => folder.remove())
  const clock = new ManualClock()
  const words: string[] = []
  const onDone: (() => void)[] = []
  const silent = () => {}
  const recorder =
    history ?? new Recorder({ clock, onFault: silent, onCaughtUp: silent, onDamage: silent })
  const webhooks = new Webhooks({
    ...{ history: recorder, clock, random, version: '1.2.3' },
    onWord: ({ message }) => words.push(message),
    onDone: () => onDone.shift()?.(),
  })
  onTestFinished(async () => {
    const stopped = webhooks.stop(0)
    await clock.advance(0)
    await stopped
  })
  const path = join(folder.path, 'secret')
  const secretFile = { path, place: { file: 'rota.yaml', line: 1, column: 1 } }
  const writeSecret = (text: string) => {
    rmSync(path, { force: true })
    writeFileSync(path, text)
  }
  return { history: recorder, webhooks, clock, words, onDone, secretFile, writeSecret }
}

function flip(member: string): Happening {
  const between = { from: 'up', to: 'down', evidence: 'connection refused' }
  return { kind: 'flip', members: [member], address: '192.0.2.1', check: 'web', ...between }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets what the sockets have to say be heard. */
async function settledSockets(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets time go by in steps, so that what is read from files or sockets has its turn. */
async function pass(clock: ManualClock, spanMs: number): Promise<void> {
  for (let step = 0; step < 10; step++) {
    await settledSockets()
    await clock.advance(spanMs / 10)
  }
  await settledSockets()
}
