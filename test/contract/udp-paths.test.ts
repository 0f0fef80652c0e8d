/**
 * Goal: both UDP paths keep the same promises, so that a machine without the fast one loses speed
 * and nothing else. What the portable path cannot do is listed with its reason.
 * Method: one suite over real workers and real sockets; what is asked, and from where, is counted.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'

import { printAddress } from '../../src/base/address.ts'
import { systemClock } from '../../src/base/clock.ts'
import { countResolvers, readLedger } from '../../src/engine/ledger.ts'
import { loudest } from '../../src/engine/talkers.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import * as counting from '../../src/transport/counters.ts'
import type { UdpPath } from '../../src/transport/udp/workers.ts'
import type { Asker } from '../support/ask.ts'
import { hasV6 } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { eventually } from '../support/eventually.ts'
import { streamOf } from '../support/stream.ts'
import { isGranted } from '../support/tools.ts'
import { createWorkers, openAll, startWorkers, type WorldText } from './udp.ts'

const WWW = 'www.example.test'
const [A, B, C] = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
/** One answer each, led 5 : 3 : 2. */
const THREE = {
  members: { a: { v4: A, weight: 5 }, b: { v4: B, weight: 3 }, c: { v4: C, weight: 2 } },
  answers: 1,
} as const
const BALANCED: WorldText = { names: { [WWW]: THREE } }
/** h0, h1, … each with an address that tells it from all others. */
const HOSTS = 200
const hostAddress = (host: number) => `198.51.100.${host}`
const MANY_HOSTS: WorldText = {
  lines: Array.from({ length: HOSTS }, (_, host) => `h${host} IN A ${hostAddress(host)}`),
}

const libc = loadLibc()
const hasBatched = isGranted('problem' in libc ? libc.problem : undefined)
const PATHS: readonly UdpPath[] = hasBatched ? ['batched', 'portable'] : ['portable']

