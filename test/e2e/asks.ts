/** Asking over a stream, TCP or TLS, one question after the other. */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'

import { frameMessage } from '../../src/wire/frame.ts'

export type Ask = (query: Uint8Array) => Promise<Uint8Array | undefined>

/** The socket ends with the test. */
export function streaming(socket: Socket): Ask {
  onTestFinished(() => void socket.destroy())
  return async (query) => {
    socket.write(frameMessage(query))
    let octets = Buffer.alloc(0)
    while (octets.length < 2 || octets.length < 2 + octets.readUInt16BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      octets = Buffer.concat([octets, chunk])
    }
    return octets.subarray(2)
  }
}
