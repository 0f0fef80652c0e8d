/**
 * Goal: `rota query` shows what a server said, keeps its exit codes, and knows what to try when
 * nothing was said.
 * Method: servers made of dns2 and of plain sockets on ports of the system's choosing; the clock
 * stands still unless a test moves it.
 */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'

import { Packet } from 'dns2'
import { afterEach, describe, expect, it } from 'vitest'

import { runQuery, type QueryOptions } from '../../src/cli/query.ts'
import { frameMessage } from '../../src/wire/frame.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { octetsOf } from '../support/rdata.ts'

/** What a server says to a query, perhaps in several datagrams; undefined is silence. */
type Answer = (query: Buffer, turn: number) => Uint8Array | Uint8Array[] | undefined

const open: (Socket | Server)[] = []

afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

describe('rota query', () => {
  it('shows the answer and where it came from, like dig', async () => {
    const port = await serve(reply({ type: 1, address: '192.0.2.1' }))
    const { code, out, err } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.replace(/id: \d+/, 'id: 1')).toBe(
      [
        ';; opcode: QUERY, status: NOERROR, id: 1',
        ';; flags: qr aa rd; QUESTION: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0',
        '',
        ';; QUESTION SECTION:',
        ';www.example.test. IN A',
        '',
        ';; ANSWER SECTION:',
        'www.example.test. 30 IN A 192.0.2.1',
        '',
        `;; 50 octets from 127.0.0.1:${port} over UDP in 0.0 ms`,
        '',
      ].join('\n'),
    )
  })

  it('asks for the type in any case, and shows one that dns2 does not know', async () => {
    const alias = Buffer.from(octetsOf('000103777777076578616d706c65047465737400'))
    const port = await serve(reply({ type: 65, data: alias }))
    const { out } = await query(['example.test', `@127.0.0.1:${port}`, 'https'])
    expect(out).toContain(';example.test. IN HTTPS')
    expect(out).toContain('example.test. 30 IN HTTPS 1 www.example.test.')
  })

  it.each([
    ['192.0.2.77/24', { family: 1, sourcePrefixLength: 24, ip: '192.0.2.0' }],
    ['192.0.2.77/0', { family: 1, sourcePrefixLength: 0, ip: '0.0.0.0' }],
    ['2001:db8:1:2ff::/64', { family: 2, sourcePrefixLength: 64, ip: '2001:db8:1:2ff:0:0:0:0' }],
  ])('asks as if for a client in %s', async (subnet, option) => {
    const seen: Buffer[] = []
    const port = await serve((message) => {
      seen.push(message)
      return reply({ type: 1, address: '192.0.2.1' })(message, 0)
    })
    await query(['www.example.test', `@127.0.0.1:${port}`], { subnet })
    const opt = Packet.parse(seen[0]!).additionals[0]
    expect(opt).toMatchObject({ class: 1232, rdata: [{ ednsCode: 8, ...option }] })
  })

  it('does not mistake a /56 of IPv6, which dns2 reads one octet too far, for a fault', async () => {
    const subnet = '0008 000b 0002 38 00 20010db8000102'
    const port = await serve((message) => withOption(message, octetsOf(subnet)))
    const { out } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect(out).toContain('; CLIENT-SUBNET: 2001:db8:1:200::/56/0')
    expect(out).not.toContain('dns2 could not read')
  })

  it('says what dns2 could not read of a reply', async () => {
    const port = await serve(reply({ type: 1, address: '192.0.2.1' }, cutAddress))
    const { code, out } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect(code).toBe(0)
    expect(out).toContain('www.example.test. 30 IN A \\# 3 c00002')
    expect(out).toMatch(/;; dns2 could not read answers\[0\].*RDLENGTH is 3, expected 4/)
  })

  it('asks once more over TCP when the answer is truncated', async () => {
    const port = await serveTcp(reply({ type: 1, address: '192.0.2.2' }))
    await serve((message) => truncated(message), port)
    const { out } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect(out).toContain('www.example.test. 30 IN A 192.0.2.2')
    expect(out).toContain('over TCP')
  })

  it.each(['127.0.0.1', '::1'])('asks %s over TCP when told to', async (address) => {
    const port = await serveTcp(reply({ type: 1, address: '192.0.2.2' }), address)
    const server = address.includes(':') ? `@[${address}]:${port}` : `@${address}:${port}`
    const { code, out } = await query(['www.example.test', server], { tcp: true })
    expect(code).toBe(0)
    expect(out).toContain('over TCP')
  })

  it('prints one JSON object for each answer', async () => {
    const port = await serve(reply({ type: 1, address: '192.0.2.1' }))
    const words = ['www.example.test', `@127.0.0.1:${port}`]
    const { out } = await query(words, { json: true, repeat: '2' })
    const objects = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(objects).toHaveLength(2)
    expect(objects[0]).toMatchObject({
      server: `127.0.0.1:${port}`,
      transport: 'UDP',
      status: 'NOERROR',
      flags: ['qr', 'aa', 'rd'],
      question: [{ name: 'www.example.test.', class: 'IN', type: 'A' }],
      answer: [{ name: 'www.example.test.', ttl: 30, class: 'IN', type: 'A', data: '192.0.2.1' }],
    })
  })

  it('shows the rotation turn by turn, and who came first how often', async () => {
    const leads = ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.3']
    const port = await serve((message, turn) =>
      reply({ type: 1, address: leads[turn]! })(message, turn),
    )
    const { out } = await query(['www.example.test', `@127.0.0.1:${port}`], { repeat: '4' })
    expect(out).toBe(
      [
        '     1  192.0.2.1',
        '     2  192.0.2.2',
        '     3  192.0.2.1',
        '     4  192.0.2.3',
        '',
        'first in 4 answers:',
        '     2   50.0 %  192.0.2.1',
        '     1   25.0 %  192.0.2.2',
        '     1   25.0 %  192.0.2.3',
        '',
      ].join('\n'),
    )
  })

  it('counts who came first behind an alias, and not the alias', async () => {
    const port = await serve((message) => {
      const packet = Packet.createResponseFromRequest(withoutOpt(message))
      const [one, two] = ['192.0.2.1', '192.0.2.2'].map((address) => ({ type: 1, address }))
      for (const fields of [{ type: 5, domain: 'web.example.test' }, one, two]) {
        packet.answers.push(new Packet.Resource({ name: 'x.test', class: 1, ttl: 30, ...fields }))
      }
      return packet.toBuffer()
    })
    const { out } = await query(['x.test', `@127.0.0.1:${port}`], { repeat: '2' })
    expect(out).toContain('first in 2 answers:\n     2  100.0 %  192.0.2.1\n')
  })

  it('waits on when a datagram comes that is no reply to its question', async () => {
    const port = await serve((message) => {
      const answer = reply({ type: 1, address: '192.0.2.1' })(message, 0) as Uint8Array
      const forged = reply({ type: 1, address: '203.0.113.66' })(message, 0) as Uint8Array
      forged[0] ^= 0xff
      return [forged, answer.subarray(0, 11), answer]
    })
    const { out } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect(out).toContain('www.example.test. 30 IN A 192.0.2.1')
  })

  it('counts any RCODE as an answer', async () => {
    const port = await serve((message) => failure(message, 5))
    const { code, out } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect(code).toBe(0)
    expect(out).toContain('status: REFUSED')
  })
})

