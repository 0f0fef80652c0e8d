/**
 * Goal: the suite's reader sees what is in a reply, and refuses one that no resolver could read.
 * Method: messages by hand. A reader that overlooked something would call any two servers alike.
 */

import { describe, expect, it } from 'vitest'

import { encodeQuery } from '../support/query.ts'
import { readReply } from './reply.ts'

const NAME = Buffer.from('0377777707657861'.concat('6d706c65', '047465737400'), 'hex')
const QUESTION = Buffer.concat([NAME, Buffer.from('00010001', 'hex')])
/** Owner by pointer to the question, A IN, 30 seconds, 192.0.2.1. */
const ADDRESS = Buffer.from('c00c000100010000001e0004c0000201', 'hex')

describe('readReply', () => {
  it('reads code, flags, question and records', () => {
    const reply = readReply(message('8580', [1, 1, 0, 0], QUESTION, ADDRESS))
    expect(reply).toMatchObject({
      rcode: 'NOERROR',
      flags: 'qr aa rd ra',
      question: 'www.example.test. 1 A',
      answer: ['www.example.test. 30 1 A 192.0.2.1'],
      edns: 'none',
    })
  })

  it('joins the two halves of an extended code', () => {
    const opt = Buffer.from('00002904d0010000000000', 'hex')
    const reply = readReply(message('8400', [1, 0, 0, 1], QUESTION, opt))
    expect(reply).toMatchObject({ rcode: 'BADVERS', edns: 'version 0', additional: [] })
  })

  it('puts records in one order, whatever order they came in', () => {
    const other = Buffer.concat([ADDRESS.subarray(0, 15), Buffer.of(2)])
    const one = readReply(message('8400', [1, 2, 0, 0], QUESTION, ADDRESS, other))
    const two = readReply(message('8400', [1, 2, 0, 0], QUESTION, other, ADDRESS))
    expect(one).toEqual(two)
  })

  it('reads names in RDATA that are compressed', () => {
    const mx = Buffer.from('c00c000f00010000001e0004000ac010', 'hex')
    const reply = readReply(message('8400', [1, 1, 0, 0], QUESTION, mx))
    expect(reply.answer).toEqual(['www.example.test. 30 1 MX 10 example.test.'])
  })

  it('refuses a pointer that does not point backwards', () => {
    const loop = Buffer.concat([Buffer.from('c022', 'hex'), ADDRESS.subarray(2)])
    const octets = message('8400', [1, 1, 0, 0], QUESTION, loop)
    expect(() => readReply(octets)).toThrow('points forward')
  })

  it('shows what is left of RDATA behind its names', () => {
    const alias = Buffer.from('c00c000500010000001e0003c01000', 'hex')
    const reply = readReply(message('8400', [1, 1, 0, 0], QUESTION, alias))
    expect(reply.answer).toEqual(['www.example.test. 30 1 CNAME example.test. \\# 1 00'])
  })

  it('refuses octets behind the last record', () => {
    const octets = message('8400', [1, 1, 0, 0], QUESTION, ADDRESS, Buffer.of(0))
    expect(() => readReply(octets)).toThrow('left over')
  })

  it('refuses a record that is cut off', () => {
    const octets = message('8400', [1, 1, 0, 0], QUESTION, ADDRESS.subarray(0, 14))
    expect(() => readReply(octets)).toThrow()
  })

  it('reads back what a query says', () => {
    const octets = encodeQuery({
      name: 'a\\.b.example.test.',
      type: 28,
      edns: { payload: 1232, isDnssecOk: true },
    })
    expect(readReply(octets)).toMatchObject({
      question: 'a\\.b.example.test. 1 AAAA',
      edns: 'version 0 do',
    })
  })
})

function message(flags: string, counts: readonly number[], ...parts: Buffer[]): Buffer {
  const header = Buffer.alloc(12)
  header.write(flags, 2, 'hex')
  for (const [index, count] of counts.entries()) header.writeUInt16BE(count, 4 + index * 2)
  return Buffer.concat([header, ...parts])
}
