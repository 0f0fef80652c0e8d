/**
 * Receivers of webhooks on real sockets, which behave as they are told, and webhooks to post to them
 * by a manual clock.
 */

import { rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import type { WebhookConfig } from '../../../src/config/config.ts'
import { readWebhookUrl } from '../../../src/config/values/webhook-values.ts'
import type { Event, Happening } from '../../../src/control/history/event.ts'
import { Recorder } from '../../../src/control/history/recorder.ts'
import { Webhooks } from '../../../src/control/history/webhooks/webhooks.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { ManualClock } from '../../support/manual-clock.ts'

type Behaviour = number | 'hang' | 'slow' | 'endless' | Readonly<Record<string, string | number>>

interface Got {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly event: Event
}

/** A receiver that behaves once each as it is told, and from then on well. */
export async function receiverWith(...behaviours: Behaviour[]) {
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

/** How an operator writes one that wants flips. */
export function receiverConfig(text: string): WebhookConfig {
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

/** The port of a server that ends with the test. */
export async function listening(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Webhooks over a history of their own, or that of a process before; what they said, and done. */
export function bench({
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

export function flip(member: string): Happening {
  const between = { from: 'up', to: 'down', evidence: 'connection refused' }
  return { kind: 'flip', members: [member], address: '192.0.2.1', check: 'web', ...between }
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets what the sockets have to say be heard. */
export async function settledSockets(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Lets time go by in steps, so that what is read from files or sockets has its turn. */
export async function pass(clock: ManualClock, spanMs: number): Promise<void> {
  for (let step = 0; step < 10; step++) {
    await settledSockets()
    await clock.advance(spanMs / 10)
  }
  await settledSockets()
}
