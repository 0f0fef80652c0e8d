/**
 * Goal: state that cannot be written is seen where people look, and not in the log alone; what asks
 * to be written down is refused meanwhile.
 * Method: a server that finds taken what each of its writes begins with, and then does not.
 */

import { mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { valuesOf } from '../admin/metrics/scrape.ts'
import { folderOf } from './rota.ts'
import { siteOf } from './site.ts'

const YAML = `
pools: { web: { members: { a: 192.0.2.1, b: 192.0.2.2 } } }
names: { www.example.test: { pool: web } }
`
const DRAIN = { pool: 'web', member: 'a', word: 'drain', reason: 'disk swap', author: 'ana' }

it('says since when its state is not written, until it is', async () => {
  const site = await siteOf(YAML)
  const writtenAt = async () => {
    const { text } = await site.api('GET /metrics')
    return Object.values(valuesOf(text, 'rota_state_write_timestamp_seconds'))[0]!
  }
  const before = await writtenAt()
  expect(before).toBeGreaterThan(1_700_000_000)

  const taken = join(folderOf(site.files), 'state', `state.json.new-${site.process.pid}`)
  mkdirSync(taken)
  expect((await site.api('POST /api/v1/overrides', DRAIN)).status).toBe(503)
  expect((await site.status()).warnings).toEqual([
    expect.stringMatching(/^the state was not written since 20.*state\.json\.new/),
  ])
  expect(await site.command('status')).toMatch(/^warning: the state was not written since/m)

  rmdirSync(taken)
  expect((await site.api('POST /api/v1/overrides', DRAIN)).status).toBe(200)
  expect((await site.status()).warnings).toEqual([])
  expect(await writtenAt()).toBeGreaterThanOrEqual(before)
})
