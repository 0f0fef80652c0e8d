/**
 * Goal: whatever is wrong with a master file is told with its place and its remedy, all of it at
 * once, and costs no record but its own.
 * Method: one faulty text and the exact line that a person reads.
 */

import { describe, expect, it } from 'vitest'

import { codeFrame } from '../../src/base/diagnostic.ts'
import { FAULTS_MAX } from '../../src/base/faults.ts'
import { readZone } from './reading.ts'

const TTL_RANGE = '0–2147483647 seconds, or units like 1h30m'

describe('a fault', () => {
  it.each([
    ['a 60 CNAEM b', '6: type "CNAEM" is not known: did you mean CNAME?'],
    ['a 60 FLUFFY b', '6: type "FLUFFY" is not known: write TYPE and its number'],
    ['a 60 TYPE65536 b', '6: type "TYPE65536" is not known: write TYPE and its number'],
    ['a 60 "A" b', '6: "A" stands in quotes where a type is needed'],
    ['a 60 ANY b', '6: type ANY is for questions, not for zones'],
    ['a 60 TYPE128 \\# 0', '6: type TYPE128 is for questions, not for zones'],
    ['a 60 TYPE0 \\# 0', '6: type TYPE0 is for questions, not for zones'],
    ['a 60 OPT \\# 0', '6: type OPT is for questions, not for zones'],
    ['a 60 CH A 192.0.2.1', '6: class "CH" is not served: a zone is of class IN'],
    ['a 60 class3 A 192.0.2.1', '6: class "class3" is not served: a zone is of class IN'],
    ['a HESIOD A 192.0.2.1', '3: class "HESIOD" is not served: a zone is of class IN'],
    ['a IN 60 IN A 192.0.2.1', '9: the class is given twice'],
    ['a 60 IN 60 A 192.0.2.1', '9: the TTL is given twice'],
    ['a 60', '5: a record needs a type and data'],
    ['a', '2: a record needs a type and data'],
    ['a 2147483648 A 192.0.2.1', `3: TTL "2147483648" is not ${TTL_RANGE}`],
    ['a 1x A 192.0.2.1', `3: TTL "1x" is not ${TTL_RANGE}`],
    ['a..b 60 A 192.0.2.1', '1: owner "a..b" has an empty label'],
    ['a\\256 60 A 192.0.2.1', /^1: owner "a\\256" has an escape/],
    ['a.example.org. 60 A 192.0.2.1', /^1: owner a.example.org. is outside the zone example.test./],
    ['test. 60 A 192.0.2.1', '1: owner test. is outside the zone example.test.'],
    ['xexample.test. 60 A 192.0.2.1', /^1: owner xexample.test. is outside the zone/],
    ['a 60 A 192.0.2', /^8: A: /],
    ['a 60 A 192.0.2.1 x', /^18: A: /],
    ['a 60 A', /^7: A: /],
    ['a 60 MX 10', /^11: MX: needs a preference/],
    ['a 60 TXT a "b\\999"', /^12: TXT: /],
    ['$ORIGIN', '8: $ORIGIN needs a name'],
    ['$ORIGIN a b', '11: $ORIGIN needs a name; "b" is one word too many'],
    ['$ORIGIN a..b', '9: origin "a..b" has an empty label'],
    ['$TTL', `5: $TTL needs ${TTL_RANGE}`],
    ['$TTL soon', `6: $TTL "soon" is not ${TTL_RANGE}`],
    ['$TLT 60', '1: directive "$TLT" is not known: did you mean $TTL?'],
    [
      '$CLEVERNESS on',
      '1: directive "$CLEVERNESS" is not known: known are $ORIGIN, $TTL, $INCLUDE, $GENERATE',
    ],
    [' $ORIGIN a', '2: directive "$ORIGIN" must stand at the start of its line'],
    ['a 60 A (192.0.2.1', '8: this parenthesis is never closed'],
  ])('of %j is told with its column', (text, expected) => {
    // The record before gives what the faulty one leaves out; the one after must not be lost.
    const { records, faults } = readZone(`before 60 A 192.0.2.1\n${text}\nafter 60 A 192.0.2.2\n`)
    expect(faults).toHaveLength(1)
    const [, line, rest] = /^main:(\d+):(.*)$/.exec(faults[0])!
    expect(line).toBe('2')
    if (typeof expected === 'string') expect(rest).toBe(expected)
    else expect(rest).toMatch(expected)
    const isEndless = text.includes('(')
    expect(records).toEqual([
      'before.example.test. 60 A 192.0.2.1',
      ...(isEndless ? [] : ['after.example.test. 60 A 192.0.2.2']),
    ])
  })

  it('is told of an octet that is no letter, whatever letters its value would spell', () => {
    const text = new Uint8Array([...new TextEncoder().encode('a 60 '), 0xf3, 0x20, 0x62])
    expect(readZone(text).faults).toHaveLength(1)
    expect(readZone(text).faults[0]).toMatch(/^main:1:6: type ".*" is not known/)
  })

  it('is marked in the line it stands in', () => {
    const text = 'ä 60 TXT a\nb 60 TXT "ü" "x\\300y" z\n'
    const { diagnostics } = readZone(text)
    expect(codeFrame(diagnostics[0], text)).toBe(
      ['2 | b 60 TXT "ü" "x\\300y" z', '  |              ^^^^^^^^'].join('\n'),
    )
  })

  it('in a line within parentheses is told with that line', () => {
    const { faults } = readZone('@ 60 SOA ns host (\n 1\n soon ; not a number\n 3 4 5 )')
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^main:3:2: SOA: /)
  })
})