describe.each(PATHS)('the %s path', (path) => {
  /** Node binds a port once, and cannot say from which of its addresses a datagram leaves. */
  const isPortable = path === 'portable'

  it('answers what the engine answers', async () => {
    const { port } = await startWorkers({ path }, { ...BALANCED, lines: ['txt IN TXT "text"'] })
    const asker = await askerOf(port)
    expect([A, B, C]).toContain(dataOf(await askFor(asker, `${WWW} A`)))
    expect(dataOf(await askFor(asker, 'txt.example.test TXT'))).toBe('"text"')
    expect(dataOf(await askFor(asker, 'nothing.example.test A'))).toBe('NXDOMAIN')
    expect(dataOf(await askFor(asker, `${WWW} AAAA`))).toBe('NOERROR')
    expect(dataOf(await askFor(asker, 'example.org A'))).toBe('REFUSED')
  })

  it('sets TC where an answer is longer than the client takes, and counts it', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `txt IN TXT "${i}-${'x'.repeat(40)}"`)
    const { port, udp } = await startWorkers({ path }, { lines })
    const reply = await askFor(await askerOf(port), 'txt.example.test TXT', { edns: true })
    expect(reply!.flags).toContain('tc')
    expect(reply!.octets.length).toBeLessThanOrEqual(1232)
    expect(counting.sumCounters(udp.counters)).toMatchObject({ queries: 1, truncations: 1 })
  })

  it('gives each of many who ask at once the answer to its own question', async () => {
    const { port } = await startWorkers({ path }, MANY_HOSTS)
    const askers = await Promise.all(Array.from({ length: 8 }, () => askerOf(port)))
    const hosts = Array.from({ length: HOSTS * 5 }, (_, i) => i % HOSTS)
    const data = await Promise.all(
      hosts.map((host, i) => askFor(askers[i % 8]!, `h${host}.example.test A`).then(dataOf)),
    )
    expect(data).toEqual(hosts.map(hostAddress))
  })

  it('is silent to what is no query, and answers those between as ever', async () => {
    const { port, udp } = await startWorkers({ path, workersEach: 1 }, MANY_HOSTS)
    const asker = await askerOf(port)
    const noise = createSocket('udp4')
    onTestFinished(() => void noise.close())
    const heard: Buffer[] = []
    noise.on('message', (message) => heard.push(message))
    const response = requestFor(`${WWW} A`)
    response[2]! |= 0x80
    const pieces = [Buffer.alloc(0), Buffer.from('short'), response, Buffer.alloc(11, 0xff)]
    const data = Array.from({ length: HOSTS }, (_, host) => {
      noise.send(pieces[host % pieces.length]!, port, '127.0.0.1')
      return askFor(asker, `h${host}.example.test A`).then(dataOf)
    })
    expect(await Promise.all(data)).toEqual(Array.from({ length: HOSTS }, (_, i) => hostAddress(i)))
    await eventually(() => counting.sumCounters(udp.counters).silences === HOSTS)
    expect(heard).toEqual([])
    expect(counting.sumCounters(udp.counters)).toMatchObject({ queries: 2 * HOSTS, answers: HOSTS })
  })

  it('counts each answer in the bucket of its time, and what had none in no bucket', async () => {
    const { port, udp } = await startWorkers({ path, workersEach: 1 }, MANY_HOSTS)
    const asker = await askerOf(port)
    const noise = createSocket('udp4')
    onTestFinished(() => void noise.close())
    noise.send('short', port, '127.0.0.1')
    for (let host = 0; host < HOSTS; host++) await askFor(asker, `h${host}.example.test A`)
    // A datagram is on its way before it is counted as sent.
    await eventually(() => timedIn(udp.counters) === HOSTS)
    const sums = counting.addRows(udp.counters)
    expect(sums[counting.LATENCY_SUM]).toBeGreaterThan(0)
    expect(sums[counting.LATENCY_SUM]).toBeLessThan(60_000)
  })

  it.skipIf(!hasV6)('serves several endpoints, each by its own workers', async () => {
    const endpoints = [
      { address: '127.0.0.1', port: 0 },
      { address: '::1', port: 0 },
      { address: '127.0.0.3', port: 0 },
    ]
    const workers = await startWorkers({ path, endpoints }, BALANCED)
    expect(workers.endpoints.map(({ address }) => address)).toEqual([
      '127.0.0.1',
      '::1',
      '127.0.0.3',
    ])
    expect(workers.udp.workerCount).toBe(isPortable ? 3 : 6)
    for (const { address, port } of workers.endpoints) {
      expect([A, B, C]).toContain(dataOf(await askFor(await askerOf(port, address), `${WWW} A`)))
    }
  })

  it('gives one resolver exact shares over any ten queries, from whatever port it asks', async () => {
    const { port } = await startWorkers({ path }, BALANCED)
    const leads: string[] = []
    for (let i = 0; i < 60; i++) {
      const asker = await askerOf(port)
      leads.push(dataOf(await askFor(asker, `${WWW} A`)))
    }
    for (let from = 0; from + 10 <= leads.length; from++) {
      const window = leads.slice(from, from + 10)
      expect([A, B, C].map((who) => window.filter((lead) => lead === who).length)).toEqual([
        5, 3, 2,
      ])
    }
  })

  it('counts whom turns led, over all workers', async () => {
    const { port, udp } = await startWorkers(
      { path },
      {
        names: { [WWW]: { ...THREE, members: { a: A!, b: B! } } },
      },
    )
    const asker = await askerOf(port)
    for (let i = 0; i < 10; i++) await askFor(asker, `${WWW} A`)
    // Members of this world have no cells of their own: all is counted in the first.
    expect(udp.tallies.reduce((sum, tally) => sum + tally[0]!, 0)).toBe(10)
  })

  it('notes who asks, for whoever wants to know who asks the most', async () => {
    const { port, udp } = await startWorkers({ path, workersEach: 1 }, BALANCED)
    const asker = await askerOf(port)
    for (let i = 0; i < 100; i++) await askFor(asker, `${WWW} A`)
    const [talker, ...others] = loudest(udp.talkers)
    expect([printAddress(talker!.address), talker!.share, others]).toEqual(['127.0.0.1', 1, []])
  })

  it('notes when somebody was answered, over all workers', async () => {
    const { port, udp } = await startWorkers({ path }, BALANCED)
    const before = systemClock.now()
    const asker = await askerOf(port)
    await askFor(asker, `${WWW} A`)
    const after = systemClock.now()
    const { lastMs, untilMs, ttlSeconds } = readLedger(udp.ledgers, 0)
    const resolvers = countResolvers(udp.ledgers, 0, after)
    expect([untilMs - lastMs, ttlSeconds, resolvers]).toEqual([30_000, 30, 1])
    expect(lastMs).toBeGreaterThanOrEqual(before)
    expect(lastMs).toBeLessThan(after + 250)
  })

  it('has heard a roster in every worker when it says so, and not before', async () => {
    const workers = await startWorkers({ path }, BALANCED)
    const { udp, port } = workers
    const askers = await Promise.all(Array.from({ length: 8 }, () => askerOf(port)))
    for (const address of ['192.0.2.10', '192.0.2.11', '192.0.2.12', '192.0.2.13']) {
      workers.changeRoster(WWW, { members: { only: address } })
      // This thread has not waited yet, but a worker may have been quick.
      expect(udp.heard).toBeLessThanOrEqual(udp.told)
      await eventually(() => udp.heard === udp.told)
      const data = await Promise.all(askers.map((asker) => askFor(asker, `${WWW} A`)))
      expect(new Set(data.map(dataOf))).toEqual(new Set([address]))
    }
    // One who is dead has heard nothing until another sits in its place.
    await udp.kill(0)
    workers.changeRoster(WWW, { members: { only: '192.0.2.14' } })
    expect(udp.heard).toBeLessThan(udp.told)
    await eventually(() => udp.heard === udp.told)
  })

  it('has taken a world in every worker when it says so', async () => {
    const workers = await startWorkers({ path }, BALANCED)
    for (const address of ['192.0.2.10', '192.0.2.11', '192.0.2.12']) {
      await workers.change({ names: { [WWW]: { members: { only: address } } } })
      const askers = await Promise.all(Array.from({ length: 16 }, () => askerOf(workers.port)))
      const data = await Promise.all(askers.map((asker) => askFor(asker, `${WWW} A`)))
      expect(new Set(data.map(dataOf))).toEqual(new Set([address]))
    }
  })

  it('takes a roster at the next turn of each worker', async () => {
    const workers = await startWorkers({ path }, BALANCED)
    const askers = await Promise.all(Array.from({ length: 16 }, () => askerOf(workers.port)))
    const leadsOf = async () => {
      const data = await Promise.all(askers.map((asker) => askFor(asker, `${WWW} A`)))
      return new Set(data.map(dataOf))
    }
    workers.changeRoster(WWW, { members: { c: C! } })
    // Node reads sockets and messages in whatever order; the batched path looks between the two.
    if (isPortable) await eventually(async () => (await leadsOf()).size === 1)
    expect(await leadsOf()).toEqual(new Set([C]))
    workers.changeRoster(WWW, { members: {} })
    if (isPortable) await eventually(async () => (await leadsOf()).has('NOERROR'))
    expect(await leadsOf()).toEqual(new Set(['NOERROR']))
  })

  it('takes 5,000 pools while it answers, and nobody notices', async () => {
    const workers = await startWorkers({ path }, BALANCED)
    const stream = await streamOf(workers.port, `${WWW} A`)
    const names = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [
        `n${i}.example.test`,
        { members: { a: `198.51.100.${i % 250}` } },
      ]),
    )
    await stream.answered(50)
    await workers.change({ names: { ...names, [WWW]: THREE } })
    await stream.answered(50)
    const { lost, data } = await stream.end()
    expect(lost).toBe(0)
    expect([...data].sort()).toEqual([A, B, C])
    const last = await askFor(await askerOf(workers.port), 'n4999.example.test A')
    expect(dataOf(last)).toBe('198.51.100.249')
  })

  it('replaces a worker that was killed, and goes on counting', async () => {
    const workers = await startWorkers({ path }, BALANCED)
    const { udp, port, respawned } = workers
    const stream = await streamOf(port, `${WWW} A`)
    await stream.answered(100)
    const before = counting.sumCounters(udp.counters).answers
    for (let number = 0; number < udp.workerCount; number++) {
      await udp.kill(number)
      await eventually(() => respawned.length === number + 1)
      await stream.answered(200)
    }
    const { lost, asked } = await stream.end()
    // Who waits in the socket of a batched worker is answered by the next; a batch is 64 queries.
    if (!isPortable) expect(lost).toBeLessThanOrEqual(64 * udp.workerCount)
    expect(asked).toBeGreaterThanOrEqual(300)
    expect(udp.respawns).toBe(udp.workerCount)
    expect(counting.sumCounters(udp.counters).answers).toBeGreaterThan(before)
    expect(dataOf(await answered(await askerOf(port), `${WWW} A`))).toMatch(/^192\.0\.2\.[123]$/)
  })

  it('gives a worker that takes the place of another the present world', async () => {
    const workers = await startWorkers({ path, workersEach: 1 }, BALANCED)
    await workers.change({ names: { [WWW]: { members: { only: '192.0.2.10' } } } })
    workers.changeRoster(WWW, { members: { other: '192.0.2.20' } })
    await workers.udp.kill(0)
    // While nobody sits there the world changes once more.
    workers.changeRoster(WWW, { members: { newest: '192.0.2.30' } })
    const reply = await answered(await askerOf(workers.port), `${WWW} A`)
    expect(dataOf(reply)).toBe('192.0.2.30')
    await workers.change({ names: { [WWW]: { members: { only: '192.0.2.40' } } } })
    const later = await askFor(await askerOf(workers.port), `${WWW} A`)
    expect(dataOf(later)).toBe('192.0.2.40')
  })

  it('says who to ask where the port is taken, and leaves nothing running', async () => {
    const taken = createSocket('udp4')
    taken.bind(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address()
    await expect(opened(path, port)).rejects.toThrow(
      `UDP 127.0.0.1:${port}: the port is taken; see who has it with "ss -lunp sport = :${port}"`,
    )
  })

  it('has queries wait from when the address is taken until it starts', async () => {
    const { udp } = await createWorkers({ path }, MANY_HOSTS)
    const { port } = await udp.open({ address: '127.0.0.1', port: 0 })
    const asker = await askerOf(port)
    const hosts = Array.from({ length: HOSTS }, (_, host) => host)
    const data = hosts.map((host) => askFor(asker, `h${host}.example.test A`).then(dataOf))
    expect(await askFor(asker, 'h0.example.test A', { timeoutMs: 100 })).toBeUndefined()
    await udp.start()
    expect(await Promise.all(data)).toEqual(hosts.map(hostAddress))
  })

  it('goes on after an address that could not be had', async () => {
    const { udp } = await createWorkers({ path }, BALANCED)
    const { port } = await startWorkers({ path }, BALANCED)
    await expect(udp.open({ address: '127.0.0.1', port })).rejects.toThrow('the port is taken')
    const free = await udp.open({ address: '127.0.0.1', port: 0 })
    await udp.start()
    await udp.took(1)
    expect(udp.rows).toHaveLength(isPortable ? 1 : 2)
    expect([A, B, C]).toContain(dataOf(await askFor(await askerOf(free.port), `${WWW} A`)))
  })

  it('does not share its port with a second server', async () => {
    const { port } = await startWorkers({ path }, BALANCED)
    for (const other of PATHS) {
      await expect(opened(other, port)).rejects.toThrow('the port is taken')
    }
  })

  it('says so where the machine has no such address', async () => {
    const endpoints = [{ address: '203.0.113.77', port: 0 }]
    await expect(opened(path, 0, endpoints)).rejects.toThrow(
      'this machine has no address 203.0.113.77',
    )
  })

  it('answers what has arrived before it stops, then frees the port', async () => {
    const { port, udp } = await startWorkers({ path }, BALANCED)
    const socket = createSocket('udp4')
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => {})
    let answers = 0
    socket.on('message', () => answers++)
    const request = requestFor(`${WWW} A`)
    const sent = Array.from(
      { length: 200 },
      () => new Promise((resolve) => socket.send(request, resolve)),
    )
    await Promise.all(sent)
    await udp.stop()
    await eventually(() => answers === 200)
    socket.close()
    const again = await opened(path, port)
    expect(again.map((endpoint) => endpoint.port)).toEqual([port])
  })

  it('is not hurt by a second stop, or one before the start', async () => {
    const { udp } = await startWorkers({ path }, BALANCED)
    await Promise.all([udp.stop(), udp.stop()])
    await udp.stop()
    await (await createWorkers({ path }, BALANCED)).udp.stop()
  })
})

