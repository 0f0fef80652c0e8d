/**
 * Goal: the report says what happened in its first line, draws every request that failed, and asks
 * for nothing from elsewhere.
 * Method: reports of runs that somebody has thought up, read as text.
 */

import { describe, expect, it } from 'vitest'

import { figuresOf } from '../../../src/app/demo/failover/figures.ts'
import type { FailoverPlan } from '../../../src/app/demo/failover/plan.ts'
import { reportPage } from '../../../src/app/demo/failover/report/page.ts'
import { escaped, logarithmic, thinned, ticks } from '../../../src/app/demo/failover/report/svg.ts'
import { commandOf } from '../../../src/app/demo/failover/report/method.ts'
import type { RequestRecord } from '../../../src/app/demo/failover/users.ts'
import { failure, PLAN, request, runOf, WINDOW } from './scene.ts'

const page = (
  requests: readonly RequestRecord[],
  windows = [WINDOW],
  plan: FailoverPlan = PLAN,
) => {
  const run = runOf(requests, windows)
  return reportPage({ figures: figuresOf(plan, run), run, version: '1.2.3' })
}
const headline = (html: string) => /<h1>(.*)<\/h1>/.exec(html)![1]
/** Moves of the pen that begin a stroke of a cross, two each, over all charts. */
const crossesIn = (html: string) =>
  [...html.matchAll(/class="cross" d="([^"]*)"/g)].map(([, d]) => d!.split('M').length - 1)

const GOOD = [request(100), request(200, { tried: ['b'], servedBy: 'b' }), request(20_100)]

describe('the report of a failover test', () => {
  it('begins with what became of all requests', () => {
    expect(headline(page(GOOD))).toBe('None of 3 requests failed')
    expect(headline(page([...GOOD, failure(10_500)]))).toBe(
      '1 of 4 requests failed, it fell within the failover',
    )
    expect(headline(page([...GOOD, failure(10_500), failure(10_600)]))).toBe(
      '2 of 5 requests failed, all of them within the failover',
    )
    expect(headline(page([...GOOD, failure(16_000)]))).toBe(
      'Not kept: 1 of 4 requests failed that should not have',
    )
  })

  it('says what the server saw, when it told so, and until when caches held on', () => {
    const html = page([...GOOD, failure(10_500)])
    expect(html).toContain('Backend b was killed; 1.0 s later no answer named it any more')
    expect(html).toContain('after 5.0 s no cache that keeps to the TTL did')
    expect(html).toContain('What the server saw: connection refused.')
    expect(html).toContain('out of the answers +1.00 s')
    expect(html).toContain('promised +6.20 s')
  })

  it('says so where the server never noticed', () => {
    const { backend, phase, killedWall } = WINDOW
    const html = page([...GOOD, failure(10_500)], [{ backend, phase, killedWall }])
    expect(html).toContain('Backend b was killed, and the server did not notice.')
  })

  it('draws each failed request as a cross: in the course, in its failover, in its phase', () => {
    const html = page([...GOOD, failure(10_500), failure(11_500), failure(12_500)])
    expect(crossesIn(html).filter((count) => count === 6)).toHaveLength(3)
  })

  it('names those that failed outside every failover', () => {
    const html = page([...GOOD, failure(16_000, { user: 1 })])
    expect(html).toContain('Failed outside every failover')
    expect(html).toContain('<td>00:00:16.000</td><td>2</td><td>2</td><td>b</td>')
  })

  it('loads nothing and runs nothing', () => {
    const html = page([...GOOD, failure(10_500)])
    expect(html).not.toMatch(/<script|<img|<iframe|@import|url\((?!#)|\son\w+=/)
    expect(html.replace(/<pre>[\s\S]*<\/pre>/, '')).not.toMatch(/https?:/)
    expect(html).toContain("default-src 'none'")
  })

  it('takes a reason for text, whatever it holds', () => {
    const html = page([...GOOD, failure(16_000, { reason: '<b>"&' })])
    expect(html).toContain('<td>&lt;b&gt;&quot;&amp;</td>')
  })

  it('holds no number that is none', () => {
    const none = runOf([], [])
    const empty = { ...none, phases: [] }
    expect(page(GOOD, [])).not.toMatch(/NaN|undefined|Infinity/)
    expect(page([], [])).not.toMatch(/NaN|undefined|Infinity/)
    const figures = figuresOf(PLAN, empty)
    expect(reportPage({ figures, run: empty, version: '1' })).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('gives the command that repeats it', () => {
    expect(commandOf({ ...PLAN, keepMs: 60_000 })).toBe(
      'rota demo failover --users 2 --requests 3 --pace 1000ms --phases ab,a,ab ' +
        '--resolver each --retry none --keep 60000ms --ttl 5/2 --interval 1000ms --seed 7',
    )
  })
})

describe('a chart', () => {
  it('has round values on its axis', () => {
    expect(ticks(36, 10)).toEqual([0, 5, 10, 15, 20, 25, 30, 35])
    expect(ticks(0.9, 4)).toEqual([0, 0.5])
    expect(ticks(0, 4)).toEqual([0])
  })

  it('puts what is below its scale at the edge', () => {
    const y = logarithmic(1, 100, 200, 0)
    expect([y(0), y(1), y(10), y(100)]).toEqual([200, 200, 100, 0])
  })

  it('thins out evenly what would be too much', () => {
    const all = Array.from({ length: 10 }, (_, i) => i)
    expect(thinned(all, 5)).toEqual([0, 2, 4, 6, 8])
    expect(thinned(all, 10)).toBe(all)
  })

  it('writes text as text', () => {
    expect(escaped('a<b>&"')).toBe('a&lt;b&gt;&amp;&quot;')
  })
})
