/**
 * Goal: whatever comes in by UDP or TCP, the server goes on answering, and no worker has died of it.
 * Method: thousands of datagrams and streams, some random and some sound queries with a few octets
 * changed, at a real process; then its log, its memory of workers, and sound questions.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { frameMessage } from '../../src/wire/frame.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import { zoneText } from '../control/configs.ts'
import { gone } from '../support/probing.ts'
import { requestFor } from '../support/request.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { type Rota, serveFiles } from './rota.ts'

const CONFIG = `
listen: { dns: ["127.0.0.1:0"] }
zones: { example.test: example.test.zone }
pools:
  web: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } }
  any: { policy: random, members: [192.0.2.1, 192.0.2.2, "2001:db8::1"] }
names: { www.example.test: { pool: web }, any.example.test: { pool: any } }
`
const ZONE = zoneText(
  'example.test',
  'sub IN NS ns.sub\nns.sub IN A 192.0.2.53',
  'alias IN CNAME www\nchain IN CNAME alias\nloop IN CNAME loop2\nloop2 IN CNAME loop',
  '*.wild IN TXT "anything"\ndn IN DNAME wild\nmx IN MX 10 www\nsrv IN SRV 0 0 80 any',
)

/** Each leads the engine another way. */
const QUESTIONS = [
  ...['www A', 'www AAAA', 'any A', 'chain A', 'loop A', 'x.sub AAAA', 'a.b.wild TXT'],
  ...['deep.dn TXT', 'mx MX', 'srv SRV', 'no SOA', 'www ANY'],
].map((text) => text.replace(' ', '.example.test '))

const sound = fc.record({
  question: fc.constantFrom(...QUESTIONS),
  manner: fc.record(
    {
      payload: fc.integer({ min: 0, max: 0xffff }),
      do: fc.boolean(),
      nsid: fc.boolean(),
      version: fc.constantFrom(0, 1),
      opcode: fc.constantFrom(0, 0, 0, 4, 5),
      subnet: fc.constantFrom('192.0.2.0/24', '2001:db8::/56', '0.0.0.0/0'),
    },
    { requiredKeys: [] },
  ),
})
const change = fc.record({ at: fc.nat(300), octet: fc.nat(255) })
const damaged = fc
  .record({ sound, changes: fc.array(change, { maxLength: 6 }), cut: fc.option(fc.nat(60)) })
  .map(({ sound: { question, manner }, changes, cut }) => {
    const octets = Uint8Array.from(requestFor(question, manner))
    for (const { at, octet } of changes) octets[at % octets.length] = octet
    return cut === null ? octets : octets.subarray(0, cut)
  })
const packet = fc.oneof(
  { weight: 4, arbitrary: damaged },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }) },
)
const PACKETS = 4_000
const STREAMS = 300

const PATHS = 'problem' in loadLibc() ? ['portable'] : ['batched', 'portable']

describe.each(PATHS)('a server on the %s path', (path) => {
  it('outlives datagrams of any kind', async () => {
    const rota = await serveFiles(CONFIG, ZONE, { env: { ROTA_TRANSPORT: path } })
    const socket = createSocket('udp4')
    onTestFinished(() => void socket.close())
    let sent = 0
    await fc.assert(
      fc.asyncProperty(packet, async (octets) => {
        await new Promise((resolve) => socket.send(octets, rota.port, '127.0.0.1', resolve))
        // Now and then a question, so that the packets before it have been read.
        if (++sent % 100 === 0) await expectSound(rota)
      }),
      { numRuns: PACKETS },
    )
    await expectUnharmed(rota)
  })
})

describe('a server', () => {
  it('outlives streams of any kind', async () => {
    const rota = await serveFiles(CONFIG, ZONE)
    const stream = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: packet.map(frameMessage) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
      ),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(stream, fc.boolean(), async (parts, isRude) => {
        const socket = connect(rota.port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        socket.resume()
        for (const part of parts) socket.write(part)
        if (isRude) socket.resetAndDestroy()
        else socket.end()
        await gone(socket)
      }),
      { numRuns: STREAMS },
    )
    await expectUnharmed(rota)
  })
})

async function expectSound({ port }: Rota): Promise<void> {
  const reply = await askFor(await askerOf(port), 'www.example.test A')
  expect(dataOf(reply)).toMatch(/^192\.0\.2\./)
}

async function expectUnharmed(rota: Rota): Promise<void> {
  await expectSound(rota)
  expect(rota.log().map(({ msg }) => msg)).toEqual(['answering'])
  rota.process.signal('SIGTERM')
  expect(await rota.process.ended).toBe(0)
}
