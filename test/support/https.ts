/** Clients of DNS over HTTPS that know nothing of Rota: HTTP/2 and HTTP/1.1 as Node speaks them. */

import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'
import { Agent, request } from 'node:https'
import { onTestFinished } from 'vitest'

import { requestFor } from './request.ts'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly octets: Buffer
}

export interface HttpAsking {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** Rejects where the server resets the request. */
export type AskHttps = (asking: HttpAsking) => Promise<HttpAnswer>

export const MESSAGE = { 'content-type': 'application/dns-message' }

/** A query in the query of a URL; ID 0, as caches like it. */
export function targetOf(question: string): string {
  return `/dns-query?dns=${Buffer.from(requestFor(question, { id: 0 })).toString('base64url')}`
}

export async function openHttp2(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, {
    rejectUnauthorized: false,
    servername: 'www.example.test',
  })
  session.on('error', () => {})
  onTestFinished(() => void session.destroy())
  await once(session, 'connect')
  return session
}

export function askHttp2(session: ClientHttp2Session): AskHttps {
  return ({ method = 'GET', path = '/dns-query', headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const stream = session.request(
        { ':method': method, ':path': path, ...headers },
        { endStream: !body },
      )
      const chunks: Buffer[] = []
      let told: Record<string, string | string[] | undefined> = {}
      stream.on('error', reject)
      stream.on('response', (given) => {
        told = { ...given }
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('close', () => {
        if (told[':status'] === undefined) reject(new Error(`reset with ${stream.rstCode}`))
        const octets = Buffer.concat(chunks)
        resolve({ status: Number(told[':status']), headers: told, octets })
      })
      if (body) stream.end(body)
    })
}

/** One connection that is kept, and asked one thing after the other. */
export function askHttp1(port: number, host = '127.0.0.1'): AskHttps {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return ({ method = 'GET', path = '/dns-query', headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const asking = request(
        {
          ...{ agent, port, host, method, path, rejectUnauthorized: false },
          headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              headers: response.headers,
              octets: Buffer.concat(chunks),
            }),
          )
        },
      )
      asking.on('error', reject)
      asking.end(body)
    })
}
