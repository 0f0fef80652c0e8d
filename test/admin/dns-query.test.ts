/**
 * Goal: the API's own port answers DNS over HTTPS to this machine, and to nobody whom the guards of
 * the API keep out.
 * Method: the server that is real in all but its operations, asked over a socket.
 */

import { request } from 'node:http'
import { describe, expect, it } from 'vitest'

import { decodeMessage } from '../../src/wire/message.ts'
import { Answerer } from '../../src/transport/answerer.ts'
import { createCounters } from '../../src/transport/counters.ts'
import { authority } from '../support/authority.ts'
import { MESSAGE, targetOf } from '../support/https.ts'
import { requestFor } from '../support/request.ts'
import { serving } from './support.ts'

const ZONE = `$ORIGIN example.test.
$TTL 30
@ IN SOA ns1 hostmaster 1 3600 600 604800 10
@ IN NS ns1
ns1 IN A 127.0.0.1
`
const { engine } = authority(
  { 'example.test': ZONE },
  { bindings: { 'www.example.test': { members: { a: '192.0.2.1' }, answers: 1 } } },
)

describe('/dns-query beside the API', () => {
  it('answers a page of this server, by GET and by POST', async () => {
    const port = await served()
    const own = { origin: `http://127.0.0.1:${port}` }
    const got = await ask(port, { path: targetOf('www.example.test A'), headers: own })
    const body = requestFor('www.example.test A', { subnet: '192.0.2.0/24' })
    const posted = await ask(port, { method: 'POST', headers: { ...own, ...MESSAGE }, body })
    expect([got.status, posted.status]).toEqual([200, 200])
    expect(decodeMessage(posted.octets)!.answer).toMatchObject([{ text: '192.0.2.1' }])
    expect(posted.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('answers no page of a stranger, and to no name that it never had', async () => {
    const port = await served()
    const path = targetOf('www.example.test A')
    const stranger = await ask(port, { path, headers: { origin: 'http://example.org' } })
    const rebound = await ask(port, { path, headers: { host: 'example.org' } })
    expect([stranger.status, rebound.status]).toEqual([403, 421])
    expect(JSON.parse(stranger.octets.toString()).detail).toContain('http://example.org may not')
  })

  it('answers nobody where the API is served beyond this machine', async () => {
    const port = await served('0.0.0.0')
    const told = await ask(port, { path: targetOf('www.example.test A') })
    expect(told.status).toBe(403)
    expect(JSON.parse(told.octets.toString()).detail).toMatch(/ask where listen\.https is$/)
  })
})

async function served(address = '127.0.0.1'): Promise<number> {
  const answerer = new Answerer({ engine, counters: createCounters() })
  return (await serving({}, null, { answerer, endpoint: { address, port: 0 } })).port
}

interface Asking {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

async function ask(port: number, { path = '/dns-query', body, ...rest }: Asking) {
  return new Promise<{
    status: number
    headers: Readonly<Record<string, unknown>>
    octets: Buffer
  }>((resolve, reject) => {
    const asking = request({ ...rest, host: '127.0.0.1', port, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, headers, octets: Buffer.concat(chunks) })
      })
    })
    asking.on('error', reject)
    asking.end(body)
  })
}
