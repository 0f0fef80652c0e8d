/**
 * Goal: the table tells of each member what is known of it, and of no stranger what is not; what
 * cannot be asked is refused in words; where there is no backend to reach, its verdict stands for it.
 * Method: targets, runs and settings spelt out; a fetch that the test answers.
 */

import { describe, expect, it } from 'vitest'

import { reacher } from '../../src/dashboard/lab/reacher.ts'
import { memberRows } from '../../src/dashboard/lab/rows.ts'
import { createRun, note } from '../../src/dashboard/lab/run.ts'
import { DEFAULTS, settingsProblem } from '../../src/dashboard/lab/settings.ts'
import type { Target } from '../../src/dashboard/lab/target.ts'
import { A, NOON } from './lab-support.ts'

const [ONE, TWO, THREE, SIX] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::6'] as const
const SETTINGS = {
  ...{ name: 'www.example.test', type: 'A', model: 'first', clients: 1, networks: 'one' },
}
const TARGET: Target = {
  ...{ name: 'www.example.test', pool: 'web', policy: 'weighted' },
  members: [
    { name: 'a', address: ONE, family: 'v4', weight: 5, share: 1, verdict: 'up' },
    { name: 'b', address: TWO, family: 'v4', weight: 3, verdict: 'down', why: 'refused' },
    { name: 'c', address: THREE, family: 'v4', weight: 2, verdict: 'up', why: 'drained' },
    { name: 'a', address: SIX, family: 'v6', weight: 5, share: 1, verdict: 'up' },
  ],
}

describe('the rows', () => {
  it('say how each member of the family stands, and what it is promised', () => {
    const rows = memberRows(createRun(SETTINGS, NOON), TARGET)
    expect(rows.map(({ name, state, promised }) => [name, state, promised])).toEqual([
      ['a', 'up', 1],
      ['b', 'down', undefined],
      ['c', 'out', undefined],
    ])
    expect(rows[0]).not.toHaveProperty('share')
  })

  it('are of both families for who asks for both', () => {
    const both = createRun({ ...SETTINGS, model: 'eyeballs' }, NOON)
    expect(memberRows(both, TARGET).map(({ address }) => address)).toEqual([ONE, TWO, THREE, SIX])
    const v6 = createRun({ ...SETTINGS, type: 'AAAA' }, NOON)
    expect(memberRows(v6, TARGET).map(({ address }) => address)).toEqual([SIX])
  })

  it('have a stranger who was answered, of whom nothing else is known', () => {
    const run = createRun(SETTINGS, NOON)
    const stranger = '203.0.113.9'
    note(
      run,
      {
        ...{
          atMs: NOON,
          client: 1,
          queries: 1,
          tries: [],
          chosen: stranger,
          served: stranger,
          ms: 1,
        },
        answers: [{ type: A, values: [stranger], ttlSeconds: 30, isSent: true }],
      },
      new Map([[ONE, 1]]),
    )
    const rows = memberRows(run, TARGET)
    expect(rows.at(-1)).toMatchObject({ name: stranger, state: 'unknown', share: 1, listed: 1 })
    expect(rows.at(-1)).not.toHaveProperty('promised')
    expect(rows[0]).toMatchObject({ share: 0, promised: 1 })
  })
})

describe('the settings', () => {
  it.each([
    [{}, undefined],
    [{ name: '' }, 'name: a name is needed'],
    [{ type: 'NONSENSE' }, 'type: NONSENSE is none'],
    [{ count: 0 }, 'visits: a whole number from 1 to 20000'],
    [{ count: Number.NaN }, 'visits: a whole number from 1 to 20000'],
    [{ perSecond: 1.5 }, 'a second: a whole number from 1 to 500'],
    [{ clients: 0 }, undefined],
    [{ networks: 'v4' as const, clients: 10_001 }, 'clients: a whole number from 1 to 10000'],
  ])('%j', (changed, problem) => {
    expect(settingsProblem({ ...DEFAULTS, ...changed })).toBe(problem)
  })
})

describe('reaching an address', () => {
  const backends = [{ name: 'a', address: ONE, isRunning: true, page: `http://${ONE}:8080` }]
  const asked: string[] = []
  const answering = (response: () => Response) =>
    reacher(
      async (url) => {
        asked.push(String(url))
        return response()
      },
      () => ({ backends, target: TARGET }),
    )

  it('asks the backend who it is', async () => {
    const reach = answering(() => new Response('Connected to server a\n'))
    expect(await reach(ONE)).toEqual({ isServed: true, words: 'Connected to server a' })
    expect(asked).toEqual([`http://${ONE}:8080/whoami`])
  })

  it('is a failure where nobody is there, or who is there has trouble', async () => {
    const refused = answering(() => {
      throw new TypeError('Failed to fetch')
    })
    expect(await refused(ONE)).toEqual({ isServed: false, words: 'cannot connect' })
    const troubled = answering(() => new Response('', { status: 503 }))
    expect(await troubled(ONE)).toEqual({ isServed: false, words: 'HTTP 503' })
  })

  it('is supposed by the verdict where there is no backend to ask', async () => {
    const reach = reacher(fetch, () => ({ backends: undefined, target: TARGET }))
    expect(await reach(ONE)).toEqual({ isServed: true, words: 'not connected to' })
    expect(await reach(TWO)).toEqual({ isServed: false, words: 'nobody there, by its verdict' })
    expect(await reach('203.0.113.9')).toMatchObject({ isServed: true })
  })
})
