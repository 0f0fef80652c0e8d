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

it('says the moment from which it was safe, which the ledger no longer has by then', async () => {
  const held = { isSafe: false, heldUntil: at(20) }
  const { told, code } = await drained([
    [at(0), held],
    [at(22), { isSafe: true }],
  ])
  expect(told).toMatchObject({ isSafe: true, safeAt: at(21) })
  expect(code).toBe(0)
})

it('says why it is not safe where the time to wait is over', async () => {
  const { told, code } = await drained([[at(0), { isSafe: false }]], { timeout: 0 })
  expect(told).toMatchObject({ isSafe: false, why: 'the time to wait is over' })
  expect(code).toBe(1)
})

describe('where nobody looks', () => {
  const held = { isSafe: false, heldUntil: at(20), resolvers: 3 }

  it('what is waited for is said once', async () => {
    const looks: Look[] = [
      [at(0), held],
      [at(10), held],
      [at(22), { isSafe: true }],
    ]
    const { errors } = await drained(looks, { json: false })
    const text = 'web/b: safe to stop in 21s; 3 resolvers may hold it'
    expect(errors).toBe(`rota drain: ${text}\n`)
  })

  it('records that lead there are named at once, as they are when the wait is over', async () => {
    const ledBy = ['SRV of _sip._tcp.example.test', 'HTTPS of www.example.test']
    const led = { ...held, isServing: true, ledBy }
    const looks: Look[] = [[at(0), held], ...Array<Look>(5).fill([at(1), led])]
    const { errors, code } = await drained(looks, { json: false, timeout: 1_000 })
    const [first, second, last] = errors.trimEnd().split('\n')
    const why = 'still answered: SRV of _sip._tcp.example.test and HTTPS of www.example.test lead'
    expect(first).toContain('safe to stop in 21s')
    expect(second).toBe(`rota drain: web/b: ${why} to it`)
    expect(last).toContain(`not safe to stop: the time to wait is over; it is ${why} to it`)
    expect(code).toBe(1)
    expect((await drained(looks, { timeout: 1_000 })).told).toMatchObject({ ledBy })
  })
})

describe('a member that leaves the configuration meanwhile', () => {
  const held = { isSafe: false, heldUntil: at(20) }

  it('is safe where it has left the ledger, which lets nobody go before', async () => {
    const { told, code } = await drained([[at(0), held], [at(21)]])
    expect(told).toMatchObject({ isSafe: true, safeAt: at(21) })
    expect(code).toBe(0)
  })

  it('is safe where the server no more knows of it at all, and not before its time', async () => {
    const gone = (seconds: number): Look => [at(seconds), 'gone']
    const { told, code } = await drained([[at(0), held], gone(21)])
    expect(told).toMatchObject({ isSafe: true, safeAt: at(21) })
    expect(code).toBe(0)
    const why = 'the server knows it no more'
    for (const looks of [[[at(0), held], gone(20)], [gone(0)], [gone(100)]] as Look[][]) {
      const other = await drained(looks)
      expect([other.told, other.code]).toMatchObject([{ isSafe: false, why }, 1])
    }
  })

  it('is not called safe where it has left sooner, as with a server that has ended', async () => {
    const { told, code } = await drained([[at(0), held], [at(20)]])
    expect(told).toMatchObject({ isSafe: false, why: 'the server knows it no more' })
    expect(code).toBe(1)
  })
})

describe('a server that goes away meanwhile', () => {
  const held = { isSafe: false, heldUntil: at(20) }

  it('is waited for, which is said once, and then has the word', async () => {
    const safe = { ...held, isSafe: true }
    const looks: Look[] = [[at(0), held], 'away', 'away', [at(10), held], [at(21), safe]]
    const { told, code, errors } = await drained(looks)
    expect(told).toMatchObject({ isSafe: true, safeAt: at(21) })
    expect(code).toBe(0)
    expect(errors).toMatch(/^rota drain: no server answers at .*; waiting for it to come back\n$/)
  })

  it('is waited for no longer than was asked', async () => {
    const looks: Look[] = [[at(0), held], ...Array<Look>(5).fill('away')]
    const { told, code } = await drained(looks, { timeout: 2_000 })
    const why = 'no server says so; the time to wait is over'
    expect(told).toMatchObject({ isSafe: false, why })
    expect(code).toBe(1)
  })

  it('is waited for no longer than anybody wants', async () => {
    const { told, code } = await drained([[at(0), held], 'away', 'interrupted'])
    const why = 'no server says so; it stays drain; "rota undrain" ends that'
    expect(told).toMatchObject({ isSafe: false, why })
    expect(code).toBe(1)
  })

  it('has said nothing of the member where it was never seen', async () => {
    const { told, code, errors } = await drained(['away'], { timeout: 0 })
    expect(told).toBeUndefined()
    expect(code).toBe(1)
    expect(errors).toBe('rota drain: no server says so; the time to wait is over\n')
  })
})

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, seconds)).toISOString()
}

/**
 * What a look at the ledger finds: its time, and the member if it is there; or that nobody answers,
 * while somebody may end the wait.
 */
type Look = readonly [now: string, entry?: Entry] | 'away' | 'interrupted'
/** Or that the server knows of nobody by that name. */
type Entry = { readonly isSafe: boolean } | 'gone'

interface Options {
  readonly timeout?: number
  readonly json?: boolean
}

async function drained(looks: readonly Look[], options: Options = {}) {
  const left = [...looks]
  let now = ''
  let interrupt = () => {}
  const onInterrupt = (task: () => void) => {
    interrupt = task
    return () => {}
  }
  const server = createServer((request, response) => {
    const isLedger = request.url?.startsWith('/api/v1/ledger')
    const isOfMember = request.url?.includes('member=')
    if (isLedger && !isOfMember) return void response.end(JSON.stringify({ now, entries: [] }))
    const look = isLedger ? left.shift() : undefined
    if (look === 'interrupted') interrupt()
    if (typeof look === 'string') return void request.socket.destroy()
    const [lookedAt, entry] = look ?? []
    if (lookedAt !== undefined) now = lookedAt
    if (entry === 'gone') return void response.writeHead(404).end('{}')
    const ledger = { now, entries: entry ? [{ ...SAFE, ...entry }] : [] }
    response.end(JSON.stringify(isLedger ? ledger : { current: [OUT] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let output = ''
  let errors = ''
  let code: number | undefined
  const tools = {
    write: (text: string) => {
      output += text
    },
    writeError: (text: string) => {
      errors += text
    },
    readFile: () => '',
    environment: {},
    clock: impatient(),
    exit: (given: number) => {
      code = given
    },
  }
  const request = { method: 'POST', path: '/overrides', body: OUT } as const
  const terminal = { isWatched: false, progress: () => {}, onInterrupt }
  await waitFor('drain', OUT, request, { json: true, ...options, server: url }, tools, terminal)
  return { told: output.startsWith('{') ? JSON.parse(output) : undefined, code, errors }
}

/** By which no wait takes any time of anybody else. */
function impatient(): Clock {
  let nowMs = 0
  return {
    now: () => nowMs,
    wall: () => nowMs,
    after: (ms, task) => {
      nowMs += ms
      task()
      return () => {}
    },
  }
}
