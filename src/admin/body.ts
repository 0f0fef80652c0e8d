/** The body of a write as JSON, read no further than the limit. */

import type { Problem } from './problem.ts'

export const BODY_OCTETS_MAX = 65_536

export type Body = { readonly raw: unknown } | { readonly problem: Problem }

/** JSON alone: it is what no form of a page can send without being asked about first. */
export function mediaProblem(headers: Headers): Problem | undefined {
  const type = headers.get('content-type')
  const hasBody =
    headers.get('transfer-encoding') !== null || Number(headers.get('content-length') ?? 0) > 0
  if (type === null ? !hasBody : /^application\/json\s*(;|$)/i.test(type)) return
  const detail = `a body is JSON, not ${type ?? 'of no type'}`
  return {
    status: 415,
    reason: 'media type',
    detail,
    remedy: 'send "Content-Type: application/json"',
  }
}

/** `raw` is undefined where there is no body. */
export async function readBody({ body }: Request): Promise<Body> {
  const octets: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > BODY_OCTETS_MAX) return TOO_LARGE
    octets.push(chunk)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(octets))
    return { raw: text.trim() === '' ? undefined : JSON.parse(text) }
  } catch (error) {
    const detail = `the body is not JSON: ${(error as Error).message.slice(0, 200)}`
    return { problem: { status: 400, reason: 'syntax', detail } }
  }
}

/** What is left of such a body is not worth reading: the connection ends with the answer. */
const TOO_LARGE: Body = {
  problem: {
    status: 413,
    reason: 'size',
    detail: `the body is above ${BODY_OCTETS_MAX} octets`,
    headers: { connection: 'close' },
  },
}
