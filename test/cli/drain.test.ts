/**
 * Goal: the end of a wait says what is so, also where two ends come together.
 * Method: the command against a server of this process, which tells one ledger.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Clock } from '../../src/base/clock.ts'
import { waitFor } from '../../src/cli/drain.ts'

const OUT = { pool: 'web', member: 'b', word: 'drain' }
const SAFE = { ...OUT, family: 'v4', address: '192.0.2.2', isServing: false, resolvers: 0 }

it('is safe and nothing else where the time to wait is over at that very moment', async () => {
  const { told, code } = await drained([[at(0), { isSafe: true }]], { timeout: 0 })
  expect(told).toMatchObject({ isSafe: true })
  expect(told).not.toHaveProperty('why')
  expect(code).toBe(0)
})

it('says why it is not safe where the time to wait is over', async () => {
  const { told, code } = await drained([[at(0), { isSafe: false }]], { timeout: 0 })
  expect(told).toMatchObject({ isSafe: false, why: 'the time to wait is over' })
  expect(code).toBe(1)
})

describe('a member that leaves the configuration meanwhile', () => {
  const held = { isSafe: false, heldUntil: at(20) }

  it('is safe where it has left the ledger, which lets nobody go before', async () => {
    const { told, code } = await drained([[at(0), held], [at(21)]])
    expect(told).toMatchObject({ isSafe: true, safeAt: at(21) })
    expect(code).toBe(0)
  })

  it('is not called safe where it has left sooner, as with a server that has ended', async () => {
    const { told, code } = await drained([[at(0), held], [at(20)]])
    expect(told).toMatchObject({ isSafe: false, why: 'the server knows it no more' })
    expect(code).toBe(1)
  })
})

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString()
}

/** What a look at the ledger finds: its time, and the member if it is there. */
type Look = readonly [now: string, entry?: { readonly isSafe: boolean }]

async function drained(looks: readonly Look[], options: { readonly timeout?: number } = {}) {
  const left = [...looks]
  const server = createServer((request, response) => {
    const isLedger = request.url?.startsWith('/api/v1/ledger')
    const [now, entry] = (isLedger && left.shift()) || []
    const ledger = { now, entries: entry ? [{ ...SAFE, ...entry }] : [] }
    response.end(JSON.stringify(isLedger ? ledger : { current: [OUT] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let output = ''
  let code: number | undefined
  const tools = {
    write: (text: string) => {
      output += text
    },
    writeError: () => {},
    readFile: () => '',
    environment: {},
    clock: IMPATIENT,
    exit: (given: number) => {
      code = given
    },
  }
  const request = { method: 'POST', path: '/overrides', body: OUT } as const
  const terminal = { progress: () => {}, onInterrupt: () => () => {} }
  await waitFor('drain', OUT, request, { ...options, server: url, json: true }, tools, terminal)
  return { told: JSON.parse(output), code }
}

/** By which no wait takes any time. */
const IMPATIENT: Clock = {
  now: () => 0,
  wall: () => 0,
  after: (_, task) => {
    task()
    return () => {}
  },
}
