/** Asks a server as a resolver does, and reads what comes. Sockets are closed with the test. */

import { onTestFinished } from 'vitest'

import { decodeMessage } from '../../src/wire/message.ts'
import { type Asker, openAsker } from './ask.ts'
import { type Reply, replyOf } from './authority.ts'
import { type Manner, requestFor } from './request.ts'

/** An asker that is closed when the test is over. */
export async function askerOf(port: number, address = '127.0.0.1'): Promise<Asker> {
  const asker = await openAsker(port, address)
  onTestFinished(() => asker.close())
  return asker
}

/** Asks and reads the answer; undefined for silence. */
export async function askFor(
  asker: Asker,
  question: string,
  manner: Manner & { readonly timeoutMs?: number } = {},
): Promise<Reply | undefined> {
  const octets = await asker.ask(requestFor(question, manner), manner.timeoutMs)
  if (!octets) return undefined
  const message = decodeMessage(octets)
  if (!message) throw new Error(`the answer to ${question} does not decode`)
  return replyOf(message, octets)
}

/** The data of an answer's records, or its RCODE where it has none, or `silence`. */
export function dataOf(reply: Reply | undefined): string {
  if (!reply) return 'silence'
  const texts = reply.message.answer.map(({ text }) => text)
  return texts.length > 0 ? texts.join(' ') : reply.rcode
}
