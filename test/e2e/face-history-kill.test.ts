/**
 * Goal: what somebody has been told is never untold: no id stands for two events.
 * Method: a reader of the stream that kills the server in the moment in which it is told, while
 * changes are made; then what it was told is compared with what the next process has.
 */

import { describe, expect, it } from 'vitest'

import type { Event } from '../../src/control/history/event.ts'
import { openStream } from '../admin/event-reader.ts'
import { portsOf } from './caches.ts'
import { siteOf, siteWith } from './site.ts'

const YAML = `
pools: { own: { members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { own.example.test: { pool: own } }
`
const ROUNDS = 4

describe('a kill in the moment in which an event is told', () => {
  it('leaves it in the history, under its id, and gives the id to no other', async () => {
    let site = await siteOf(YAML)
    for (let round = 0; round < ROUNDS; round++) {
      const before = site
      const reader = openStream(portsOf(site).http, { fields: ['Last-Event-ID: 0'] })
      await reader.until(() => reader.told().length > 0, 'the past')
      const enough = reader.told().length + 2
      reader.socket.on('data', () => {
        if (reader.told().length >= enough) before.process.signal('SIGKILL')
      })
      let acknowledged = 0
      for (const word of ['drain', 'up', 'drain', 'up', 'drain', 'up']) {
        const body = { pool: 'own', member: 'a', word, reason: 'disk swap', author: 'ana' }
        const answer = await site.api('POST /api/v1/overrides', body).catch(() => undefined)
        if (answer?.status === 200) acknowledged++
      }
      await site.process.ended
      const told = reader.told().map(({ data }) => data)
      site = await siteWith(site.files)
      const { value } = await site.api('GET /api/v1/history?limit=1000')
      const known = (value as { events: Event[] }).events.reverse()
      expect(known.map(({ id }) => id)).toEqual(known.map((_, index) => index + 1))
      expect(known.slice(0, told.length)).toEqual(told)
      expect(known.length).toBeGreaterThanOrEqual(enough - 2 + acknowledged)
      expect(known.at(-1)).toMatchObject({ kind: 'start' })
    }
  })
})
