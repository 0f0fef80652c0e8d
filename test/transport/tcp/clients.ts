/** A server of DNS over TCP with small limits, and clients of it that behave as a test wants. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

import { decodeMessage } from '../../../src/wire/message.ts'
import { createFramer, feedFramer, frameMessage } from '../../../src/wire/frame.ts'
import { createCounters } from '../../../src/transport/counters.ts'
import type { TcpLimits } from '../../../src/transport/tcp/limits.ts'
import { createTcpServer } from '../../../src/transport/tcp/server.ts'
import { authority } from '../../support/authority.ts'
import { requestFor } from '../../support/request.ts'

/** `h0` and so on. */
export const HOSTS = 250
const ZONE = `$ORIGIN example.test.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
${lines(HOSTS, (i) => `h${i} IN A 198.51.100.${i}`)}
${lines(200, (i) => `large IN TXT "${i} ${'x'.repeat(240)}"`)}
`
export const { engine } = authority({ 'example.test': ZONE })
/** The octets of the longest answer, TXT of `large`, without its frame. */
export const LARGE_OCTETS = 50_000

interface Client {
  readonly socket: Socket
  /** Resolves to the first messages that came, once there are so many. */
  messages(count: number): Promise<Uint8Array[]>
  /** Resolves to all messages so far, once they are enough. */
  until(isEnough: (all: readonly Uint8Array[]) => boolean): Promise<readonly Uint8Array[]>
  /** The data of the first answers' only records. */
  answers(count: number): Promise<string[]>
}

/** A server that answers, and ends with the test. */
export async function started(limits: Partial<TcpLimits> = {}, address = '127.0.0.1') {
  const counters = createCounters()
  const server = createTcpServer({ endpoint: { address, port: 0 }, engine, counters, limits })
  const { port } = await server.open()
  server.start()
  onTestFinished(() => server.stop())
  return { server, port, counters }
}

/** Connects; rejects where nobody listens. The connection is gone when the test is over. */
export async function dial(
  port: number,
  address = '127.0.0.1',
  localAddress?: string,
): Promise<Client> {
  const socket = connect({
    port,
    host: address,
    allowHalfOpen: true,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  onTestFinished(() => void socket.destroy())
  const messages: Uint8Array[] = []
  let wake = () => {}
  const framer = createFramer()
  socket.on('data', (chunk) => {
    feedFramer(framer, chunk, (message) => messages.push(Uint8Array.from(message)))
    wake()
  })
  socket.once('end', () => socket.end())
  socket.once('close', () => wake())
  await once(socket, 'connect')
  // A refused or reset connection is what some tests are about; `close` follows.
  socket.on('error', () => {})
  const client: Client = {
    socket,
    async until(isEnough) {
      while (!isEnough(messages)) {
        if (socket.closed) throw new Error(`closed after ${messages.length}`)
        await new Promise((resolve) => {
          wake = () => resolve(undefined)
        })
      }
      return messages
    },
    async messages(count) {
      return (await client.until((all) => all.length >= count)).slice(0, count)
    },
    async answers(count) {
      const found = await client.messages(count)
      return found.map((message) =>
        decodeMessage(message)!
          .answer.map(({ text }) => text)
          .join(),
      )
    },
  }
  return client
}

/** A question as it stands in a stream. */
export function query(question: string): Uint8Array {
  return frameMessage(requestFor(question))
}

/** What `h<host>` is answered. */
export function addressOf(host: number): string {
  return `198.51.100.${host}`
}

function lines(count: number, lineOf: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => lineOf(index)).join('\n')
}

/** One turn of the event loop, in which the server reads what was written. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
