/**
 * Goal: writers are known by a token that is made once, that nobody else can read, and that a
 * restart keeps.
 * Method: folders of their own.
 */

import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import { findToken } from '../../src/admin/token.ts'
import { temporaryFolder } from '../support/folder.ts'

describe('the token', () => {
  it('is made at the first start, for its owner alone, and kept', async () => {
    const state = join(folder(), 'deep', 'state')
    const { token } = await findToken({ state })
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(statSync(join(state, 'token')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(state, 'token'), 'utf8')).toBe(`${token}\n`)
    expect(readdirSync(state)).toEqual(['token'])
    expect(await findToken({ state })).toEqual({ token })
    expect((await findToken({ state: folder() })).token).not.toBe(token)
  })

  it('comes from the environment where it is given, and no file is made', async () => {
    const state = folder()
    const given = 'sixteen-letters!'
    expect(await findToken({ given, state })).toEqual({ token: given })
    expect(existsSync(join(state, 'token'))).toBe(false)
    expect(await findToken({ given: '' })).toEqual({})
  })

  it('is none without a state folder', async () => {
    expect(await findToken({})).toEqual({})
  })

  it('is refused where it is short, or was cut off', async () => {
    await expect(findToken({ given: 'fifteen-letters' })).rejects.toThrow(
      'ROTA_TOKEN holds no token',
    )
    await expect(findToken({ given: 'with a space in it' })).rejects.toThrow('ROTA_TOKEN')
    const state = folder()
    writeFileSync(join(state, 'token'), '')
    await expect(findToken({ state })).rejects.toThrow(`${join(state, 'token')} holds no token`)
  })

  it('that others can read is used, with a warning', async () => {
    const state = folder()
    const { token } = await findToken({ state })
    chmodSync(join(state, 'token'), 0o640)
    expect(await findToken({ state })).toEqual({
      token,
      warning: expect.stringContaining('can be read by others'),
    })
  })

  it('says why it cannot be made', async () => {
    const state = join(folder(), 'file')
    writeFileSync(state, '')
    await expect(findToken({ state })).rejects.toThrow('token cannot be read')
  })
})

function folder(): string {
  const made = temporaryFolder('token')
  onTestFinished(() => made.remove())
  return made.path
}