describe('rota query without an answer', () => {
  it('says that nobody listens, and how to change that', async () => {
    const port = await serve(() => undefined)
    for (const server of open.splice(0)) server.close()
    const { code, out, err } = await query(['www.example.test', `@127.0.0.1:${port}`])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(
      `rota query: nothing listens on 127.0.0.1:${port}; start it with "rota serve", ` +
        'or name another with @server\n',
    )
  })

  it('tries a silent server twice, each time with the same question, and then gives up', async () => {
    const clock = new ManualClock()
    const seen: string[] = []
    const port = await serve((message) => {
      seen.push(message.toString('hex'))
      void clock.advance(2_000)
      return undefined
    })
    const { code, err } = await query(['www.example.test', `@127.0.0.1:${port}`], {}, clock)
    expect(code).toBe(1)
    expect(err).toBe(
      `rota query: no answer from 127.0.0.1:${port} after 2 tries of 2s; does --tcp get through?\n`,
    )
    expect(seen).toHaveLength(2)
    expect(seen[0]).toBe(seen[1])
    expect(clock.pendingCount).toBe(0)
  })

  it('gives up a TCP server that takes the question and says nothing', async () => {
    const clock = new ManualClock()
    const port = await serveTcp(() => {
      void clock.advance(2_000)
      return undefined
    })
    const { code, err } = await query(['x.test', `@127.0.0.1:${port}`], { tcp: true }, clock)
    expect(code).toBe(1)
    expect(err).toContain('after 2s; is a firewall in the way?')
    expect(clock.pendingCount).toBe(0)
  })

  it('says so when the reply is no message', async () => {
    const port = await serve((message) => Buffer.concat([failure(message, 0), Buffer.alloc(3)]))
    const { code, err } = await query(['x.test', `@127.0.0.1:${port}`])
    expect(code).toBe(1)
    expect(err).toMatch(/sent \d+ octets that are no DNS message/)
  })
})

