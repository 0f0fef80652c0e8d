/**
 * Goal: a server that ends waits a while for its receivers and no longer, and the next process goes
 * on where it was.
 * Method: receivers on real sockets, and a manual clock.
 */

import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { bench, flip, receiverWith, settledSockets, until } from './webhook-receivers.ts'

describe('an end', () => {
  it('waits a while for those who answer, and the next process goes on from there', async () => {
    const receiver = await receiverWith(200, 'hang')
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    history.record({ kind: 'stop' })
    await until(() => receiver.got.length === 2)
    const stopped = webhooks.stop(2_000)
    await clock.advance(2_000)
    await stopped
    const { positions } = webhooks
    expect(Object.values(positions)).toEqual([1])
    expect(JSON.stringify(positions)).not.toContain('hook')

    const next = bench({ history })
    next.webhooks.recall(positions)
    next.webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    history.record(flip('web/c'))
    await until(() => next.webhooks.figures()[0]!.delivered === 3)
    expect(receiver.ids()).toEqual([1, 2, 2, 3, 4])
  })

  it('delivers its own event, and is over at once where nothing waits', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config({ events: ['stop'] })])
    history.record({ kind: 'stop' })
    await webhooks.stop(2_000)
    expect(receiver.ids()).toEqual([1])
    expect(Object.values(webhooks.positions)).toEqual([1])
    expect(clock.pendingCount).toBe(0)
  })

  it('waits no longer for a secret that hangs, and posts nothing after it', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock, secretFile } = bench()
    execFileSync('mkfifo', [secretFile.path])
    webhooks.take([receiver.config({ secretFile })])
    history.record(flip('web/a'))
    await settledSockets()
    const stopped = webhooks.stop(2_000)
    await clock.advance(2_000)
    await stopped
    await writeFile(secretFile.path, 'sixteen octets !')
    await settledSockets()
    expect(receiver.got).toEqual([])
    expect(Object.values(webhooks.positions)).toEqual([0])
  })

  it('does not wait for one that fails', async () => {
    const receiver = await receiverWith(500)
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    await webhooks.stop(2_000)
    expect(Object.values(webhooks.positions)).toEqual([0])
    expect(clock.pendingCount).toBe(0)
  })
})
