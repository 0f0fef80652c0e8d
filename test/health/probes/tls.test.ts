/**
 * Goal: a TLS probe believes a handshake and no less, and warns in time of a certificate's end.
 * Method: real servers with certificates of our own; the wall's clock is set to days before the end.
 */

import { once } from 'node:events'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it } from 'vitest'

import type { TlsProbe } from '../../../src/health/probes/spec.ts'
import { EXPIRED_CERTIFICATE, EXPIRED_KEY } from '../../support/certificate.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { freePort } from '../../support/ports.ts'
import { backend, listen, probe, saying, stagesUntil } from '../../support/probing.ts'
import { probeTrusting } from '../../support/trusting.ts'

const DAY_MS = 86_400_000
/** The end of TEST_CERTIFICATE. */
const END_MS = Date.UTC(2126, 9, 28, 2, 58, 52)

describe('a TLS probe', () => {
  it('succeeds once the handshake has', async () => {
    const port = await secure()
    expect(await probe(tls(port, { verify: false }))).toEqual({
      isSuccess: true,
      evidence: 'TLSv1.3 handshake',
    })
  })

  it('asks by SNI for the name of its check', async () => {
    const server = createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE })
    const connected = once(server, 'secureConnection')
    const { port } = await listen(server)
    await probe(tls(port, { host: 'www.example.test', verify: false }))
    expect((await connected)[0].servername).toBe('www.example.test')
  })

  it('does not trust whom nobody vouches for', async () => {
    const outcome = await probe(tls(await secure(), { host: 'www.example.test' }))
    expect(outcome).toEqual({ isSuccess: false, evidence: 'certificate is self-signed' })
  })

  it('fails where nobody listens, where it is closed on, and where no TLS is spoken', async () => {
    expect((await probe(tls(await freePort()))).evidence).toBe('connection refused')
    const { port: closing } = await backend((socket) => socket.end())
    expect(await probe(tls(closing))).toMatchObject({ isSuccess: false })
    const { port: plain } = await saying('220 mail.example.test ESMTP\r\n')
    expect((await probe(tls(plain))).evidence).toContain('TLS handshake failed')
  })

  it('says that the handshake is missing where it hangs', async () => {
    const { port } = await backend(() => {})
    expect(await stagesUntil(tls(port), 'connected, no TLS handshake')).toHaveLength(1)
  })
})

describe('a certificate', () => {
  it.each([
    [14 * DAY_MS, undefined],
    [14 * DAY_MS - 1, 'certificate expires in 13 days'],
    [9.5 * DAY_MS, 'certificate expires in 9 days'],
    [DAY_MS, 'certificate expires in 24 hours'],
    [5_400_000, 'certificate expires in 1 hour'],
    [-1, 'certificate has expired'],
  ])('with %i ms left is warned of: %s', async (leftMs, warning) => {
    const spec = tls(await secure(), { verify: false, certWarnMs: 14 * DAY_MS })
    const outcome = await probe(spec, { wallMs: END_MS - leftMs })
    expect(outcome.isSuccess).toBe(true)
    expect(outcome.warning).toBe(warning)
  })

  it('is not looked at where the check does not ask', async () => {
    const outcome = await probe(tls(await secure(), { verify: false }), { wallMs: END_MS })
    expect(outcome.warning).toBeUndefined()
  })

  it('that is trusted counts for its own name, and only while it lasts', async () => {
    const sound = await secure()
    const expired = await secure(EXPIRED_KEY, EXPIRED_CERTIFICATE)
    const probes = [
      tls(sound, { host: 'www.example.test' }),
      tls(sound, { host: 'other.example.test' }),
      tls(sound),
      tls(expired, { host: 'www.example.test' }),
      tls(expired, { host: 'www.example.test', verify: false }),
    ]
    const trusted = `${TEST_CERTIFICATE}\n${EXPIRED_CERTIFICATE}`
    expect(await probeTrusting(trusted, probes)).toEqual([
      { isSuccess: true, evidence: 'TLSv1.3 handshake' },
      { isSuccess: false, evidence: 'certificate is not valid for "other.example.test"' },
      { isSuccess: false, evidence: 'certificate is not valid for "127.0.0.1"' },
      { isSuccess: false, evidence: 'certificate has expired' },
      { isSuccess: true, evidence: 'TLSv1.3 handshake' },
    ])
  })
})

function tls(port: number, changes: Partial<TlsProbe> = {}): TlsProbe {
  return { kind: 'tls', port, verify: true, ...changes }
}

async function secure(key = TEST_KEY, cert = TEST_CERTIFICATE): Promise<number> {
  const server = createTlsServer({ key, cert })
  server.on('secureConnection', (socket) => socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  return (await listen(server)).port
}
