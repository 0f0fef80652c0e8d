/**
 * Goal: an endpoint has one port for UDP and TCP, whatever the system offers first; and what of it
 * was taken in vain is free again.
 * Method: real UDP workers and a real TCP server; the first port that TCP has is one that somebody
 * else has for UDP.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import type * as shared from '../../src/app/shared-port.ts'
import type { Endpoint } from '../../src/base/address.ts'
import { createCounters } from '../../src/transport/counters.ts'
import { createTcpServer } from '../../src/transport/tcp/server.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import type { UdpPath } from '../../src/transport/udp/workers.ts'
import { authority } from '../support/authority.ts'
import { isGranted } from '../support/tools.ts'
import { createWorkers } from './udp.ts'

/** On Linux an address of our own: on the others, who asks has ports that come and go. */
const HOST = process.platform === 'linux' ? '127.91.0.1' : '127.0.0.1'
const { engine } = authority({
  'example.test': `$ORIGIN example.test.
@ 30 IN SOA ns1 hostmaster 1 3600 600 604800 10
@ 30 IN NS ns1
ns1 30 IN A 127.0.0.1
`,
})
const libc = loadLibc()
const hasBatched = isGranted('problem' in libc ? libc.problem : undefined)
const PATHS: readonly UdpPath[] = hasBatched ? ['batched', 'portable'] : ['portable']

describe.each(PATHS)('one port on the %s path', (path) => {
  it('is another where any will do and the first is taken for UDP', async () => {
    const taken = await takenForUdp()
    const takers = await takersOf(path, [taken])
    const { address, port } = await takeShared({ address: HOST, port: 0 }, takers)
    expect(address).toBe(HOST)
    expect([0, taken]).not.toContain(port)
    expect(takers.udpPorts).toEqual([port])
    await freeForTcp(taken)
  })

  it('is a port of its own for each endpoint that may have any', async () => {
    const takers = await takersOf(path)
    const ports: number[] = []
    for (let i = 0; i < 3; i++) {
      ports.push((await takeShared({ address: HOST, port: 0 }, takers)).port)
    }
    expect(new Set(ports).size).toBe(3)
    expect(takers.udpPorts).toEqual(ports)
  })

  it('that was asked for is not another', async () => {
    const taken = await takenForUdp()
    const takers = await takersOf(path)
    await expect(takeShared({ address: HOST, port: taken }, takers)).rejects.toThrow(
      `UDP ${HOST}:${taken}: the port is taken`,
    )
    await freeForTcp(taken)
  })

  it('is not looked for without end', async () => {
    const taken = await takenForUdp()
    const takers = await takersOf(path, Array<number>(1_000).fill(taken))
    await expect(takeShared({ address: HOST, port: 0 }, takers)).rejects.toThrow(
      `UDP ${HOST}:${taken}: the port is taken`,
    )
    await freeForTcp(taken)
  })
})

/** As the workers have it, from the compiled files: what is thrown there is known there. */
async function takeShared(...given: Parameters<typeof shared.takeShared>): Promise<Endpoint> {
  const compiled = resolve(import.meta.dirname, '../../dist/app/shared-port.js')
  return ((await import(compiled)) as typeof shared).takeShared(...given)
}

/** What takes addresses of the loopback; where any will do, TCP has these ports first. */
async function takersOf(path: UdpPath, offers: number[] = []) {
  const { udp } = await createWorkers({ path, workersEach: 1 }, {})
  const udpPorts: number[] = []
  return {
    udpPorts,
    async tcp({ address, port }: Endpoint) {
      const wanted = { address, port: port === 0 ? (offers.shift() ?? 0) : port }
      const server = createTcpServer({ endpoint: wanted, engine, counters: createCounters() })
      onTestFinished(() => server.stop())
      return { endpoint: await server.open(), giveBack: () => server.stop() }
    },
    async udp(endpoint: Endpoint) {
      udpPorts.push((await udp.open(endpoint)).port)
    },
  }
}

async function takenForUdp(): Promise<number> {
  const squatter = createSocket('udp4')
  onTestFinished(() => void squatter.close())
  squatter.bind(0, HOST)
  await once(squatter, 'listening')
  return squatter.address().port
}

async function freeForTcp(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  server.listen(port, HOST)
  await once(server, 'listening')
}
