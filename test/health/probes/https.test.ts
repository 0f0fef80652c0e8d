/**
 * Goal: an HTTPS probe asks for whom its check names, believes the certificates that it may, and
 * says how far it has come.
 * Method: real servers on the loopback, with a certificate of the tests.
 */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { describe, expect, it } from 'vitest'

import type { HttpProbe } from '../../../src/health/probes/spec.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { listen, probe } from '../../support/probing.ts'
import { probeTrusting } from '../../support/trusting.ts'
import { http, OK, silent } from './http-backends.ts'

describe('over TLS', () => {
  it('asks by SNI for the name of the check, without its port', async () => {
    const names: string[] = []
    const server = createSecureServer({
      key: TEST_KEY,
      cert: TEST_CERTIFICATE,
      SNICallback: (name, done) => {
        names.push(name)
        done(null)
      },
    })
    server.on('request', OK)
    const { port } = await listen(server)
    const outcome = await probe(https(port, { host: 'www.example.test:8443', verify: false }))
    expect(outcome).toEqual({ isSuccess: true, evidence: 'status 200' })
    expect(names).toEqual(['www.example.test'])
  })

  it('asks by no name where it knows an address alone', async () => {
    const { port } = await secure()
    expect((await probe(https(port, { verify: false }))).isSuccess).toBe(true)
  })

  it('refuses a self-signed certificate where it verifies', async () => {
    const { port } = await secure()
    const outcome = await probe(https(port, { host: 'www.example.test' }))
    expect(outcome).toEqual({ isSuccess: false, evidence: 'certificate is self-signed' })
  })

  it('accepts a trusted certificate for its own name alone, whatever the address', async () => {
    const { port } = await secure()
    const probes = ['www.example.test', 'other.example.test'].map((host) => https(port, { host }))
    expect(await probeTrusting(TEST_CERTIFICATE, probes)).toEqual([
      { isSuccess: true, evidence: 'status 200' },
      { isSuccess: false, evidence: 'certificate is not valid for "other.example.test"' },
    ])
  })

  it('fails where the backend speaks plain HTTP', async () => {
    const { port } = await listen(createServer(OK))
    const outcome = await probe(https(port))
    expect(outcome.isSuccess).toBe(false)
    expect(outcome.evidence).toContain('TLS handshake failed')
  })

  it('says which step was missing where the handshake hangs', async () => {
    const { port, socket } = await silent()
    const abort = new AbortController()
    const stages: string[] = []
    const outcome = probe(https(port), {
      signal: abort.signal,
      onStage: (stage) => stages.push(stage),
    })
    await once(await socket, 'data')
    abort.abort()
    await outcome
    expect(stages).toEqual(['connected, no TLS handshake'])
  })
})

function https(port: number, changes: Partial<HttpProbe> = {}): HttpProbe {
  return http(port, { kind: 'https', ...changes })
}

async function secure() {
  return listen(createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, OK))
}
