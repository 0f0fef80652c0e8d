/**
 * Goal: an explanation says what will be answered, and why, and asking for it changes nothing.
 * Method: a keeper with a manual clock, an engine that hears it, and the lines that people read.
 */

import { describe, expect, it } from 'vitest'

import { parsePrefix } from '../../../src/base/prefix.ts'
import { explanation as described } from '../../../src/admin/schemas/explanation.ts'
import { explain } from '../../../src/control/explain/explain.ts'
import { explanationLines } from '../../../src/control/explain/explain-text.ts'
import { answer, MESSAGE_OCTETS_MAX } from '../../../src/engine/answer.ts'
import { createClient } from '../../../src/engine/world.ts'
import { decodeMessage } from '../../../src/wire/message.ts'
import { nameOf, requestFor } from '../../support/request.ts'
import { keeperOf } from '../kept.ts'

const YAML = `
zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 } } }
pools:
  site:
    policy: failover
    members: { near: { pool: web, min_healthy: 2 }, far: { pool: spare } }
  web:
    check: web
    policy: weighted
    members: { a: { v4: 192.0.2.1, weight: 5 }, b: { v4: 192.0.2.2, v6: "2001:db8::2", weight: 3 } }
  spare: { members: [192.0.2.9] }
names:
  www.example.test: { pool: web, answers: 1 }
  site.example.test: { pool: site, clients: [{ subnet: 198.51.100.0/24, pool: spare }] }
`
const CLIENT = '203.0.113.7'

describe('an explanation', () => {
  it('names the pool, what comes next, the TTL, and every member with its evidence', async () => {
    const { lines } = await explained(YAML)
    expect(lines('www.example.test')).toEqual([
      'www.example.test. for 203.0.113.7/32: pool web, weighted, at most 1 record',
      expect.stringMatching(/^next A: 192\.0\.2\.[12]$/),
      'next AAAA: 2001:db8::2',
      'ttl 30: nobody is in transition',
      'pool web A: 2 of 2 healthy, 1 needed; weighted draws from a (5), b (3)',
      expect.stringMatching(
        /^ {2}a 192\.0\.2\.1: in; weight 5; up since .*Z: connected in 0\.0 ms$/,
      ),
      expect.stringMatching(
        /^ {2}b 192\.0\.2\.2: in; weight 3; up since .*Z: connected in 0\.0 ms$/,
      ),
      'pool web AAAA: 1 of 1 healthy, 1 needed; weighted draws from b (3)',
      expect.stringMatching(
        /^ {2}b 2001:db8::2: in; weight 3; up since .*Z: connected in 0\.0 ms$/,
      ),
    ])
  })

  it('is true: the next turns are those that it told', async () => {
    const { lines, ask } = await explained(YAML)
    for (let turn = 0; turn < 20; turn++) {
      const told = lines('www.example.test')[1]!.replace('next A: ', '')
      expect(lines('www.example.test')[1]).toBe(`next A: ${told}`)
      expect(ask('www.example.test A')).toEqual([told])
    }
  })

  it('says why a member is out, and why the TTL is short', async () => {
    const { lines, clock, down } = await explained(YAML)
    down.add('192.0.2.1')
    const inDoubt = 'ttl 5: in transition: web/a'
    for (let step = 0; step < 20 && !lines('www.example.test').includes(inDoubt); step++) {
      await clock.advance(500)
    }
    expect(lines('www.example.test')).toContain(inDoubt)
    await clock.advance(30_000)
    expect(lines('www.example.test')).toContainEqual(
      expect.stringMatching(
        /^ {2}a 192\.0\.2\.1: out \(down\); .*down since .*: connection refused$/,
      ),
    )
  })

  it('follows pools in pools, and the ladder of one that has failed', async () => {
    const { lines, clock, down } = await explained(YAML)
    expect(lines('site.example.test')[1]).toMatch(/^next A: 192\.0\.2\.[12]/)
    down.add('192.0.2.1')
    await clock.advance(60_000)
    const told = lines('site.example.test')
    expect(told[1]).toContain('next A: 192.0.2.9')
    expect(told).toContainEqual(expect.stringMatching(/^ {2}near web: out \(pool failed\)/))
    down.add('192.0.2.2').add('2001:db8::2')
    await clock.advance(60_000)
    expect(lines('site.example.test')).toContainEqual(
      expect.stringMatching(/^ {2}failed since .*; ladder: all in force$/),
    )
  })

  it('knows the rule for a client, and for whom the answer is good', async () => {
    const { lines } = await explained(YAML)
    const told = lines('site.example.test', '198.51.100.0/25')
    expect(told.slice(0, 2)).toEqual([
      'site.example.test. for 198.51.100.0/25: pool spare, rotate, at most 8 records',
      "next A: 192.0.2.9 (good for all of the client's /24)",
    ])
  })

  it('says of an override who, why and until when', async () => {
    const untilWall = Date.UTC(2030, 0, 1)
    const decision = { word: 'drain', reason: 'disk swap', author: 'ana', untilWall } as const
    const { lines } = await explained(YAML, (_, member) => (member === 'a' ? decision : undefined))
    expect(lines('www.example.test')).toContainEqual(
      expect.stringContaining(
        'out (override drain); weight 5; ' +
          'override drain by ana until 2030-01-01T00:00:00Z: disk swap; up',
      ),
    )
  })

  it('is as the document of the API has it, with moments for people', async () => {
    const untilWall = Date.UTC(2030, 0, 1)
    const decision = { word: 'drain', reason: 'disk swap', author: 'ana', untilWall } as const
    const { told } = await explained(YAML, () => decision)
    const explanation = told('www.example.test')
    expect(described.parse(explanation)).toEqual(explanation)
    const { members, failedSince } = explanation.balanced!.pools[0]!.v4!
    expect(members[0]).toMatchObject({ override: { until: '2030-01-01T00:00:00.000Z' } })
    expect(failedSince).toMatch(/^\d{4}-.*Z$/)
  })

  it('says so of a name that is not balanced, or not here', async () => {
    const { lines } = await explained(YAML)
    expect(lines('ns1.example.test')).toEqual([
      'ns1.example.test. for 203.0.113.7/32: not balanced; its zone answers, if it is here',
      'next A: 127.0.0.1',
      'next AAAA: nobody (NODATA)',
    ])
    expect(lines('www.example.org')[1]).toBe('next A: REFUSED')
  })
})

type OverrideOf = NonNullable<Parameters<typeof keeperOf>[1]>['overrideOf']

async function explained(yaml: string, overrideOf?: OverrideOf) {
  const kept = await keeperOf(yaml, overrideOf ? { overrideOf } : {})
  const { engine, keeper } = kept
  const client = createClient(true)
  client.address.set(parsePrefix(CLIENT)!.octets)
  const out = new Uint8Array(MESSAGE_OCTETS_MAX)
  const told = (name: string, from = CLIENT) =>
    explain({ engine, keeper }, nameOf(`${name}.`), parsePrefix(from)!)
  return {
    ...{ ...kept, told },
    lines: (...asked: Parameters<typeof told>) => explanationLines(told(...asked)),
    ask(question: string) {
      const request = requestFor(question, { tcp: true })
      const length = answer(engine, request, request.length, client, out)
      return decodeMessage(out.slice(0, length))!.answer.map(({ text }) => text)
    },
  }
}
