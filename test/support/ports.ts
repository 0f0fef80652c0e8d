/**
 * Ports that are free on the loopback right now. Whoever can listen on port 0 and be asked which
 * one it became should do that instead; this is for programs that must be told a number.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** An uncommon port may be taken for one protocol and free for the other; give up after these. */
const TRIES_MAX = 20

/** A port that is free for UDP and for TCP alike. Another process may still take it first. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = await freeUdpPort(address)
    if (await isFreeForTcp(port, address)) return port
  }
  throw new Error(`no port of ${address} was free for both UDP and TCP in ${TRIES_MAX} tries`)
}

async function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

async function isFreeForTcp(port: number, address: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
