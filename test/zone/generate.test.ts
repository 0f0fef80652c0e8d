/**
 * Goal: `$GENERATE` makes the records that BIND makes of the same line, and never more than a bound.
 * Method: directives in, records out; what BIND prints was checked with BIND 9.18 and is checked
 * again by `differential.test.ts`.
 */

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the braces are $GENERATE's own.

import { describe, expect, it } from 'vitest'

import { GENERATED_MAX } from '../../src/zone/generate.ts'
import { readZone, recordsOf } from './reading.ts'

describe('$GENERATE', () => {
  it('makes a record for each number of the range, both ends included', () => {
    expect(recordsOf('$TTL 60\n$GENERATE 1-3 h$ A 192.0.2.$')).toEqual([
      'h1.example.test. 60 A 192.0.2.1',
      'h2.example.test. 60 A 192.0.2.2',
      'h3.example.test. 60 A 192.0.2.3',
    ])
  })

  it('takes steps, a TTL, a class, and any type', () => {
    expect(recordsOf('$generate 0-5/3 $ 1m IN PTR h$.example.org.')).toEqual([
      '0.example.test. 60 PTR h0.example.org.',
      '3.example.test. 60 PTR h3.example.org.',
    ])
  })

  it('takes data of several words, bare or in quotes that are no part of them', () => {
    expect(
      recordsOf(`$TTL 60
$GENERATE 7-7 a MX 10 mail$
$GENERATE 7-7 a MX "10 mail$"
$GENERATE 7-7 a TXT "one \\"two $\\" three"
$GENERATE 7-7 a TXT "one $" "two"`),
    ).toEqual([
      'a.example.test. 60 MX 10 mail7.example.test.',
      'a.example.test. 60 MX 10 mail7.example.test.',
      'a.example.test. 60 TXT "one" "two 7" "three"',
      'a.example.test. 60 TXT "one 7" "two"',
    ])
  })

  it.each([
    ['10', '${0}', '10'],
    ['10', '${-10}', '0'],
    ['10', '${+5}', '15'],
    ['1', '${-5}', '-4'],
    ['10', '${0,4}', '0010'],
    ['10', '${0,1}', '10'],
    ['1', '${-5,4,d}', '-004'],
    ['10', '${0,4,o}', '0012'],
    ['10', '${0,0,x}', 'a'],
    ['1', '${-5,0,x}', 'fffffffc'],
    ['171', '${0,4,X}', '00ab'],
    ['10', '${0,0,n}', 'a'],
    ['171', '${0,0,n}', 'b.a'],
    ['171', '${0,3,n}', 'b.a'],
    ['171', '${0,5,N}', 'b.a.0'],
    ['0', '${0,1,n}', '0'],
    ['1', '$$', '\\$'],
    ['1', '\\$', '\\$'],
    ['1', 'a$$$b', 'a\\$1b'],
    ['1', '${0}${1}', '12'],
  ])('prints %s through %s as %s', (number, pattern, printed) => {
    expect(recordsOf(`$TTL 60\n$GENERATE ${number}-${number} ${pattern} A 192.0.2.1`)).toEqual([
      `${printed}.example.test. 60 A 192.0.2.1`,
    ])
  })

  it('ends an even width of nibbles with a dot, and so the name, as BIND does', () => {
    expect(recordsOf('$TTL 60\n$GENERATE 1-1 a PTR ${0,4,n}')).toEqual([
      'a.example.test. 60 PTR 1.0.',
    ])
  })

  it('leaves the owner before it to the entry after it, and its TTL too', () => {
    const text = 'a 60 A 192.0.2.1\n$GENERATE 1-2 h$ 90 A 192.0.2.$\n A 192.0.2.3'
    expect(recordsOf(text).at(-1)).toBe('a.example.test. 90 A 192.0.2.3')
  })

  it('stands for its records when their place is told', () => {
    expect(readZone('\n$GENERATE 1-2 h$ 60 A 192.0.2.$').places).toEqual(['main:2:1', 'main:2:1'])
  })

  const range = '0 ≤ start ≤ stop ≤ 2147483647, step 1 or more'
  it.each([
    ['$GENERATE 1-2 h$ A', '19: $GENERATE needs start-stop[/step], an owner, a type and data'],
    [
      '$GENERATE 5-1 h$ A 192.0.2.$',
      `11: $GENERATE: range "5-1" is not start-stop[/step], ${range}`,
    ],
    ['$GENERATE 1-2/0 h$ A 192.0.2.$', /^11: \$GENERATE: range "1-2\/0" is not/],
    ['$GENERATE a-b h$ A 192.0.2.$', /^11: \$GENERATE: range "a-b" is not/],
    ['$GENERATE 1-2147483648 h$ A 192.0.2.$', /^11: \$GENERATE: range .* is not/],
    ['$GENERATE 1-2 h$ 60 A', '22: $GENERATE needs data after the type'],
    ['$GENERATE 1-2 h$ 60 B 192.0.2.$', /^21: type "B" is not known/],
    ['$GENERATE 1-2 ${x} A 192.0.2.$', /^15: \$GENERATE: \$\{x} is not \$\{offset,width,base}/],
    ['$GENERATE 1-2 ${0 A 192.0.2.$', /^15: \$GENERATE: \$\{0 is not \$\{offset,width,base}/],
    ['$GENERATE 1-2 ${0,128} A 192.0.2.$', /^15: \$GENERATE: .*width 0–127, base d, o, x/],
    ['$GENERATE 1-2 ${0,1,q} A 192.0.2.$', /^15: \$GENERATE: \$\{0,1,q} is not/],
    ['$GENERATE 255-300 h$ A 192.0.2.$', /^1: for 256: A: /],
    ['$GENERATE 1-2 h$..x A 192.0.2.$', '1: for 1: owner "h1..x" has an empty label'],
    ['$GENERATE 1-2 h$ TXT "( $"', '1: for 1: this parenthesis is never closed'],
    ['$GENERATE 1-2 h$ A "; $"', /^1: for 1: A: /],
    ['$GENERATE 1-2 h$.example.org. A 192.0.2.1', /^1: for 1: owner h1.example.org. is outside/],
  ])('%s is told as one fault', (line, expected) => {
    const { faults, records } = readZone(`$TTL 60\n${line}\nafter 60 A 192.0.2.9`)
    expect(faults).toHaveLength(1)
    const told = faults[0].replace('main:2:', '')
    if (typeof expected === 'string') expect(told).toBe(expected)
    else expect(told).toMatch(expected)
    expect(records.at(-1)).toBe('after.example.test. 60 A 192.0.2.9')
  })

  it('never makes more records than its bound, in one directive or in several', () => {
    const message = `$GENERATE: a zone generates at most ${GENERATED_MAX} records`
    const one = readZone(`$GENERATE 0-${GENERATED_MAX} h$ 60 A 192.0.2.1`)
    expect(one.faults).toEqual([`main:1:11: ${message}`])

    const many = `$GENERATE 1-2 h$ 60 A 192.0.2.1\n$GENERATE 1-${GENERATED_MAX - 1} h$ 60 A 192.0.2.1`
    expect(readZone(many).faults).toEqual([`main:2:11: ${message}`])
    expect(readZone(many).records).toHaveLength(2)
  })
})
