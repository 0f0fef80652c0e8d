/**
 * Goal: `$ORIGIN` and `$INCLUDE` mean what RFC 1035 §5.1 says, and no set of files keeps the reader
 * busy for ever.
 * Method: several files of text, full records out.
 */

import { describe, expect, it } from 'vitest'

import { INCLUDE_DEPTH_MAX, INCLUDES_MAX } from '../../src/zone/include.ts'
import { readZone, recordsOf } from './reading.ts'

describe('$ORIGIN', () => {
  it('completes what follows, itself completed by the origin before', () => {
    const text = `$TTL 60
$ORIGIN sub
a CNAME b
$origin deep
@ A 192.0.2.1
$ORIGIN example.test.
c A 192.0.2.2`
    expect(recordsOf(text)).toEqual([
      'a.sub.example.test. 60 CNAME b.sub.example.test.',
      'deep.sub.example.test. 60 A 192.0.2.1',
      'c.example.test. 60 A 192.0.2.2',
    ])
  })

  it('may lie outside the zone, as long as no owner does', () => {
    const text =
      '$TTL 60\n$ORIGIN example.org.\na.example.test. CNAME b\n$ORIGIN .\nexample.test NS c.example.org'
    expect(recordsOf(text)).toEqual([
      'a.example.test. 60 CNAME b.example.org.',
      'example.test. 60 NS c.example.org.',
    ])
  })
})

describe('$INCLUDE', () => {
  it('reads another file in its place, under the origin so far or the one it gives', () => {
    const text =
      '$TTL 60\n$ORIGIN sub\n$INCLUDE hosts\n$include "hosts" more ; twice\nz A 192.0.2.9'
    expect(recordsOf(text, { files: { hosts: 'a A 192.0.2.1' } })).toEqual([
      'a.sub.example.test. 60 A 192.0.2.1',
      'a.more.sub.example.test. 60 A 192.0.2.1',
      'z.sub.example.test. 60 A 192.0.2.9',
    ])
  })

  it('leaves origin and owner of the including file as they were', () => {
    const files = { hosts: '$ORIGIN elsewhere.example.test.\na A 192.0.2.1' }
    const text = '$TTL 60\nbefore A 192.0.2.2\n$INCLUDE hosts\n TXT same\nafter A 192.0.2.3'
    expect(recordsOf(text, { files }).slice(2)).toEqual([
      'before.example.test. 60 TXT "same"',
      'after.example.test. 60 A 192.0.2.3',
    ])
  })

  it('leaves the owner of the including file sound when its own is faulty', () => {
    const files = { hosts: 'a..b 60 A 192.0.2.1' }
    const text = 'before 60 A 192.0.2.2\n$INCLUDE hosts\n 60 TXT same'
    expect(readZone(text, { files }).records.at(-1)).toBe('before.example.test. 60 TXT "same"')
  })

  it('hands its owner and TTL down, and takes the TTL of the included file, as BIND does', () => {
    const files = { more: ' TXT inherited\n$TTL 90' }
    const text = '$TTL 60\na A 192.0.2.1\n$INCLUDE more\nb A 192.0.2.2'
    expect(recordsOf(text, { files })).toEqual([
      'a.example.test. 60 A 192.0.2.1',
      'a.example.test. 60 TXT "inherited"',
      'b.example.test. 90 A 192.0.2.2',
    ])
  })

  it('ends an entry where the included file ends without a line end', () => {
    const files = { one: 'a 60 A 192.0.2.1', two: '$INCLUDE one\nb 60 A 192.0.2.2' }
    expect(recordsOf('$INCLUDE two\nc 60 A 192.0.2.3', { files })).toHaveLength(3)
  })

  it('keeps the place of every record, each file listed once', () => {
    const files = { one: '\na 60 A 192.0.2.1', two: 'b 60 A 192.0.2.2\n$INCLUDE one b' }
    const reading = readZone('$INCLUDE one\n$INCLUDE two\nc 60 A 192.0.2.3', { files })
    expect(reading.files).toEqual(['main', 'one', 'two'])
    expect(reading.places).toEqual(['one:2:1', 'two:1:1', 'one:2:1', 'main:3:1'])
  })

  it('tells faults with the file they stand in', () => {
    const files = { hosts: 'a 60 A 192.0.2.1\nb 60 A nowhere' }
    const { faults } = readZone('\n$INCLUDE hosts\n', { files })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^hosts:2:8: A: /)
  })

  it.each([
    ['$INCLUDE', 'main:1:9: $INCLUDE needs a file, and may give an origin'],
    [
      '$INCLUDE a b c',
      'main:1:14: $INCLUDE needs a file, and may give an origin; "c" is one word too many',
    ],
    ['$INCLUDE "no where"', 'main:1:10: $INCLUDE: "no where": no such file'],
    ['$INCLUDE ""', 'main:1:10: $INCLUDE: "": no such file'],
    ['$INCLUDE main', 'main:1:10: $INCLUDE: file includes itself: main -> main'],
    ['$INCLUDE a', 'b:1:10: $INCLUDE: file includes itself: main -> a -> b -> a'],
    ['$INCLUDE a a..b', 'main:1:12: origin "a..b" has an empty label'],
  ])('%s is told as a fault: %s', (line, expected) => {
    const files = { main: '', a: '$INCLUDE b', b: '$INCLUDE a' }
    const { faults, records } = readZone(`${line}\nafter 60 A 192.0.2.1`, { files })
    expect(faults).toEqual([expected])
    expect(records).toHaveLength(1)
  })

  it('goes as deep as its bound and no deeper', () => {
    const files = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`f${i}`, `r${i} 60 A 192.0.2.1\n$INCLUDE f${i + 1}`]),
    )
    const { faults, records } = readZone('$INCLUDE f0', { files })
    expect(records).toHaveLength(INCLUDE_DEPTH_MAX)
    expect(faults).toEqual([
      `f15:2:10: $INCLUDE: files include each other more than ${INCLUDE_DEPTH_MAX} deep`,
    ])
  })

  it('ends when files that each include the next one twice would fill the day', () => {
    const files = Object.fromEntries(
      Array.from({ length: 15 }, (_, i) => [`f${i}`, `$INCLUDE f${i + 1}\n`.repeat(2)]),
    )
    const { faults } = readZone('$INCLUDE f0', { files: { ...files, f15: '' } })
    expect(faults[0]).toContain(`a zone includes at most ${INCLUDES_MAX} files`)
  })
})
