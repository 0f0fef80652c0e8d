/**
 * Goal: who compresses names or looks up their addresses finds them where they stand.
 * Method: the layout of each type, and that it agrees with real records.
 */

import { expect, it } from 'vitest'

import { nameLength, printName } from '../../../src/wire/name.ts'
import { nameLayout } from '../../../src/wire/rdata/layout.ts'
import { TYPE, typeNumber } from '../../../src/wire/registry.ts'
import { octetsOf, wireOf } from '../../support/rdata.ts'

it.each([
  ['NS a.', ['a.']],
  ['CNAME a.', ['a.']],
  ['PTR a.', ['a.']],
  ['DNAME a.', ['a.']],
  ['MX 10 a.', ['a.']],
  ['SRV 1 2 3 a.', ['a.']],
  ['SOA a. b. 1 2 3 4 5', ['a.', 'b.']],
  ['RP a. b.', ['a.', 'b.']],
  ['SVCB 1 a. port=53', ['a.']],
  ['NSEC a. NS', ['a.']],
  ['RRSIG A 8 1 60 0 0 1 a. AA==', ['a.']],
])('finds the names of %s', (entry, names) => {
  const octets = octetsOf(wireOf(entry))
  const layout = nameLayout(typeNumber(entry.split(' ')[0]!)!)!
  const found: string[] = []
  for (let at = layout.skip; found.length < layout.names; at += nameLength(octets, at)) {
    found.push(printName(octets, at))
  }
  expect(found).toEqual(names)
})

it('compresses what RFC 1035 defines and nothing else (RFC 3597 §4)', () => {
  const compressible = Object.entries(TYPE).filter(([, type]) => nameLayout(type)?.compressible)
  expect(compressible.map(([name]) => name).sort()).toEqual(['CNAME', 'MX', 'NS', 'PTR', 'SOA'])
})

it.each(['A', 'AAAA', 'TXT', 'CAA', 'TYPE65280'])('finds none in %s', (type) => {
  expect(nameLayout(typeNumber(type)!)).toBeUndefined()
})

it('does not look for the name of NAPTR, which stands behind three strings', () => {
  expect(nameLayout(TYPE.NAPTR)).toBeUndefined()
})
