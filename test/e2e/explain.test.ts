/**
 * Goal: whoever may ask learns by DNS alone why a name is answered as it is, in the words of `rota
 * explain`, and what is said to come next is what comes; whoever may not is told of no such name.
 * Method: TXT questions to a running server, over UDP and TCP, and the command.
 */

import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'

import { decodeMessage, type Message } from '../../src/wire/message.ts'
import { createFramer, feedFramer, frameMessage } from '../../src/wire/frame.ts'
import { requestFor } from '../support/request.ts'
import { siteOf } from './site.ts'

const EXPLAIN = 'www.example.test.explain.example.test TXT'
const CONFIG = `
maps: { offices: { file: offices.map } }
pools:
  web:
    policy: weighted
    check: { tcp: { port: 1 }, interval: 1h, timeout: 4s }
    members: { a: { v4: 127.48.0.1, weight: 3 }, b: 127.48.0.2, c: 127.48.0.3 }
  sure:
    policy: weighted
    members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2, c: 192.0.2.3 }
  near:
    policy: nearest
    map: offices
    members: { berlin: { v4: 192.0.2.1, near: berlin }, oslo: { v4: 192.0.2.2, near: oslo } }
names:
  www.example.test: { pool: web, answers: 1 }
  sure.example.test: { pool: sure, answers: 1 }
  near.example.test: { pool: near, answers: 1 }
`
const FILES = { 'offices.map': '203.0.113.0/25 berlin\n203.0.113.128/25 oslo\n' }

describe('an explanation', () => {
  it('is too long for UDP and comes over TCP, in the words of the command', async () => {
    const site = await siteOf(CONFIG, { files: FILES })
    const short = await site.reply(EXPLAIN)
    expect(short.message).toMatchObject({ flags: { tc: true }, answer: [] })
    const lines = textsOf(await byTcp(site.port, EXPLAIN))
    const said = await site.command('explain', 'www.example.test')
    expect(lines.join('\n')).toBe(said.trimEnd())
    expect(said).toContain('0 of 3 healthy')
    expect(said).toMatch(/a 127\.48\.0\.1: in though \(down\).*connection refused/)
  })

  it('is kept by no cache, and is not taken for a turn', async () => {
    const site = await siteOf(CONFIG, { files: FILES })
    const { answer } = await byTcp(site.port, EXPLAIN)
    expect(new Set(answer.map(({ ttl }) => ttl))).toEqual(new Set([0]))
    const { pools } = await site.status()
    const turns = pools.flatMap(({ members }) => members.flatMap((one) => one.addresses))
    expect(turns.map((one) => one.turns).filter((count) => count > 0)).toEqual([])
  })

  it('says what comes next, and that is what comes', async () => {
    const site = await siteOf(CONFIG, { files: FILES })
    const question = 'sure.example.test.explain.example.test TXT'
    for (let turn = 0; turn < 10; turn++) {
      const next = nextOf(textsOf(await byTcp(site.port, question)))
      expect(await site.answer('sure.example.test A')).toBe(next)
    }
    const said = nextOf((await site.command('explain', 'sure.example.test')).split('\n'))
    expect(await site.answer('sure.example.test A')).toBe(said)
  })

  it('is for the client that is asked about', async () => {
    const site = await siteOf(CONFIG, { files: FILES })
    const asked = async (client: string) =>
      nextOf((await site.command('explain', 'near.example.test', '--client', client)).split('\n'))
    expect(await asked('203.0.113.7')).toBe('192.0.2.1')
    const wide = await site.command('explain', 'near.example.test', '--client', '203.0.113.7')
    expect(wide).toContain("good for all of the client's /25")
    expect(await asked('203.0.113.128/25')).toBe('192.0.2.2')
    const question = 'near.example.test.explain.example.test TXT'
    const lines = textsOf(await byTcp(site.port, question, '203.0.113.200/32'))
    expect(nextOf(lines)).toBe('192.0.2.2')
  })

  it('is for those alone who may ask: to others there is no such name', async () => {
    const site = await siteOf(`explain: { allow: [127.48.9.0/24, 192.0.2.0/24] }\n${CONFIG}`, {
      files: FILES,
    })
    expect((await site.reply(EXPLAIN)).rcode).toBe('NXDOMAIN')
    expect((await site.reply(EXPLAIN, { subnet: '192.0.2.7/32' })).rcode).toBe('NXDOMAIN')
    const allowed = await site.reply(EXPLAIN, { resolver: '127.48.9.1' })
    expect([allowed.rcode, allowed.message.flags.tc]).toEqual(['NOERROR', true])
  })
})

/** The address that comes next. */
function nextOf(lines: readonly string[]): string | undefined {
  return lines.map((line) => /^next A: (\S+)/.exec(line)?.[1]).find(Boolean)
}

/** The lines of TXT records, without their quotes. */
function textsOf({ answer }: Message): string[] {
  return answer.map(({ text }) => text.replace(/^"|"$/g, '').replaceAll('\\"', '"'))
}

async function byTcp(port: number, question: string, subnet?: string): Promise<Message> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(frameMessage(requestFor(question, subnet === undefined ? {} : { subnet })))
  const framer = createFramer()
  const messages: Uint8Array[] = []
  while (messages.length === 0) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    feedFramer(framer, chunk, (message) => messages.push(Uint8Array.from(message)))
  }
  return decodeMessage(messages[0]!)!
}
