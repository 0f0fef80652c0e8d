/**
 * Goal: a command whose reader goes away ends quietly, as `| head` expects.
 * Method: the real process, with an output that is closed before it has written.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

import { MAIN } from './rota.ts'

it('rota check --schema ends with 0 and says nothing where nobody reads', async () => {
  const child = spawn(process.execPath, [MAIN, 'check', '--schema'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  child.stdout.destroy()
  expect(await text(child.stderr)).toBe('')
  expect(await ended).toEqual([0, null])
})
