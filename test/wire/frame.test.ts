/**
 * Goal: a stream gives the same messages however it is cut, and holds no more than it has to.
 * Method: every way to cut a short stream in two, random cuts of longer ones, then the limits.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createFramer, feedFramer, frameMessage, isMidFrame } from '../../src/wire/frame.ts'

describe('a framer', () => {
  const messages = ['', 'a', 'query', 'x'.repeat(300)]
  const stream = streamOf(messages)

  it('gives whole messages at every split of the stream in two', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(messages)
    }
  })

  it('gives whole messages octet by octet', () => {
    expect(read(Array.from(stream, (octet) => Uint8Array.of(octet)))).toEqual(messages)
  })

  it('gives whole messages at random splits', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, (places) => {
        const sorted = [0, ...places.sort((a, b) => a - b), stream.length]
        const chunks = sorted.slice(1).map((end, i) => stream.subarray(sorted[i], end))
        expect(read(chunks)).toEqual(messages)
      }),
    )
  })

  it('hands on what lies whole in a chunk without copying it', () => {
    const seen: Uint8Array[] = []
    feedFramer(createFramer(), stream, (message) => seen.push(message))
    expect(seen).toHaveLength(messages.length)
    expect(seen.every(({ buffer }) => buffer === stream.buffer)).toBe(true)
  })

  it('says whether a message is under way', () => {
    const framer = createFramer()
    expect(isMidFrame(framer)).toBe(false)
    feedFramer(framer, Uint8Array.of(0), () => {})
    expect(isMidFrame(framer)).toBe(true)
    feedFramer(framer, Uint8Array.of(1, 0x61), () => {})
    expect(isMidFrame(framer)).toBe(false)
  })

  it('takes a message of its maximum and breaks at one octet more, at every split', () => {
    const allowed = streamOf(['ok', 'x'.repeat(100)])
    const tooLong = streamOf(['ok', 'x'.repeat(101), 'never'])
    for (let cut = 0; cut <= allowed.length; cut++) {
      const framer = createFramer(100)
      const seen: string[] = []
      expect(feedAll(framer, [allowed.subarray(0, cut), allowed.subarray(cut)], seen)).toBe(true)
      expect(seen).toEqual(['ok', 'x'.repeat(100)])
    }
    for (let cut = 0; cut <= tooLong.length; cut++) {
      const framer = createFramer(100)
      const seen: string[] = []
      expect(feedAll(framer, [tooLong.subarray(0, cut), tooLong.subarray(cut)], seen)).toBe(false)
      expect(seen).toEqual(['ok'])
      expect(feedFramer(framer, allowed, () => seen.push('after'))).toBe(false)
      expect(seen).toEqual(['ok'])
    }
  })

  it('has no room for what was announced and did not come', () => {
    const framer = createFramer()
    feedFramer(framer, Uint8Array.of(0xff, 0xff, 1, 2, 3), () => {})
    expect(framer.pending.length).toBeLessThanOrEqual(512)
  })

  it('moves its octets a bounded number of times when they come one by one', () => {
    const framer = createFramer()
    const long = streamOf(['x'.repeat(65_535)])
    let rooms = 0
    let room = framer.pending
    for (const octet of long.subarray(0, -1)) {
      feedFramer(framer, Uint8Array.of(octet), () => {})
      if (framer.pending !== room) rooms++
      room = framer.pending
    }
    expect(rooms).toBeLessThanOrEqual(9) // 512 octets doubled to more than 65,537.
    expect(room.length).toBeLessThanOrEqual(2 * long.length)
  })
})

function streamOf(messages: readonly string[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((text) => [...frameMessage(Buffer.from(text))]))
}

function read(chunks: readonly Uint8Array[]): string[] {
  const seen: string[] = []
  expect(feedAll(createFramer(), chunks, seen)).toBe(true)
  return seen
}

function feedAll(
  framer: ReturnType<typeof createFramer>,
  chunks: readonly Uint8Array[],
  seen: string[],
): boolean {
  const results = chunks.map((chunk) =>
    feedFramer(framer, chunk, (message) => seen.push(Buffer.from(message).toString())),
  )
  return results.every(Boolean)
}
