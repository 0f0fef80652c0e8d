/**
 * Goal: a DNS probe believes the reply to its own question, and no other datagram.
 * Method: servers that dns2 answers for, well, badly, late or with garbage; over UDP and TCP.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { Packet } from 'dns2'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { DnsProbe } from '../../../src/health/probes/spec.ts'
import { TYPE } from '../../../src/wire/registry.ts'
import { freePort } from '../../support/ports.ts'
import { backend, hasV6, probe, stagesUntil } from '../../support/probing.ts'

describe.each([
  ['UDP', false],
  ['TCP', true],
])('over %s', (_, isTcp) => {
  const serving = isTcp ? tcpServer : udpServer
  const asking = (port: number, expect: DnsProbe['expect']) => ({ ...dns(port, expect), isTcp })

  it.each([
    [{ rcode: 0 }, 0, true, 'NOERROR'],
    [{ rcode: 3 }, 3, true, 'NXDOMAIN'],
    [{ rcode: 0 }, 2, false, 'SERVFAIL, expected NOERROR'],
    [{ address: '192.0.2.1' }, 0, true, 'answers 192.0.2.1'],
    [{ address: '192.0.2.9' }, 0, false, 'answer lacks 192.0.2.9'],
    [{ address: '192.0.2.1' }, 5, false, 'REFUSED, expected 192.0.2.1'],
  ])('%j of a reply with code %i', async (wanted, rcode, isSuccess, evidence) => {
    const port = await serving((query) => [reply(query, rcode)])
    expect(await probe(asking(port, wanted))).toEqual({ isSuccess, evidence })
  })

  it('knows an IPv6 address in any spelling', async () => {
    const port = await serving((query) => [reply(query, 0, '2001:0db8:0::0001')])
    const spec = { ...asking(port, { address: '2001:db8::1' }), type: TYPE.AAAA }
    expect((await probe(spec)).evidence).toBe('answers 2001:db8::1')
  })

  it('is refused where nobody listens', async () => {
    const outcome = await probe(asking(await freePort(), { rcode: 0 }))
    expect(outcome).toEqual({ isSuccess: false, evidence: 'connection refused' })
  })

  it('fails where no packet can be sent', async () => {
    // No route to a server is as sudden, but not to be had on every machine.
    const outcome = await probe(asking(53, { rcode: 0 }), { address: '255.255.255.255' })
    expect(outcome).toMatchObject({ isSuccess: false })
  })

  it('asks for the name and the type of the check', async () => {
    const asked: unknown[] = []
    const port = await serving((query) => {
      asked.push(Packet.parse(query).questions[0])
      return [reply(query, 0)]
    })
    await probe({ ...asking(port, { rcode: 0 }), name: 'a.example.test.', type: TYPE.SOA })
    expect(asked).toMatchObject([{ name: 'a.example.test', type: TYPE.SOA, class: 1 }])
  })
})

describe('a reply', () => {
  it('is waited for behind datagrams that are none', async () => {
    const port = await udpServer((query) => {
      const forged = reply(query, 0)
      forged[0]! ^= 1
      return [Buffer.from('x'), forged, query, reply(query, 3)]
    })
    expect((await probe(dns(port, { rcode: 3 }))).evidence).toBe('NXDOMAIN')
  })

  it('that never comes is missed, and what came instead is told', async () => {
    const silent = await udpServer(() => [])
    expect(await stagesUntil(dns(silent, { rcode: 0 }), 'asked, no reply')).toHaveLength(1)
    const late = await udpServer((query) => [query])
    const stages = await stagesUntil(dns(late, { rcode: 0 }), 'a query came where a reply was due')
    expect(stages).toHaveLength(2)
  })

  it('that is garbage is no crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (garbage) => {
        const port = await tcpServer((query) => [
          Buffer.concat([query.subarray(0, 2), Buffer.from([0x84, 0]), garbage]),
        ])
        const outcome = await probe({ ...dns(port, { address: '192.0.2.1' }), isTcp: true })
        expect(outcome.isSuccess).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  it('that is cut short over TCP is none', async () => {
    const { port } = await backend((socket) => socket.end(Buffer.from([0, 40, 1, 2])))
    expect((await probe({ ...dns(port, { rcode: 0 }), isTcp: true })).evidence).toBe(
      'connection closed within an answer',
    )
  })

  it('says that it is truncated where it lacks what was expected', async () => {
    const port = await udpServer((query) => {
      const octets = reply(query, 0)
      octets[2]! |= 0x02
      return [octets]
    })
    const { evidence } = await probe(dns(port, { address: '192.0.2.9' }))
    expect(evidence).toBe('the truncated answer lacks 192.0.2.9')
  })
})

it.skipIf(!hasV6)('reaches an IPv6 address', async () => {
  const port = await udpServer((query) => [reply(query, 0)], '::1')
  expect((await probe(dns(port, { rcode: 0 }), { address: '::1' })).isSuccess).toBe(true)
})

function dns(port: number, wanted: DnsProbe['expect']): DnsProbe {
  return { kind: 'dns', port, name: 'www.example.test', type: TYPE.A, expect: wanted, isTcp: false }
}

type Answering = (query: Buffer) => readonly Uint8Array[]

async function udpServer(answer: Answering, address = '127.0.0.1'): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.on('message', (query, { port }) => {
    for (const octets of answer(query)) socket.send(octets, port, address)
  })
  socket.bind(0, address)
  await once(socket, 'listening')
  onTestFinished(() => void socket.close())
  return socket.address().port
}

async function tcpServer(answer: Answering): Promise<number> {
  const { port } = await backend((socket) => {
    socket.once('data', (framed: Buffer) => {
      for (const octets of answer(framed.subarray(2))) {
        socket.write(Buffer.concat([Buffer.from([octets.length >> 8, octets.length]), octets]))
      }
    })
  })
  return port
}

function reply(query: Buffer, rcode: number, address = '192.0.2.1'): Buffer {
  const packet = Packet.createResponseFromRequest(Packet.parse(query))
  packet.header.rcode = rcode
  const [{ name = '', type = 1 } = {}] = packet.questions
  if (rcode === 0 && type !== TYPE.SOA) {
    packet.answers.push(new Packet.Resource({ name, type, class: 1, ttl: 1, address }))
  }
  return packet.toBuffer()
}
