/**
 * Goal: pages that cannot be read are no reason not to answer DNS; who runs the server is told why
 * there are none, and a browser that there are none.
 * Method: a copy of the build whose folder of pages is damaged, run as people run it.
 */

import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { askApi } from '../admin/support.ts'
import { temporaryFolder } from '../support/folder.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { MAIN, serveFiles } from './rota.ts'
import { HEAD } from './site.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const CONFIG = `${HEAD}
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`

it('answers DNS and the API where the pages cannot be read, and says so', async () => {
  const { path, remove } = temporaryFolder('build')
  onTestFinished(remove)
  cpSync(resolve(MAIN, '../..'), join(path, 'dist'), { recursive: true })
  for (const name of ['node_modules', 'package.json']) {
    symlinkSync(join(REPOSITORY, name), join(path, name))
  }
  const assets = join(path, 'dist/dashboard/assets')
  rmSync(assets, { recursive: true })
  writeFileSync(assets, 'no folder')

  const main = join(path, 'dist/cli/main.js')
  const rota = await serveFiles(CONFIG, undefined, { main })
  expect(dataOf(await askFor(await askerOf(rota.port), 'www.example.test A'))).toBe('192.0.2.1')
  const http = Number(/:(\d+)$/.exec(String(rota.logged('answering')[0]!['http']))![1])
  const why = expect.stringMatching(/^the pages cannot be read: ENOTDIR/)
  expect(rota.log()).toContainEqual(expect.objectContaining({ level: 40, msg: why }))
  expect(((await askApi(http, 'GET /api/v1/status')).value as Status).warnings).toContainEqual(why)
  for (const page of ['/', '/lab', '/assets/index.js']) {
    const answer = await askApi(http, `GET ${page}`)
    expect([page, answer.status]).toEqual([page, 503])
    expect(answer.text).toContain('cannot be read: the log says why')
    expect(answer.text).not.toContain(path)
  }
})
