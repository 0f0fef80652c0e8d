/**
 * Goal: for every zone and every question the engine answers as RFC 1034 §4.3.2 reads.
 * Method: random zones, each asked for all names that could matter by all types that could; the
 * answers are held against a reference that is slow, short and plain.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { authority, type Balanced } from '../support/authority.ts'
import { APEX, LABELS, POOL_TTL, RANDOM_ZONE, withPools, zoneText } from '../support/random-zone.ts'
import { type ReferenceZone, referenceAnswer } from '../support/reference.ts'

const TYPES = ['A', 'AAAA', 'NS', 'SOA', 'CNAME', 'DNAME', 'DS', 'MX', 'SRV', 'TXT', 'ANY']
const NAMES = namesBelow(3)
const POOL_ADDRESS = '203.0.113.1'
/** The turns of pools come in order, so one member is enough to see where they are used. */
const POOL: Balanced = { members: { one: POOL_ADDRESS }, ttl: POOL_TTL }

describe('a random zone', () => {
  it('is answered for as the reference does, name by name and type by type', () => {
    fc.assert(
      fc.property(RANDOM_ZONE, (zone) => {
        const { ask } = authority(
          { [APEX]: zoneText(zone) },
          { bindings: Object.fromEntries([...zone.balanced].map((name) => [name, POOL])) },
        )
        const expected = withPools(zone, POOL_ADDRESS)
        for (const name of namesFor(zone)) {
          for (const type of TYPES) {
            const { rcode, flags, answer, authority, additional } = ask(`${name} ${type}`, {
              tcp: true,
            })
            const ours = {
              rcode,
              isAuthoritative: flags === 'qr aa',
              answer,
              authority,
              additional: additional.toSorted(),
            }
            expect({ name, type, ...ours }).toEqual({
              name,
              type,
              ...referenceAnswer(expected, name, type),
            })
          }
        }
      }),
      { numRuns: Number(process.env['ROTA_ZONE_COUNT'] ?? 60), seed: 20261121 },
    )
  })
})

/** All names of up to three labels, and names below the deepest that the zone has. */
function namesFor({ records }: ReferenceZone): string[] {
  return [...new Set([...NAMES, ...records.slice(2, 5).map(({ owner }) => `a.x.${owner}`)])]
}

function namesBelow(depth: number): string[] {
  if (depth === 0) return [APEX]
  const above = namesBelow(depth - 1)
  return [...new Set([...above, ...above.flatMap((name) => LABELS.map((l) => `${l}.${name}`))])]
}
