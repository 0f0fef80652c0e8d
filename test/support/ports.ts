/**
 * Ports that are free on the loopback right now. Whoever can listen on port 0 and be asked which
 * one it became should do that instead; this is for programs that must be told a number.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** An uncommon port may be taken for one protocol and free for the other; give up after these. */
const TRIES_MAX = 20

/** A port that is free for UDP and for TCP alike. Another process may still take it first. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    // The system gives listeners of TCP other ports than it gives callers: a port from among them
    // stays free for longer than one that UDP was given.
    const port = await freeTcpPort(address)
    if (await isFreeForUdp(port, address)) return port
  }
  throw new Error(`no port of ${address} was free for both UDP and TCP in ${TRIES_MAX} tries`)
}

async function freeTcpPort(address: string): Promise<number> {
  const server = createServer()
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function isFreeForUdp(port: number, address: string): Promise<boolean> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  try {
    socket.bind(port, address)
    await once(socket, 'listening')
  } catch {
    return false
  }
  socket.close()
  await once(socket, 'close')
  return true
}