describe('rota query refuses', () => {
  it.each([
    [[], {}, 'needs a name, like www.example.test'],
    [['a', 'A', 'b'], {}, '"b" is one word too many: NAME [TYPE] [@server[:port]]'],
    [['a..b'], {}, 'name "a..b" has an empty label'],
    [['a\\.b'], {}, 'name "a\\.b" has a dot inside a label, which dns2 cannot ask for'],
    [['a', 'NOPE'], {}, 'type "NOPE" is neither a known type nor TYPE1–TYPE65535'],
    [
      ['a', '@127.0.0.1:0'],
      {},
      'server "@127.0.0.1:0" is not @host, @host:port or @[address]:port',
    ],
    [['a', '@x y'], {}, 'server "@x y" is not @host, @host:port or @[address]:port'],
    [['a', '@x', '@y'], {}, 'one server at a time: @x @y'],
    [
      ['a'],
      { subnet: '192.0.2.0' },
      'subnet "192.0.2.0" is not a network like 192.0.2.0/24 or 2001:db8::/56',
    ],
    [['a'], { repeat: '0' }, 'repeat "0" is outside 1–100000'],
    [['a'], { repeat: '1.5' }, 'repeat "1.5" is outside 1–100000'],
    [['a'], { timeout: '2' }, 'timeout "2" is outside 1ms–1m'],
  ] satisfies [string[], QueryOptions, string][])('%j with %j', async (words, options, message) => {
    expect(await query(words, options)).toEqual({
      code: 2,
      out: '',
      err: `rota query: ${message}\n`,
    })
  })
})

async function query(
  words: readonly string[],
  options: QueryOptions = {},
  clock = new ManualClock(),
): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runQuery(words, options, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    clock,
  })
  return { code, out, err }
}

async function serve(answer: Answer, port = 0): Promise<number> {
  const socket = createSocket('udp4')
  let turn = 0
  socket.on('message', (message, { port: from, address }) => {
    for (const octets of [answer(message, turn++) ?? []].flat()) socket.send(octets, from, address)
  })
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  open.push(socket)
  return socket.address().port
}

async function serveTcp(answer: Answer, address = '127.0.0.1'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (chunk) => {
      for (const octets of [answer(chunk.subarray(2), 0) ?? []].flat()) {
        socket.end(frameMessage(octets))
      }
    })
  })
  server.listen(0, address)
  await once(server, 'listening')
  open.push(server)
  return (server.address() as AddressInfo).port
}

/** A server whose answer is one record of the name that was asked for. */
function reply(fields: object, change = (octets: Buffer): Buffer => octets): Answer {
  return (message) => {
    const request = Packet.parse(message)
    const packet = Packet.createResponseFromRequest(request)
    packet.header.aa = 1
    const { name } = request.questions[0]!
    packet.answers.push(new Packet.Resource({ name, class: 1, ttl: 30, ...fields }))
    return change(packet.toBuffer())
  }
}

/** Takes the last octet of the last address away. */
function cutAddress(octets: Buffer): Buffer {
  const cut = Buffer.from(octets.subarray(0, -1))
  cut[cut.length - 4] = 3
  return cut
}

function failure(message: Buffer, rcode: number): Buffer {
  return Packet.createErrorResponseFromRequest(withoutOpt(message), rcode).toBuffer()
}

function truncated(message: Buffer): Buffer {
  const packet = Packet.createResponseFromRequest(Packet.parse(message))
  packet.header.tc = 1
  return packet.toBuffer()
}

function withOption(message: Buffer, option: Uint8Array): Buffer {
  const head = failure(message, 0)
  head[11] = 1
  const opt = octetsOf(`00 0029 04d0 00000000 00${option.length.toString(16).padStart(2, '0')}`)
  const octets = Buffer.concat([head, opt, option])
  expect(decodeMessage(octets)).toBeDefined()
  return octets
}

function withoutOpt(message: Buffer) {
  const packet = Packet.parse(message)
  packet.additionals = []
  return packet
}
