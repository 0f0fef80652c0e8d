/**
 * Goal: each receiver gets each event that it wants, in order, and whoever comes, goes or changes by
 * a reload costs the others nothing.
 * Method: receivers on real sockets, and a manual clock.
 */

import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bench, flip, pass, receiverConfig, receiverWith, until } from './webhook-receivers.ts'

describe('a receiver that takes what it gets', () => {
  it('gets each event of its kinds as JSON, in order', async () => {
    const receiver = await receiverWith()
    const { history, webhooks } = bench()
    history.record(flip('web/before'))
    webhooks.take([receiver.config({ events: ['flip', 'stop'] })])
    for (const name of ['a', 'b']) history.record(flip(`web/${name}`))
    history.record({ kind: 'respawn', endpoint: '127.0.0.1:53', reason: 'it died' })
    history.record({ kind: 'stop' })
    await until(() => receiver.got.length === 3)
    expect(receiver.got.map(({ event }) => event)).toEqual([
      { id: 2, at: '2026-01-01T00:00:00.000Z', ...flip('web/a') },
      { id: 3, at: '2026-01-01T00:00:00.000Z', ...flip('web/b') },
      { id: 5, at: '2026-01-01T00:00:00.000Z', kind: 'stop' },
    ])
    expect(receiver.got[2]).toMatchObject({
      method: 'POST',
      path: '/hook?key=1',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'rota/1.2.3',
        'x-rota-event': 'stop',
        'x-rota-delivery': '5',
      },
    })
    expect(receiver.got[2]!.headers).not.toHaveProperty('x-rota-signature')
    await until(() => webhooks.figures()[0]!.delivered === 3)
    expect(webhooks.figures()).toEqual([
      { host: receiver.host, delivered: 3, retried: 0, failed: 0, dropped: 0, waiting: 0 },
    ])
  })

  it('gets also what happens just as it has taken the last', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, onDone } = bench()
    webhooks.take([receiver.config()])
    onDone.push(() => queueMicrotask(() => history.record(flip('web/b'))))
    history.record(flip('web/a'))
    await until(() => receiver.got.length === 2)
    expect(receiver.ids()).toEqual([1, 2])
  })

  it('can tell by the secret of both that nobody else posts, also when that is changed', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, secretFile, writeSecret } = bench()
    webhooks.take([receiver.config({ secretFile })])
    for (const secret of ['sixteen octets !', 'another of sixteen']) {
      writeSecret(`${secret}\n`)
      history.record(flip('web/a'))
      await until(() => receiver.got.length > 0)
      const { body, headers } = receiver.got.pop()!
      const digest = createHmac('sha256', secret).update(body).digest('hex')
      expect(headers['x-rota-signature']).toBe(`sha256=${digest}`)
    }
  })

  it('is not posted to without its secret, and is once that is back', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock, words, secretFile, writeSecret } = bench()
    webhooks.take([receiver.config({ secretFile })])
    history.record(flip('web/a'))
    await until(() => words.length === 1)
    expect(words[0]).toContain('its secret cannot be read: there is no such file')
    writeSecret('short')
    await pass(clock, 2_000)
    expect(receiver.got).toEqual([])
    writeSecret('long enough to be one')
    // However long the file takes to be read, meanwhile and now.
    while (receiver.got.length === 0) await pass(clock, 1_000)
  })
})

describe('a reload', () => {
  it('changes the kinds, lets go of who is gone, and begins with who is new', async () => {
    const [kept, gone, fresh] = await Promise.all([
      receiverWith('hang'),
      receiverWith(),
      receiverWith(),
    ])
    const { history, webhooks, clock } = bench()
    webhooks.take([kept.config({ events: ['flip', 'stop'] }), gone.config()])
    history.record(flip('web/a'))
    history.record({ kind: 'stop' })
    await until(() => kept.got.length === 1 && gone.got.length === 1)
    webhooks.take([kept.config({ events: ['flip'] }), fresh.config()])
    history.record(flip('web/b'))
    await until(() => webhooks.figures()[1]!.delivered === 1)
    await clock.advance(10_000)
    await pass(clock, 1_000)
    await until(() => kept.got.length === 3)
    expect(kept.ids()).toEqual([1, 1, 3])
    expect(fresh.ids()).toEqual([3])
    expect(gone.ids()).toEqual([1])
  })
})

describe('a webhook that is taken away', () => {
  it('posts nothing more of what waited', async () => {
    const receiver = await receiverWith('hang')
    const { history, webhooks, clock, words } = bench()
    webhooks.take([receiver.config()])
    history.record(flip('web/a'))
    history.record(flip('web/b'))
    await until(() => receiver.got.length === 1)
    webhooks.take([])
    await clock.advance(10_000)
    await pass(clock, 2_000)
    expect(receiver.ids()).toEqual([1])
    expect(webhooks.figures()).toEqual([])
    expect(words).toEqual([])
  })
})

describe('the counts of a host', () => {
  it('never go back while it has a receiver, whichever of them go', async () => {
    const receiver = await receiverWith()
    const { history, webhooks, clock } = bench()
    const at = (path: string) => receiverConfig(`http://${receiver.host}/${path}`)
    const delivered = () => webhooks.figures().reduce((sum, one) => sum + one.delivered, 0)
    webhooks.take([at('a'), at('b')])
    history.record(flip('web/a'))
    await until(() => delivered() === 2)
    webhooks.take([at('b')])
    expect(delivered()).toBe(2)
    webhooks.take([at('c')])
    history.record(flip('web/b'))
    await until(() => delivered() === 3)
    webhooks.take([])
    expect(webhooks.figures()).toEqual([])
    webhooks.take([at('a')])
    expect(delivered()).toBe(0)
    await clock.advance(0)
  })
})
