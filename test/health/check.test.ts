/**
 * Goal: targets are shared where they are the same measurement, and nowhere else.
 * Method: checks that differ in one thing each, and the same check written in another order.
 */

import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'

import { type Check, createTarget } from '../../src/health/check.ts'
import type { ProbeSpec } from '../../src/health/probes/spec.ts'
import { checkWith } from '../support/check.ts'
import { listen, probe } from '../support/probing.ts'

const HTTP = {
  kind: 'http',
  port: 80,
  path: '/',
  expect: [{ from: 200, to: 299 }],
  verify: true,
} as const

describe('the key of a target', () => {
  it('differs with everything that is measured, and with its pace', () => {
    const probes: readonly ProbeSpec[] = [
      { kind: 'tcp', port: 80 },
      { kind: 'tcp', port: 81 },
      { kind: 'tcp', port: 80, send: 'a' },
      { kind: 'tcp', port: 80, expect: 'a' },
      { kind: 'tcp', port: 80, report: 'agent' },
      { kind: 'redis', port: 80 },
      HTTP,
      { ...HTTP, method: 'HEAD' },
      { ...HTTP, headers: { a: 'b' } },
      { ...HTTP, headers: { a: 'c' } },
      { ...HTTP, body: 'a' },
      { ...HTTP, body: { source: 'a', flags: '' } },
      { ...HTTP, body: { source: 'a', flags: 'i' } },
      { ...HTTP, redirects: 1 },
      { ...HTTP, certWarnMs: 1 },
      { ...HTTP, report: { header: 'a' } },
      { ...HTTP, expect: [{ from: 200, to: 298 }] },
    ]
    const paces: readonly Partial<Check>[] = [
      { intervalMs: 1 },
      { fastIntervalMs: 1 },
      { timeoutMs: 1 },
      { rise: 9 },
      { fall: 9 },
      { everyAnswers: 100 },
      { address: '192.0.2.9' },
    ]
    const checks = [...probes.map((one) => ({ probe: one })), ...paces].map(checkWith)
    const keys = checks.map((check) => createTarget('192.0.2.1', check).key)
    expect(new Set(keys).size).toBe(checks.length)
  })

  it('is the same in whatever order and under whatever name a check is written', () => {
    const { kind, ...rest } = HTTP
    const written: readonly Partial<Check>[] = [
      { probe: HTTP },
      { probe: { ...rest, kind } },
      { probe: HTTP, name: 'other' },
    ]
    const keys = written.map((changes) => createTarget('192.0.2.1', checkWith(changes)).key)
    expect(new Set(keys).size).toBe(1)
  })
})

describe('the address of a check', () => {
  it('is probed instead of the member, so that all members share the target', () => {
    const check = checkWith({ address: '192.0.2.9' })
    const [one, other] = ['192.0.2.1', '192.0.2.2'].map((address) => createTarget(address, check))
    expect(one).toEqual(other)
    expect(one!.address).toBe('192.0.2.9')
  })

  it('may be a host name, by which a server is then asked', async () => {
    const hosts: unknown[] = []
    const server = createServer(({ headers }, response) => {
      hosts.push(headers.host)
      response.end()
    })
    const { port } = await listen(server, 'localhost')
    const outcome = await probe({ ...HTTP, port }, { address: 'localhost' })
    expect(outcome.isSuccess).toBe(true)
    await probe({ ...HTTP, port, host: 'www.example.test' }, { address: 'localhost' })
    expect(hosts).toEqual([`localhost:${port}`, 'www.example.test'])
  })
})
