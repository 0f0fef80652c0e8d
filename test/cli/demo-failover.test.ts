/**
 * Goal: the words of `rota demo failover` make a plan that can show a failover, or are refused with
 * what would do; and its result is told in a few lines.
 * Method: options as commander hands them over; figures of a run that somebody has thought up.
 */

import { describe, expect, it } from 'vitest'

import { type FailoverOptions, readPlan } from '../../src/cli/demo-failover-plan.ts'
import { figuresText } from '../../src/cli/demo-failover-text.ts'
import { failure, figures, request, START } from '../app/failover/scene.ts'

const read = (options: Partial<FailoverOptions> = {}) =>
  readPlan({ resolver: 'each', retry: 'none', report: 'x', ...options }, () => 0.5)

describe('the plan of a failover test', () => {
  it('is fifty users, ten requests each, and three phases long enough for a failover', () => {
    expect(read()).toMatchObject({
      ...{ users: 50, requests: 10, paceMs: 1_200, ttl: { max: 5, min: 2 }, intervalMs: 1_000 },
      phases: [['a', 'b'], ['a'], ['a', 'b']],
    })
  })

  it('takes what it is given', () => {
    const plan = read({
      ...{ users: '3', requests: '100', pace: '100ms', phases: 'abc,ac,bca', ttl: '2' },
      ...{ interval: '400ms', keep: '1m', seed: '9' },
    })
    expect(plan).toMatchObject({
      ...{ users: 3, requests: 100, paceMs: 100, ttl: { max: 2, min: 2 }, intervalMs: 400 },
      ...{ keepMs: 60_000, seed: 9, phases: [[...'abc'], [...'ac'], [...'abc']] },
    })
  })

  it.each([
    [{ users: '0' }, 'users "0" is no whole number from 1 to 1000'],
    [{ requests: '1e3' }, 'requests "1e3" is no whole number from 1 to 1000'],
    [{ seed: '-1' }, 'seed "-1" is no whole number'],
    [{ pace: '5' }, 'pace "5" is no span from 10ms to 1m'],
    [{ ttl: '2/5' }, 'ttl "2/5" is none from 1 to 300 seconds'],
    [{ phases: 'ab,,ab' }, 'phases "ab,,ab" are no list of up to 10'],
    [{ phases: 'ax' }, 'in each at least one backend runs, of abcde'],
    [{ users: '1000', requests: '50' }, '150000 requests, above 100000; lower one of them'],
  ])('refuses %j', (options, message) => {
    expect(read(options)).toContain(message)
  })

  it('refuses phases in which a failover cannot end, and names a pace that does', () => {
    expect(read({ pace: '500ms' })).toBe(
      'pace 500ms makes phases of 5.0 s, too short for a failover of up to 6.2 s; ' +
        'give --pace 800ms or more, more --requests, or a shorter --ttl',
    )
    expect(read({ pace: '800ms' })).toMatchObject({ paceMs: 800 })
    expect(read({ pace: '500ms', phases: 'ab,ab' })).toMatchObject({ paceMs: 500 })
  })
})

describe('the result of a failover test', () => {
  it('says what is wrong where everybody was served all the same', () => {
    const rescued = request(15_500, { tried: ['b', 'a'], servedBy: 'a', reason: 'refused' })
    expect(figuresText(figures([request(100), rescued]))).toContain(
      'not kept: 1 of 2 requests met a dead backend after the failover',
    )
    const unnoticed = { backend: 'b', phase: 1, killedWall: START + 10_000 }
    expect(figuresText(figures([request(100)], [unnoticed]))).toContain(
      'not kept: the server did not notice that b died',
    )
  })

  it('is a line for each phase, what the failover took, and that it was kept', () => {
    const text = figuresText(figures([request(100), failure(10_500), request(20_000)]))
    expect(text).toMatch(/2 b killed\s+1\s+0\s+1\s+-/)
    expect(text).toMatch(/out of the answers\s+\+1\.00 s\s+connection refused/)
    expect(text).toMatch(/last cache lets go\s+\+5\.00 s\s+promised: \+6\.20 s/)
    expect(text).toContain('kept: 1 of 3 requests failed, none of them outside a failover')
  })

  it('names the requests that failed when none should have', () => {
    const text = figuresText(figures([failure(10_500), failure(15_500, { user: 4 })]))
    expect(text).toContain('not kept: 1 of 2 failed requests are outside every failover:')
    expect(text).toContain('phase 2, user 5: b connection refused')
  })
})
