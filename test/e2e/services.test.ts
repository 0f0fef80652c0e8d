/**
 * Goal: SRV and HTTPS records lead nobody to a backend that is down, nor do the hints in them, and
 * lead there again when it is up.
 * Method: a zone as people write it, under a running server, and a backend that stops and starts.
 */

import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { siteOf } from './site.ts'

const [A, B] = ['127.46.0.1', '127.46.0.2']
const ZONE = [
  `a A ${A}`,
  `b A ${B}`,
  '_sip._tcp SRV 0 5 5060 a',
  '_sip._tcp SRV 0 5 5060 b',
  `www HTTPS 1 . alpn=h2 ipv4hint=${A},${B}`,
]
const SRV = '_sip._tcp.example.test SRV'
const HTTPS = 'www.example.test HTTPS'

it.skipIf(process.platform !== 'linux')(
  'services follow the health of their backends',
  async () => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, A)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const dying = createServer((socket) => socket.destroy())
    onTestFinished(() => void [server.close(), dying.close()])
    await once(dying.listen(port, B), 'listening')
    const often = 'interval: 1s, fast_interval: 100ms, timeout: 1s, rise: 1, fall: 1'
    const site = await siteOf(
      `
pools:
  web: { check: { tcp: { port: ${port} }, ${often} }, members: { a: ${A}, b: ${B} } }
names:
  www.example.test: { pool: web }
  _sip._tcp.example.test: { pool: web }
`,
      { zone: ZONE },
    )
    const sip = async () =>
      (await site.reply(SRV)).answer.map((line) => line.split(' ').at(-1)).sort()
    const both = ['a.example.test.', 'b.example.test.']
    expect(await sip()).toEqual(both)
    expect(await site.answer(HTTPS)).toContain(`ipv4hint=${A},${B}`)

    dying.close()
    await eventually(async () => (await sip()).join() === 'a.example.test.')
    const hinted = await site.answer(HTTPS)
    expect(hinted).toContain(`ipv4hint=${A}`)
    expect(hinted).not.toContain(B)
    expect(await site.answer('www.example.test A')).toBe(A)

    await once(dying.listen(port, B), 'listening')
    await eventually(async () => (await sip()).join() === both.join())
    expect(await site.answer(HTTPS)).toContain(B)
  },
)
