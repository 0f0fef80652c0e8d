/**
 * Goal: a member whose state stands in a file is answered no longer once the file says down.
 * Method: a keeper that probes a real file, so seldom that only a change can be the reason.
 */

import { expect, it } from 'vitest'

import { SETTLE_MS } from '../../src/health/file-watch.ts'
import { attempt } from '../../src/health/probes/attempt.ts'
import { eventually } from '../support/eventually.ts'
import { keeperOf } from './kept.ts'

it('follows a file that is written', async () => {
  const { files, clock, told } = await keeperOf(
    `zones: { example.test: example.test.zone }
checks: { state: { file: { path: state }, interval: 1h, fall: 1 } }
pools: { web: { check: state, members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web } }`,
    { attempt },
  )
  files.rewrite('state', '192.0.2.1 up\n192.0.2.2 up\n')
  const seen: string[] = []
  const shows = (text: string) => async () => {
    await clock.advance(SETTLE_MS)
    seen.push(...told().flat())
    return seen.at(-1)?.includes(text) === true
  }
  await eventually(shows('a=1 b=1, ttl 30'))
  files.rewrite('state', '192.0.2.1 up\n192.0.2.2 down\n')
  await eventually(shows('a=1, ttl 30'))
  expect(clock.now()).toBeLessThan(3_600_000)
})
