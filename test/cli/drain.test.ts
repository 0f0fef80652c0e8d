/**
 * Goal: the end of a wait says what is so, also where two ends come together.
 * Method: the command against a server of this process, which tells one ledger.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'

import { waitFor } from '../../src/cli/drain.ts'
import { ManualClock } from '../support/manual-clock.ts'

const OUT = { pool: 'web', member: 'b', word: 'drain' }
const SAFE = { ...OUT, family: 'v4', address: '192.0.2.2', isServing: false, resolvers: 0 }

it('is safe and nothing else where the time to wait is over at that very moment', async () => {
  const { told, code } = await drained({ isSafe: true }, { timeout: 0 })
  expect(told).toMatchObject({ isSafe: true })
  expect(told).not.toHaveProperty('why')
  expect(code).toBe(0)
})

it('says why it is not safe where the time to wait is over', async () => {
  const { told, code } = await drained({ isSafe: false }, { timeout: 0 })
  expect(told).toMatchObject({ isSafe: false, why: 'the time to wait is over' })
  expect(code).toBe(1)
})

async function drained(entry: { isSafe: boolean }, options: { timeout: number }) {
  const server = createServer((request, response) => {
    const isLedger = request.url?.startsWith('/api/v1/ledger')
    const ledger = { now: '2026-01-01T12:00:00.000Z', entries: [{ ...SAFE, ...entry }] }
    response.end(JSON.stringify(isLedger ? ledger : { current: [OUT] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let output = ''
  let code: number | undefined
  const tools = {
    write: (text: string) => {
      output += text
    },
    writeError: () => {},
    readFile: () => '',
    environment: {},
    clock: new ManualClock(),
    exit: (given: number) => {
      code = given
    },
  }
  const request = { method: 'POST', path: '/overrides', body: OUT } as const
  const terminal = { progress: () => {}, onInterrupt: () => () => {} }
  await waitFor('drain', OUT, request, { ...options, server: at, json: true }, tools, terminal)
  return { told: JSON.parse(output), code }
}
