/**
 * Goal: a body is held to its room however it comes.
 * Method: streams of this process, read as those of clients are.
 */

import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'

import { clientAt } from '../../../src/transport/answerer.ts'
import { readBody } from '../../../src/transport/https/body.ts'
import { TOO_MUCH, type Told } from '../../../src/transport/https/exchange.ts'
import { HTTPS_LIMITS } from '../../../src/transport/https/limits.ts'
import { Visit } from '../../../src/transport/https/visit.ts'

it('is put together from a few pieces', async () => {
  expect(await bodyOf([1, 2, 3].map((octet) => Uint8Array.of(octet)))).toEqual(Buffer.of(1, 2, 3))
})

it('is refused in pieces so small that each costs more than it brings', async () => {
  const pieces = Array.from({ length: 10_000 }, () => Uint8Array.of(0))
  expect(await bodyOf(pieces)).toBe(TOO_MUCH)
})

async function bodyOf(pieces: readonly Uint8Array[]) {
  const visit = new Visit(clientAt('192.0.2.9'), HTTPS_LIMITS)
  const stream = new PassThrough()
  const told: (Uint8Array | Told)[] = []
  readBody(stream, visit, HTTPS_LIMITS, (body) => told.push(body))
  for (const piece of pieces) stream.write(piece)
  stream.end()
  await once(stream, 'close')
  return told[0]
}
