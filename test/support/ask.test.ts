/**
 * Goal: an asker gives every question its own reply, and silence a name.
 * Method: a server of one socket that answers as each test has it, on a port of the kernel's choice.
 */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openAsker } from './ask.ts'
import { freePort } from './ports.ts'
import { encodeQuery } from './query.ts'

let server: Socket
let port: number

beforeEach(async () => {
  server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  port = server.address().port
})

afterEach(() => {
  server.close()
})

describe('openAsker', () => {
  it('gives each question its own reply, though they come back in another order', async () => {
    const held: [Buffer, RemoteInfo][] = []
    server.on('message', (message, peer) => {
      held.push([message, peer])
      if (held.length < 3) return
      for (const [octets, { port, address }] of held.reverse()) server.send(octets, port, address)
    })
    const asker = await openAsker(port)
    const questions = ['a', 'b', 'c'].map((label) =>
      encodeQuery({ name: `${label}.example.test.`, type: 1, id: 7 }),
    )
    const replies = await Promise.all(questions.map((question) => asker.ask(question)))
    expect(replies).toEqual(questions) // An echo; the ID is the asker's on the way only.
    asker.close()
  })

  it('calls silence undefined', async () => {
    const asker = await openAsker(port)
    expect(await asker.ask(encodeQuery({ name: '.', type: 2 }), 1)).toBeUndefined()
    asker.close()
  })

  it('ends what is under way when it is closed', async () => {
    const asker = await openAsker(port)
    const asking = asker.ask(encodeQuery({ name: '.', type: 2 }))
    asker.close()
    expect(await asking).toBeUndefined()
  })

  it('takes a port where nobody listens for silence', async () => {
    const asker = await openAsker(await freePort())
    expect(await asker.ask(encodeQuery({ name: '.', type: 2 }), 1)).toBeUndefined()
    asker.close()
  })
})
