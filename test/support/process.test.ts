/**
 * Goal: what tests start is told apart from what failed to start, and none of it stays behind.
 * Method: small programs of Node itself, each of which does one thing that a daemon might do.
 */

import { describe, expect, it } from 'vitest'

import { startProcess, waitUntil } from './process.ts'

describe('startProcess', () => {
  it('gives the exit status and all that was printed', async () => {
    const child = startProcess(node('console.log("out"); console.error("err"); process.exit(3)'))
    expect(await child.ended).toBe(3)
    expect(child.output()).toContain('out\n')
    expect(child.output()).toContain('err\n')
  })

  it('ends at once, with the reason as its output, where there is no such command', async () => {
    const child = startProcess({ command: 'no-such-daemon', args: [] })
    expect(await child.ended).toBe(-1)
    expect(child.output()).toContain('no-such-daemon')
  })

  it('passes settings of the environment on beside those that are there', async () => {
    const script = 'console.log(process.env.ROTA_TRANSPORT, Boolean(process.env.PATH))'
    const child = startProcess({ ...node(script), env: { ROTA_TRANSPORT: 'portable' } })
    await child.ended
    expect(child.output()).toBe('portable true\n')
  })

  it('ends a program that would run for ever', async () => {
    const child = startProcess(node('console.log("up"); setInterval(() => {}, 1000)'))
    await waitUntil(child, async () => child.output() !== '')
    expect(child.hasEnded()).toBe(false)
    expect(await child.stop()).toBe(-1)
    expect(child.hasEnded()).toBe(true)
  })
})

describe('waitUntil', () => {
  it('says what a program printed that ended before it was ready', async () => {
    const child = startProcess(node('console.error("zone example.test: no SOA"); process.exit(1)'))
    await expect(waitUntil(child, async () => false)).rejects.toThrow('no SOA')
  })

  it('gives up after the limit', async () => {
    const child = startProcess(node('setInterval(() => {}, 1000)'))
    const waiting = waitUntil(child, async () => false, { limitMs: 0 })
    await expect(waiting).rejects.toThrow('not ready within 0 ms')
    await child.stop()
  })
})

function node(script: string): { command: string; args: string[] } {
  return { command: process.execPath, args: ['-e', script] }
}
