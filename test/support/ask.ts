/**
 * Asking a server over UDP. One asker is one socket; replies find their questions by message ID, so
 * many questions may be under way at once.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface Asker {
  /**
   * Sends one message and resolves to its reply, or to undefined after `timeoutMs` of silence. The
   * message's ID is replaced by one of the asker's own; the reply gets the original ID back.
   */
  ask(message: Uint8Array, timeoutMs?: number): Promise<Buffer | undefined>
  close(): void
}

const IDS = 0x10000
/** A server that is there answers in far less, however busy the machine. */
const ANSWER_MS = 10_000

/** Opens a socket connected to `port` of a loopback (or other) address, from any address or one. */
export async function openAsker(
  port: number,
  address = '127.0.0.1',
  from?: string,
): Promise<Asker> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  if (from !== undefined) {
    socket.bind(0, from)
    await once(socket, 'listening')
  }
  socket.connect(port, address)
  await once(socket, 'connect')
  // A port nobody listens on answers with ICMP, which is silence with a reason.
  socket.on('error', () => {})

  const waiting = new Map<number, (reply: Buffer | undefined) => void>()
  socket.on('message', (reply) => {
    if (reply.length >= 2) waiting.get(reply.readUInt16BE(0))?.(reply)
  })

  let next = 0
  return {
    ask(message, timeoutMs = ANSWER_MS) {
      if (waiting.size >= IDS) throw new Error('all 65536 message IDs are in use')
      while (waiting.has(next)) next = (next + 1) % IDS
      const id = next
      next = (next + 1) % IDS
      const sent = Buffer.from(message)
      const originalId = sent.readUInt16BE(0)
      sent.writeUInt16BE(id, 0)
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(undefined), timeoutMs)
        const settle = (reply: Buffer | undefined) => {
          clearTimeout(timer)
          waiting.delete(id)
          reply?.writeUInt16BE(originalId, 0)
          resolve(reply)
        }
        waiting.set(id, settle)
        socket.send(sent)
      })
    },
    close() {
      for (const settle of [...waiting.values()]) settle(undefined)
      socket.close()
    },
  }
}

/** Asks once, over a socket of its own. */
export async function askOnce(
  port: number,
  message: Uint8Array,
  { address = '127.0.0.1', timeoutMs = ANSWER_MS } = {},
): Promise<Buffer | undefined> {
  const asker = await openAsker(port, address)
  try {
    return await asker.ask(message, timeoutMs)
  } finally {
    asker.close()
  }
}
