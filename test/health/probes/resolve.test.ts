/**
 * Goal: a resolver that hangs takes nobody out, and takes no more than its part of this process.
 * Method: lookups that answer when a test lets them.
 */

import { describe, expect, it } from 'vitest'

import { createResolveHost, LOOKUPS_MAX } from '../../../src/health/probes/resolve.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('a host name', () => {
  it('has the address that the system finds', async () => {
    const { resolve, answer } = bench()
    const found = resolve('a.example.test')
    await settled()
    answer('a.example.test', '192.0.2.1')
    expect(await found).toBe('192.0.2.1')
  })

  it.each([
    ['ENOTFOUND', { evidence: 'no address for "a.example.test"' }],
    ['EAI_AGAIN', { isOwnFault: true, evidence: 'cannot look up "a.example.test": EAI_AGAIN' }],
  ])('without an address for %s is no success', async (code, outcome) => {
    const { resolve, refuse } = bench()
    const found = resolve('a.example.test')
    await settled()
    refuse('a.example.test', code)
    expect(await found).toEqual({ isSuccess: false, ...outcome })
  })

  it('that nobody resolves in time is a fault of this machine', async () => {
    const { resolve, clock } = bench()
    const found = resolve('a.example.test')
    await clock.advance(1_000)
    expect(await found).toEqual({
      ...{ isSuccess: false, isOwnFault: true },
      evidence: 'cannot look up "a.example.test": the resolver does not answer',
    })
    expect(clock.pendingCount).toBe(0)
  })

  it('is looked up once at a time, and few names are together', async () => {
    const { resolve, asked, answer, clock } = bench()
    const names = ['a', 'b', 'c'].map((label) => `${label}.example.test`)
    for (let round = 0; round < 5; round++) {
      const found = names.map(resolve)
      await clock.advance(1_000)
      await Promise.all(found)
    }
    expect(asked).toEqual(names.slice(0, LOOKUPS_MAX))
    answer(names[0]!, '192.0.2.1')
    await settled()
    expect(asked).toEqual(names)
    const again = resolve(names[0]!)
    answer(names[1]!, '192.0.2.2')
    await settled()
    answer(names[0]!, '192.0.2.3')
    expect(await again).toBe('192.0.2.3')
  })
})

interface Waiting {
  readonly resolve: (found: { readonly address: string }) => void
  readonly reject: (error: Error) => void
}

function bench() {
  const clock = new ManualClock()
  const asked: string[] = []
  const waiting = new Map<string, Waiting>()
  const resolveHost = createResolveHost((name) => {
    asked.push(name)
    return new Promise((resolve, reject) => waiting.set(name, { resolve, reject }))
  })
  return {
    clock,
    asked,
    resolve: (name: string) => resolveHost(name, { clock, timeoutMs: 2_000 }),
    answer: (name: string, address: string) => waiting.get(name)!.resolve({ address }),
    refuse: (name: string, code: string) =>
      waiting.get(name)!.reject(Object.assign(new Error(code), { code })),
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
