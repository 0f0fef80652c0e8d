/**
 * Goal: the workers of both paths and the main thread tell one time.
 * Method: a reading of the kernel's clock lies between two of Node's.
 */

import { describe, expect, it } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import { createWorkerClock } from '../../src/transport/udp/worker-clock.ts'

const libc = loadLibc()

describe.skipIf('problem' in libc)('the clock of a batched worker', () => {
  it('is the clock of the main thread', () => {
    if ('problem' in libc) return
    const readClock = createWorkerClock(libc)
    const cell = new Float64Array(1)
    const before = systemClock.now()
    readClock(cell)
    const after = systemClock.now()
    expect(cell[0]).toBeGreaterThanOrEqual(before)
    expect(cell[0]).toBeLessThanOrEqual(after)
  })
})