describe.skipIf(!hasBatched)('the batched path, bound to every address', () => {
  it('answers from the address that was asked', async () => {
    const endpoints = [{ address: '0.0.0.0', port: 0 }]
    const { port } = await startWorkers({ path: 'batched', endpoints }, MANY_HOSTS)
    for (const address of ['127.0.0.1', '127.0.0.2', '127.8.9.10']) {
      // The asker's socket is connected: an answer from elsewhere would not reach it.
      const asker = await askerOf(port, address)
      const hosts = Array.from({ length: 100 }, (_, host) => host)
      const data = hosts.map((host) => askFor(asker, `h${host}.example.test A`).then(dataOf))
      expect(await Promise.all(data)).toEqual(hosts.map(hostAddress))
    }
  })

  it.skipIf(!hasV6)('answers IPv6 beside IPv4 on the same port', async () => {
    const any4 = await startWorkers(
      { path: 'batched', endpoints: [{ address: '0.0.0.0', port: 0 }] },
      BALANCED,
    )
    const { port } = any4
    await startWorkers(
      { path: 'batched', endpoints: [{ address: '::', port }] },
      {
        names: { [WWW]: { members: { six: '192.0.2.66' } } },
      },
    )
    expect(dataOf(await askFor(await askerOf(port, '::1'), `${WWW} A`))).toBe('192.0.2.66')
    expect(dataOf(await askFor(await askerOf(port), `${WWW} A`))).toMatch(/^192\.0\.2\.[123]$/)
  })
})

