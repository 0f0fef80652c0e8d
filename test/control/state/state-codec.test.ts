/**
 * Goal: no damage is worse than what it touches, and none goes unnoticed.
 * Method: a sound file, then the same with one thing wrong, by hand and by chance.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { decodeState, encodeState, type Sections } from '../../../src/control/state/state-codec.ts'

interface Contents {
  readonly verdicts: Readonly<Record<string, { readonly verdict: string; readonly since: number }>>
  readonly leases: readonly { readonly member: string; readonly weight: number }[]
  readonly book: { readonly current: readonly string[]; readonly past: readonly string[] }
}

const SECTIONS: Sections<Contents> = {
  verdicts: {
    codec: z.record(z.string(), z.object({ verdict: z.enum(['up', 'down']), since: z.number() })),
    empty: {},
  },
  leases: {
    codec: z.array(z.object({ member: z.string(), weight: z.int().min(0) })),
    empty: [],
  },
  book: {
    codec: z.object({ current: z.array(z.string()), past: z.array(z.string()).max(2) }),
    empty: { current: [], past: [] },
  },
}

const CONTENTS: Contents = {
  verdicts: { '["192.0.2.1"] 5000': { verdict: 'up', since: 1 }, b: { verdict: 'down', since: 2 } },
  leases: [
    { member: 'a', weight: 1 },
    { member: 'b', weight: 0 },
    { member: 'c', weight: 7 },
  ],
  book: { current: ['x', 'y'], past: ['z'] },
}

const SOUND = encodeState(CONTENTS, 1_234)

describe('a state file', () => {
  it('reads as it was written', () => {
    expect(decodeState(SOUND, SECTIONS)).toEqual({
      contents: CONTENTS,
      writtenWall: 1_234,
      faults: [],
    })
  })

  it('may lack a section, as one written by an older Rota does', () => {
    const { contents, faults } = decodeState('{"version":1,"writtenAt":0}', SECTIONS)
    expect(contents).toEqual({ verdicts: {}, leases: [], book: { current: [], past: [] } })
    expect(faults).toEqual([])
  })

  it.each([
    [{ version: 2, writtenAt: 0 }, 'version: 2 is newer than 1, the only one that is read here'],
    [{ version: 0, writtenAt: 0 }, 'version: Invalid input: expected 1'],
    [{ version: 1 }, 'writtenAt: Invalid input: expected number, received undefined'],
    [[], 'the file: Invalid input: expected object, received array'],
    [null, 'the file: Invalid input: expected object, received null'],
  ])('that is not of this version says so: %j', (json, fault) => {
    const reading = decodeState(JSON.stringify(json), SECTIONS)
    expect(reading.writtenWall).toBeUndefined()
    expect(reading.faults).toEqual([fault])
    expect(reading.contents.leases).toEqual([])
  })

  it.each([
    ['', 'line 1 column 1: the file is empty'],
    ['{"version": 1,\n "leases": [1, }', 'line 2 column 16: Unexpected token'],
    ['{"version": 1,\n "lea', 'line 2 column 6: Unterminated string'],
    ['{"version": 1}\n}', 'line 2 column 1: Unexpected non-whitespace'],
    ['{"version": 1,\n "writtenAt": 2', 'line 2 column 16: Expected'],
  ])('that is not JSON says where it ceases to be: %j', (text, fault) => {
    expect(decodeState(text, SECTIONS).faults[0]).toContain(fault)
  })
})

describe('damage', () => {
  it('of an entry costs that entry', () => {
    const { contents, faults } = damaged((json) => {
      json.leases[1].weight = -1
      json.verdicts.b.verdict = 'well'
      json.book.current[0] = 5
    })
    expect(contents).toEqual({
      verdicts: { '["192.0.2.1"] 5000': { verdict: 'up', since: 1 } },
      leases: [
        { member: 'a', weight: 1 },
        { member: 'c', weight: 7 },
      ],
      book: { current: ['y'], past: ['z'] },
    })
    expect(faults.map((fault) => fault.replace(/:.*/, ''))).toEqual([
      'verdicts.b.verdict',
      'leases[1].weight',
      'book.current[0]',
    ])
  })

  it('of many entries costs those, and is counted', () => {
    const { contents, faults } = damaged((json) => {
      json.leases[0] = null
      json.leases[2] = 'c'
    })
    expect(contents.leases).toEqual([{ member: 'b', weight: 0 }])
    expect(faults).toEqual([expect.stringMatching(/^leases\[0\]: .* \(and 1 more\)$/)])
  })

  it('of a list in a section costs that list', () => {
    const { contents } = damaged((json) => {
      json.book.past = ['1', '2', '3']
    })
    expect(contents).toEqual({ ...CONTENTS, book: { current: ['x', 'y'], past: [] } })
  })

  it('of a section costs that section', () => {
    const { contents, faults } = damaged((json) => {
      json.leases = 'gone'
    })
    expect(contents).toEqual({ ...CONTENTS, leases: [] })
    expect(faults).toEqual(['leases: Invalid input: expected array, received string'])
  })

  it('of any kind throws nothing, and goes unnoticed only where the shape stays right', () => {
    const mutation = fc.tuple(fc.nat(SOUND.length), fc.nat(20), fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        let text = SOUND
        for (const [at, length, instead] of mutations) {
          text = text.slice(0, at) + instead + text.slice(at + length)
        }
        const { contents, faults } = decodeState(text, SECTIONS)
        for (const name of ['verdicts', 'leases', 'book'] as const) {
          expect(SECTIONS[name].codec.safeParse(contents[name]).success).toBe(true)
        }
        if (faults.length === 0) expect(JSON.parse(text)).toMatchObject({ version: 1 })
        for (const fault of faults) expect(fault).toMatch(/^[^\n]+: ./)
      }),
      { numRuns: 2_000 },
    )
  })

  it('of one place in any entry leaves every other entry', () => {
    fc.assert(
      fc.property(fc.nat(2), fc.jsonValue(), (index, instead) => {
        const { contents } = damaged((json) => {
          json.leases[index] = instead
        })
        const others = CONTENTS.leases.filter((_, other) => other !== index)
        expect(contents.leases).toEqual(expect.arrayContaining(others))
        expect({ ...contents, leases: [] }).toEqual({ ...CONTENTS, leases: [] })
      }),
    )
  })
})

/** What is read of the sound file after `damage` has been done to its JSON. */
function damaged(damage: (json: ReturnType<typeof JSON.parse>) => void) {
  const json = JSON.parse(SOUND)
  damage(json)
  return decodeState(JSON.stringify(json), SECTIONS)
}
