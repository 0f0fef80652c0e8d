/**
 * Goal: whatever happens, nobody is called safe to stop while a cache holds an answer that leads
 * there.
 * Method: a cache that keeps to the TTL asks while members are drained, move, leave and come back,
 * TTLs change, walls are turned and the process ends, well or not; time is that of the cache.
 */

import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'

import { printAddress } from '../../../src/base/address.ts'
import type { Decision } from '../../../src/control/judgement/standing.ts'
import { ledgerSection, type SavedLedger } from '../../../src/control/ledger/past.ts'
import { answer } from '../../../src/engine/answer.ts'
import { createClient } from '../../../src/engine/world.ts'
import { PAYLOAD_MAX } from '../../../src/wire/edns.ts'
import { decodeMessage } from '../../../src/wire/message.ts'
import { TYPE } from '../../../src/wire/registry.ts'
import { requestFor } from '../../support/request.ts'
import { keeperOf } from '../kept.ts'

const CLEAN: SavedLedger = { ...ledgerSection.empty, isFinal: true }
const DRAIN: Decision = { word: 'drain', reason: 'why', author: 'ana' }

interface Shape {
  readonly ttl: number
  /** The last octet of b's address; 0 where b is not there. */
  readonly host: number
  readonly answers: number
}

const shape = fc.record({
  ttl: fc.constantFrom(5, 300),
  host: fc.constantFrom(0, 2, 9),
  answers: fc.constantFrom(1, 2),
})
const event = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'ask' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(15_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drain' as const), isOn: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), shape }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), shape, isClean: fc.boolean() }),
  },
)

/** It comes back to another cell than that in which its answers were noted. */
const LEFT_AND_BACK: [Shape, (typeof event extends fc.Arbitrary<infer One> ? One : never)[]] = [
  { ttl: 5, host: 9, answers: 1 },
  [
    { kind: 'ask' },
    { kind: 'ask' },
    { kind: 'reload', shape: { ttl: 5, host: 0, answers: 1 } },
    { kind: 'drain', isOn: true },
    { kind: 'reload', shape: { ttl: 5, host: 9, answers: 1 } },
  ],
]

it('is never called safe to stop while a cache holds an answer with it', async () => {
  await fc.assert(
    fc.asyncProperty(shape, fc.array(event, { maxLength: 12 }), async (first, events) => {
      const held = new Map<string, number>()
      let isDrained = false
      let site = await siteOf(first, CLEAN, () => isDrained)
      /** When the present process began, by the time of the cache. */
      let beganMs = 0
      const now = () => beganMs + site.clock.now()
      for (const one of events) {
        if (one.kind === 'wait') await site.clock.advance(one.ms)
        else if (one.kind === 'reload') await site.reload(one.shape)
        else if (one.kind === 'drain') {
          isDrained = one.isOn
          site.keeper.rejudge('web')
        } else if (one.kind === 'restart') {
          if (one.isClean) site.ledger.finish()
          const past = site.ledger.save()
          beganMs = now()
          site.keeper.stop()
          site = await siteOf(one.shape, past, () => isDrained)
        } else {
          for (const { address, ttl } of site.ask()) {
            held.set(address, Math.max(held.get(address) ?? 0, now() + ttl * 1_000))
          }
        }
        for (const { address, isSafe } of site.ledger.entries()) {
          if (isSafe) expect(held.get(address) ?? 0, address).toBeLessThanOrEqual(now())
        }
      }
      site.keeper.stop()
    }),
    { numRuns: 150, examples: [LEFT_AND_BACK] },
  )
})

async function siteOf(first: Shape, past: SavedLedger, isDrained: () => boolean) {
  const overrideOf = (_: string, member: string) =>
    isDrained() && member === 'b' ? DRAIN : undefined
  const kept = await keeperOf(yaml(first), { past, overrideOf })
  const { engine, clock, files, keeper } = kept
  const client = createClient(false)
  const out = new Uint8Array(PAYLOAD_MAX)
  await clock.advance(1_000) // At 0 nothing is noted: it stands for never.
  return {
    ...kept,
    ask() {
      const request = requestFor('www.example.test A')
      engine.moment[0] = clock.now()
      const message = decodeMessage(
        out.subarray(0, answer(engine, request, request.length, client, out)),
      )
      return message!.answer.flatMap(({ type, rdata, ttl }) =>
        type === TYPE.A ? [{ address: printAddress(rdata), ttl }] : [],
      )
    },
    async reload(changed: Shape) {
      writeFileSync(files.file, yaml(changed))
      await keeper.load()
    },
  }
}

function yaml({ ttl, host, answers }: Shape): string {
  const b = host === 0 ? '' : `, b: 192.0.2.${host}`
  return `
zones: { example.test: example.test.zone }
defaults: { ttl: ${ttl} }
pools:
  web: { members: { a: 192.0.2.1${b} } }
names:
  www.example.test: { pool: web, answers: ${answers} }
`
}
