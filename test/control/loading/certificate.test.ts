/**
 * Goal: a certificate that cannot be shown is told with the configuration, at the place that names
 * its file, by `rota check` and by every load.
 * Method: real files, and diagnostics as they are printed.
 */

import { dirname } from 'node:path'
import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { headline } from '../../../src/base/diagnostic.ts'
import { load } from '../../../src/control/loading/load.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY } from '../../support/certificate.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { written, zoneText } from '../configs.ts'

const YAML = `
zones: { example.test: example.test.zone }
listen: { tls: ["127.0.0.1:0"] }
tls:
  certificate: server.crt
  key: server.key
`

describe('a certificate', () => {
  it('that can be shown goes with the settings, by its path', () => {
    const { told, loaded, folder } = loading(TEST_CERTIFICATE, TEST_KEY)
    expect(told).toEqual([])
    expect(loaded!.settings.tls).toMatchObject({
      certificate: { path: `${folder}/server.crt` },
      key: { path: `${folder}/server.key` },
    })
  })

  it('that cannot be shown is an error at the file that is at fault', () => {
    expect(loading('nothing', TEST_KEY).told).toEqual([
      expect.stringMatching(/^rota\.yaml:5:16: tls: certificate .*crt holds no certificate/),
    ])
    const { told, loaded } = loading(TEST_CERTIFICATE, EXPIRED_KEY)
    expect(loaded).toBeUndefined()
    expect(told).toEqual([
      expect.stringMatching(/^rota\.yaml:6:8: tls: key .*key is of another certificate/),
    ])
  })

  it('that has expired is a warning, since plain DNS is better than none', () => {
    const { told, loaded } = loading(EXPIRED_CERTIFICATE, EXPIRED_KEY)
    expect(loaded).toBeDefined()
    expect(told).toEqual([
      expect.stringMatching(/^rota\.yaml:5:16: warning: tls: certificate .* expired on 2020-02-01/),
    ])
  })
})

function loading(certificate: string, key: string) {
  const { file } = written({
    'rota.yaml': YAML,
    'example.test.zone': zoneText('example.test'),
    'server.crt': certificate,
    'server.key': key,
  })
  const folder = dirname(file)
  chmodSync(`${folder}/server.key`, 0o600)
  const { loaded, diagnostics } = load({ file })
  const told = diagnostics.map((one) => headline(one).replace(`${folder}/rota.yaml`, 'rota.yaml'))
  return { loaded, told, folder }
}
