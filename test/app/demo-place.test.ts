/**
 * Goal: the quick start starts from wherever it was installed.
 * Method: folders whose state cannot be written, since a file is in its place: so it is for the
 * superuser too.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { demoPlace } from '../../src/app/demo/place.ts'
import { written } from '../control/configs.ts'

const FILES = { 'rota.yaml': 'state: ./state\n', 'example.test.zone': '; a zone\n' }

describe('the files of the demo', () => {
  it('are those that are installed, with state beside them', async () => {
    const { file } = written(FILES)
    const place = await demoPlace(file, tmpdir())
    expect(place).toMatchObject({ config: file, isCopy: false })
    await place.leave()
    expect(readdirSync(dirname(file)).sort()).toEqual([...Object.keys(FILES), 'state'].sort())
  })

  it('begin anew each time, by the same token', async () => {
    const { file } = written(FILES)
    const state = join(dirname(file), 'state')
    mkdirSync(state)
    for (const name of ['state.json', 'token']) writeFileSync(join(state, name), 'of the last time')
    await demoPlace(file, tmpdir())
    expect(readdirSync(state)).toEqual(['token'])
  })

  it('are a copy where nobody may write beside them, and the copy goes with the demo', async () => {
    const { file } = written(FILES)
    writeFileSync(join(dirname(file), 'state'), 'in the way')
    const temporary = mkdtempSync(join(tmpdir(), 'rota-'))
    const place = await demoPlace(file, temporary)
    expect(place.isCopy).toBe(true)
    const copied = readdirSync(dirname(place.config)).sort()
    expect(copied).toEqual(Object.keys(FILES).sort())
    expect(readFileSync(place.config, 'utf8')).toBe(FILES['rota.yaml'])
    await place.leave()
    expect(readdirSync(temporary)).toEqual([])
  })
})
