/**
 * Goal: a receiver that fails, hangs or refuses gets what it can take, and costs bounded room, and
 * nobody else anything.
 * Method: receivers on real sockets that behave as they are told, and a manual clock.
 */

import { createServer as createTlsServer } from 'node:https'
import { describe, expect, it } from 'vitest'

import { TRIES_MAX, WAITING_MAX } from '../../../src/control/history/webhooks/webhook.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import {
  bench,
  flip,
  listening,
  pass,
  receiverConfig,
  receiverWith,
  settledSockets,
  until,
} from './webhook-receivers.ts'

describe('a receiver that fails', () => {
  it('gets the event again after a while, and the others after it', async () => {
    const receiver = await receiverWith(500, 503)
    const { history, webhooks, clock, words } = bench({ random: () => 0 })
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[0]!.retried === 1)
    await clock.advance(499)
    expect(receiver.ids()).toEqual([1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.retried === 2)
    await clock.advance(999)
    expect(receiver.ids()).toEqual([1, 1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.delivered === 2)
    expect(receiver.ids()).toEqual([1, 1, 1, 2])
    expect(words).toEqual(['does not take events, which wait: status 500', 'takes events again'])
  })

  it('is waited for no longer than ten seconds where it hangs', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 1)
    await clock.advance(9_999)
    expect(words).toEqual([])
    await clock.advance(1)
    await until(() => words.length === 1)
    expect(words[0]).toContain('no answer in time')
    await pass(clock, 1_000)
    await until(() => webhooks.figures()[0]!.delivered === 1)
  })

  it('has taken the event where its status says so, however slow or long the rest is', async () => {
    const receiver = await receiverWith('slow', 'endless')
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 1)
    await settledSockets()
    await clock.advance(10_000)
    await until(() => webhooks.figures()[0]!.delivered === 1)
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[0]!.delivered === 2)
  })

  it('is tried until it listens', async () => {
    const receiver = await receiverWith()
    await receiver.close()
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('connection refused')
    await receiver.listen()
    await pass(clock, 2_000)
    await until(() => receiver.got.length === 1)
  })

  it('is given up for one event after so many tries, and asked no oftener for the next', async () => {
    const receiver = await receiverWith(...Array.from({ length: TRIES_MAX }, () => 500))
    const { history, webhooks, clock } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      await until(() => {
        const { retried, failed } = webhooks.figures()[0]!
        return retried + failed === tries
      })
      await clock.advance(Math.min(300_000, 1_000 * 2 ** (tries - 1)))
    }
    await until(() => webhooks.figures()[0]!.delivered === 1)
    expect(receiver.ids().slice(-2)).toEqual([1, 2])
    expect(webhooks.figures()).toMatchObject([{ retried: TRIES_MAX - 1, failed: 1 }])
  })

  it('costs the oldest events once too many wait, and that is said once', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/0'))
    await until(() => receiver.got.length === 1)
    for (let number = 1; number <= WAITING_MAX + 5; number++) history.record(flip(`web/${number}`))
    expect(webhooks.figures()).toMatchObject([{ dropped: 5, waiting: WAITING_MAX + 1 }])
    expect(words).toEqual([`more than ${WAITING_MAX} events wait; the oldest go`])
    await clock.advance(10_000)
    await pass(clock, 1_000)
    await until(() => webhooks.figures()[0]!.delivered === WAITING_MAX + 1)
    expect(receiver.ids().slice(0, 4)).toEqual([1, 1, 7, 8])
  })

  it('keeps nobody else waiting', async () => {
    const [bad, good] = [await receiverWith('hang'), await receiverWith()]
    const { history, webhooks } = bench()
    webhooks.take([bad.config(), good.config()])
    history.record(flip('web/a'))
    await until(() => good.got.length === 1)
  })
})

describe('a receiver that refuses', () => {
  it.each([400, 401, 404, 410, 422])(
    'with %i is not asked to take the same again',
    async (status) => {
      const receiver = await receiverWith(status)
      const { history, webhooks, words } = bench()
      webhooks.take([receiver.config()])
      history.record(flip('web/a'))
      history.record(flip('web/b'))
      await until(() => webhooks.figures()[0]!.delivered === 1)
      expect(receiver.ids()).toEqual([1, 2])
      expect(webhooks.figures()).toMatchObject([{ failed: 1, retried: 0 }])
      expect(words[0]).toBe(`refuses events, which are given up: status ${status}`)
    },
  )

  it('by sending it elsewhere is not followed there', async () => {
    const elsewhere = await receiverWith()
    const receiver = await receiverWith({ status: 307, location: `http://${elsewhere.host}/` })
    const { history, webhooks, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('status 307; redirects are not followed')
    expect(elsewhere.got).toEqual([])
  })

  it.each([
    ['in seconds', () => '30', 30_000],
    ['by a date', (wall: number) => new Date(wall + 20_000).toUTCString(), 20_000],
    ['for longer than an incident lasts', () => '86400', 900_000],
    ['in words that nobody knows', () => 'soon', 500],
  ])('for a while is asked after it, said %s', async (_, retryAfterOf, waitMs) => {
    const { history, webhooks, clock } = bench({ random: () => 0 })
    const receiver = await receiverWith({ status: 429, 'retry-after': retryAfterOf(clock.wall()) })
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    await until(() => webhooks.figures()[0]!.retried === 1)
    await clock.advance(waitMs - 1)
    await settledSockets()
    expect(receiver.ids()).toEqual([1])
    await clock.advance(1)
    await until(() => webhooks.figures()[0]!.delivered === 1)
  })

  it('to show a certificate that can be trusted gets nothing', async () => {
    const got: string[] = []
    const server = createTlsServer(
      { cert: TEST_CERTIFICATE, key: TEST_KEY },
      ({ url }, response) => {
        got.push(url!)
        response.end()
      },
    )
    const port = await listening(server)
    const { history, webhooks, words } = bench()
    const url = `https://localhost:${port}/`
    webhooks.take([{ ...receiverConfig(url), events: ['flip'] }])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('certificate')
    expect(got).toEqual([])
  })
})