describe('after a fault', () => {
  it('an owner that was stated still holds', () => {
    const { records } = readZone('a 60 A 192.0.2.1\nb 60 A nonsense\n  60 A 192.0.2.2')
    expect(records).toEqual(['a.example.test. 60 A 192.0.2.1', 'b.example.test. 60 A 192.0.2.2'])
  })

  it('a record never goes to the owner before the faulty one', () => {
    const { records, faults } = readZone('a 60 A 192.0.2.1\nb..c 60 A 192.0.2.2\n  60 A 192.0.2.3')
    expect(records).toEqual(['a.example.test. 60 A 192.0.2.1'])
    expect(faults).toHaveLength(1)
  })

  it('nor to the owner before an entry that could not be cut into words', () => {
    const { records, faults } = readZone('a 60 A 192.0.2.1\nb 60 TXT "\n  60 A 192.0.2.3')
    expect(records).toEqual(['a.example.test. 60 A 192.0.2.1'])
    expect(faults).toHaveLength(1)
  })

  it('the data of a record with a faulty owner are looked at all the same', () => {
    const { faults } = readZone('b..c 60 A 192.0.2\n 60 MX')
    expect(faults.map((fault) => fault.slice(0, 12))).toEqual([
      'main:1:1: ow',
      'main:1:11: A',
      'main:2:7: MX',
    ])
  })

  it('the TTL that a faulty record gave still holds', () => {
    const { records } = readZone('a 60 A 192.0.2.1\nb 90 A nonsense\nc A 192.0.2.2')
    expect(records[1]).toBe('c.example.test. 90 A 192.0.2.2')
  })

  it('records that rely on a faulty TTL are not told as well', () => {
    expect(readZone('$TTL soon\na A 192.0.2.1\nb A 192.0.2.2').faults).toHaveLength(1)
    expect(readZone('@ soon2 A 192.0.2.1\n@ 1q A 192.0.2.1\nb A 192.0.2.2').faults).toHaveLength(2)
  })

  it('a missing TTL is told once, where it was missed first', () => {
    expect(readZone('a A 192.0.2.1\nb A 192.0.2.2').faults).toEqual([
      'main:1:1: no TTL is given and none was given before: write one, or begin the file with $TTL',
    ])
  })
})

describe('many faults', () => {
  it('are told one by one up to a bound, and then counted', () => {
    const { faults } = readZone('a 60 B c\n'.repeat(FAULTS_MAX + 23))
    expect(faults).toHaveLength(FAULTS_MAX + 1)
    expect(faults.at(-1)).toBe(`main:${FAULTS_MAX}:6: and 23 more errors after this one`)
  })

  it('are told without a count where they just reach the bound', () => {
    expect(readZone('a 60 B c\n'.repeat(FAULTS_MAX)).faults).toHaveLength(FAULTS_MAX)
    expect(readZone('a 60 B c\n'.repeat(FAULTS_MAX + 1)).faults.at(-1)).toMatch(
      /1 more error after/,
    )
  })

  it('show long words only in part', () => {
    const [fault] = readZone(`${'x'.repeat(5000)} 60 A 192.0.2.1`).faults
    expect(fault.length).toBeLessThan(200)
  })
})
