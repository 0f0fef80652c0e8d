/**
 * Goal: a padded answer says what it said before, and its size says as little as may be.
 * Method: answers of an authority to any question, padded and read again.
 */

import { describe, expect, it } from 'vitest'

import { decodeMessage } from '../../src/wire/message.ts'
import { PADDING_BLOCK, padMessage } from '../../src/wire/padding.ts'
import { Answerer, clientAt } from '../../src/transport/answerer.ts'
import { createCounters } from '../../src/transport/counters.ts'
import { authority } from '../support/authority.ts'
import { requestFor } from '../support/request.ts'

const ZONE = `$ORIGIN example.test.
@ 30 IN SOA ns1 hostmaster 1 3600 600 604800 10
@ 30 IN NS ns1
ns1 30 IN A 127.0.0.1
${Array.from({ length: 253 }, (_, i) => `large 30 IN TXT "${i} ${'x'.repeat(240)}"`).join('\n')}
`
const { engine } = authority({ 'example.test': ZONE }, { serverId: 'here' })
const PADDED = { edns: true, options: [[12, [0, 0, 0]]] } as const
const client = clientAt('192.0.2.1')

function answerTo(question: string, manner: object, isEncrypted = true): Uint8Array {
  const answerer = new Answerer({ engine, counters: createCounters(), isEncrypted })
  const said = answerer.answer(requestFor(question, manner), client)
  if (typeof said === 'string') throw new Error(said)
  return Uint8Array.from(said)
}

describe('an answer to a padded query', () => {
  it.each(['ns1.example.test A', 'none.example.test A', 'example.org A', 'example.test NS'])(
    '%s is as long as a block, and says the same',
    (question) => {
      const manner = { ...PADDED, nsid: true, subnet: '192.0.2.0/24' }
      const padded = decodeMessage(answerTo(question, manner))!
      const bare = decodeMessage(answerTo(question, manner, false))!
      expect(padded.size).toBe(PADDING_BLOCK)
      expect(bare.size).toBeLessThan(PADDING_BLOCK)
      const options = padded.edns!.options
      expect(options.slice(0, -1)).toEqual(bare.edns!.options)
      expect(options.at(-1)).toMatchObject({ code: 12 })
      expect({ ...padded, size: 0, edns: 0 }).toEqual({ ...bare, size: 0, edns: 0 })
    },
  )

  it('that nearly fills a message fills it, or is left as it is', () => {
    const out = new Uint8Array(65_535)
    const message = answerTo('ns1.example.test A', { edns: true })
    out.set(message)
    const optAt = message.length - 11
    expect(padMessage(out, 65_530, optAt)).toBe(65_535)
    expect(padMessage(out, 65_532, optAt)).toBe(65_532)
    const { length } = answerTo('large.example.test TXT', PADDED)
    expect([length % PADDING_BLOCK, length > 60_000]).toEqual([0, true])
  })

  it('is padded for nobody else: not where all can read it, nor where nobody asked', () => {
    expect(answerTo('ns1.example.test A', PADDED, false).length).toBeLessThan(PADDING_BLOCK)
    expect(answerTo('ns1.example.test A', { edns: true }).length).toBeLessThan(PADDING_BLOCK)
    expect(answerTo('ns1.example.test A', {}).length).toBeLessThan(PADDING_BLOCK)
  })
})
