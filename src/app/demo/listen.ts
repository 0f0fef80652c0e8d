/** Listening, with the remedy in the message where it fails: for people at their first try. */

import { once } from 'node:events'
import type { Server } from 'node:net'

import { type Endpoint, printEndpoint } from '../../base/address.ts'

/** Listens, and returns the endpoint with the port that it became; `who` opens the message. */
export async function listen(server: Server, endpoint: Endpoint, who: string): Promise<Endpoint> {
  try {
    server.listen({ host: endpoint.address, port: endpoint.port })
    await once(server, 'listening')
  } catch (error) {
    throw new Error(
      `${who}: cannot listen on ${printEndpoint(endpoint)}: ${remedy(error, endpoint)}`,
      {
        cause: error,
      },
    )
  }
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : endpoint.port
  return { address: endpoint.address, port }
}

function remedy(error: unknown, { address, port }: Endpoint): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `the port is taken; stop the program that holds it (lsof -i :${port} names it)`
    case 'EADDRNOTAVAIL':
      return `this system lacks the address; ${additionOf(address)}`
    case 'EACCES':
      return `not permitted; ports below 1024 need root, choose one from 1024 to 65535`
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** Linux answers on all of 127.0.0.0/8; macOS and the BSDs on 127.0.0.1 until told otherwise. */
function additionOf(address: string): string {
  return address.startsWith('127.')
    ? `on macOS add it with: sudo ifconfig lo0 alias ${address} up`
    : 'add it to an interface, or choose one that "ip address" lists'
}
