/** One request of one user to one address: a fresh connection, as after a click on a link. */

import { get } from 'node:http'

import type { Endpoint } from '../../../base/address.ts'

/** So long a user waits for a page. */
export const PATIENCE_MS = 5_000

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route',
}

/** Resolves to undefined where the page came, or to why it did not. Never rejects. */
export function visit({ address, port }: Endpoint, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) =>
      resolve(REASONS[error.code ?? ''] ?? error.message)
    const headers = { host: `${host}:${port}` }
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const request = get({ host: address, port, path: '/', agent: false, headers, signal })
    request.on('error', (error) => {
      if (signal.aborted) resolve(`no answer in ${PATIENCE_MS / 1_000} s`)
      else fail(error)
    })
    request.on('response', (response) => {
      response.on('error', fail)
      response.on('end', () =>
        resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`),
      )
      response.resume()
    })
  })
}
