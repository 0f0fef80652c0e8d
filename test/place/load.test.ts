/**
 * Goal: a map on disk becomes plain data for another thread, or diagnostics.
 * Method: files in a temporary folder; what is loaded is cloned as it is on its way to a thread.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { headline } from '../../src/base/diagnostic.ts'
import { loadMap } from '../../src/place/load.ts'
import type { MapSource } from '../../src/place/location.ts'
import { temporaryFolder } from '../support/folder.ts'

import { writeMmdb } from './mmdb-writer.ts'

const folder = temporaryFolder('place')
afterAll(() => folder.remove())

describe('loadMap', () => {
  it('loads subnets', () => {
    const { map, said } = load({ subnets: file('offices.map', '192.0.2.0/24 berlin\n') })
    expect(said).toEqual([])
    expect(map?.places).toEqual([{}, { label: 'berlin' }])
  })

  it('loads subnets with what is worth a warning', () => {
    const path = file('twice.map', '192.0.2.0/24 berlin\n192.0.2.0/24 berlin\n')
    const { map, said } = load({ subnets: path })
    expect(map).toBeDefined()
    expect(said).toEqual([`${path}:2:1: warning: line 1 says already that 192.0.2.0/24 is berlin`])
  })

  it('loads no subnets that have a fault', () => {
    const path = file('bad.map', '192.0.2.0/24 berlin\noslo\n')
    const { map, said } = load({ subnets: path })
    expect(map).toBeUndefined()
    expect(said[0]).toContain(`${path}:2:1: "oslo" is no subnet`)
  })

  it('loads a MaxMind database', () => {
    const octets = writeMmdb({ networks: [['192.0.2.0/24', { country: { iso_code: 'NO' } }]] })
    const { map, said } = load({ mmdb: file('world.mmdb', octets) })
    expect(said).toEqual([])
    expect(map?.places).toEqual([{}, { country: 'NO' }])
  })

  it('tells of a bad database where it was asked for', () => {
    const path = file('other.mmdb', 'no database')
    expect(load({ mmdb: path }).said).toEqual([
      `rota.yaml:3:12: map ${path} is no MaxMind database, or was cut off: use a .mmdb file ` +
        '(old GeoIP .dat cannot be read)',
    ])
  })

  it('tells of a file that is not there where it was asked for', () => {
    const path = join(folder.path, 'nowhere.map')
    const message = `rota.yaml:3:12: map ${path} cannot be read: there is no such file`
    expect(load({ subnets: path }).said).toEqual([message])
    expect(load({ mmdb: path }).said).toEqual([message])
  })

  it('loads what crosses to another thread without a copy of the map', () => {
    const { map } = load({ subnets: file('shared.map', '192.0.2.0/24 berlin\n') })
    const crossed = structuredClone(map)
    expect(crossed).toEqual(map)
    map!.map.v4[0] = 7
    expect(crossed!.map.v4[0]).toBe(7)
  })
})

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name)
  writeFileSync(path, content)
  return path
}

function load(source: MapSource) {
  const { map, diagnostics } = loadMap(source, { file: 'rota.yaml', line: 3, column: 12 })
  return { map, said: diagnostics.map(headline) }
}
