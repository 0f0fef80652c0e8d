/** The body of a request, whatever it streams out of: held to its size, its time and its room. */

import type { Readable } from 'node:stream'

import { TOO_LONG, TOO_MUCH, TOO_SLOW, type Told } from './exchange.ts'
import type { HttpsLimits } from './limits.ts'
import type { Visit } from './visit.ts'

/** Calls `done` once with the body, or what the client is told; not where the client goes away. */
export function readBody(
  from: Readable,
  visit: Visit,
  { bodyOctets, requestMs }: HttpsLimits,
  done: (body: Uint8Array | Told) => void,
): void {
  const chunks: Uint8Array[] = []
  let size = 0
  let held = 0
  let isOver = false
  const release = () => {
    isOver = true
    clearTimeout(timer)
    visit.drop(held)
    held = 0
    chunks.length = 0
  }
  const settle = (body: Uint8Array | Told) => {
    if (isOver) return
    release()
    done(body)
  }
  const timer = setTimeout(() => settle(TOO_SLOW), requestMs)
  from.on('data', (chunk: Uint8Array) => {
    if (isOver) return // What comes after a refusal is read away.
    const cost = Math.max(chunk.length, CHUNK_OCTETS_MIN)
    size += chunk.length
    held += cost
    const hasRoom = visit.expect(cost)
    if (size > bodyOctets) settle(TOO_LONG)
    else if (!hasRoom) settle(TOO_MUCH)
    else chunks.push(chunk)
  })
  from.once('end', () => settle(Buffer.concat(chunks)))
  from.once('close', release)
}

/** What a piece counts as at the least: it is an object, and keeps alive what it was read into. */
const CHUNK_OCTETS_MIN = 256