describe.skipIf(!hasBatched)('the batched path, with queries that came before its workers', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('packs answers where some get none, on %s', async (address) => {
    const { udp } = await createWorkers({ path: 'batched', workersEach: 1 }, MANY_HOSTS)
    const { port } = await udp.open({ address, port: 0 })
    const askers = await Promise.all(
      ['127.0.0.1', address === '0.0.0.0' ? '127.0.0.2' : '127.0.0.1'].map((asked) =>
        askerOf(port, asked),
      ),
    )
    // They wait in the socket, and so come to the worker in full batches, in this order.
    const hosts = Array.from({ length: HOSTS }, (_, host) => host)
    const data = hosts.map((host) => {
      const noise = host % 3 === 0 ? 'short' : ''
      if (host % 4 !== 1) void askers[host % 2]!.ask(Buffer.from(`..${noise}`), 1)
      return askFor(askers[host % 2]!, `h${host}.example.test A`).then(dataOf)
    })
    await udp.start()
    expect(await Promise.all(data)).toEqual(hosts.map(hostAddress))
    const { silences, batches } = counting.sumCounters(udp.counters)
    expect(silences).toBe(150)
    expect(batches).toBeLessThan(20)
  })
})

/** Has a second set of workers take a port; it ends with the test. */
async function opened(path: UdpPath, port: number, endpoints = [{ address: '127.0.0.1', port }]) {
  const { udp } = await createWorkers({ path, endpoints }, BALANCED)
  return openAll(udp, { path, endpoints })
}

/** Asks until an answer comes: whoever is being replaced may have lost the first. */
async function answered(asker: Asker, question: string) {
  let reply = await askFor(asker, question, { timeoutMs: 200 })
  await eventually(async () => {
    reply ??= await askFor(asker, question, { timeoutMs: 200 })
    return reply !== undefined
  })
  return reply
}

/** How many answers have been counted with the time that they took. */
function timedIn(rows: readonly counting.Counters[]): number {
  const sums = counting.addRows(rows)
  return sums
    .slice(counting.LATENCY_AT, counting.LATENCY_SUM)
    .reduce((total, answers) => total + answers, 0)
}
