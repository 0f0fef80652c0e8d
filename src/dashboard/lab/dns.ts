/**
 * DNS as a browser can speak it: messages made and read by the same code as the server's, carried
 * by HTTPS or, on this machine, HTTP (RFC 8484).
 *
 * Always true: whatever comes back, an ask resolves to an answer or to why there is none.
 */

import { encodeQuery } from '../../wire/encode-query.ts'
import type { Subnet } from '../../wire/edns-options.ts'
import { decodeMessage, type Message } from '../../wire/message.ts'
import { nameFault, parseName, ROOT } from '../../wire/name.ts'
import { RCODE, rcodeName, TYPE } from '../../wire/registry.ts'

export interface LabQuestion {
  /** As people write it; the final dot may be left out. */
  readonly name: string
  readonly type: number
  /** Whose network the resolver says that it asks for (RFC 7871). */
  readonly subnet?: Subnet | undefined
}

export type Outcome =
  | { readonly kind: 'answer'; readonly message: Message; readonly ms: number }
  | { readonly kind: 'failure'; readonly why: string; readonly ms: number }

export type Method = 'POST' | 'GET'

export interface DohOptions {
  readonly fetch: typeof fetch
  /** `/dns-query` of the page's own origin. */
  readonly url: string
  readonly method: Method
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export const DNS_MEDIA_TYPE = 'application/dns-message'

/** No path bounds what a page can take; this is what RFC 6891 §6.2.5 calls a starting point. */
const PAYLOAD = 4_096
const TIMEOUT_MS = 5_000

/** What is wrong with a name as it was typed; undefined where nothing is. */
export function nameProblem(text: string): string | undefined {
  if (text.trim() === '') return 'a name is needed'
  const name = parseName(text.trim(), ROOT)
  return typeof name === 'number' ? nameFault(name) : undefined
}

/** The octets of a question. The ID is 0, so that caches know equal ones (RFC 8484 §4.1). */
function encodeQuestion({ name, type, subnet }: LabQuestion): Uint8Array {
  return encodeQuery({ name, type, id: 0, edns: { payload: PAYLOAD, ...(subnet && { subnet }) } })
}

/** Asks one question; `name` has passed nameProblem. */
export async function ask(question: LabQuestion, options: DohOptions): Promise<Outcome> {
  const startedMs = options.now()
  const spent = () => options.now() - startedMs
  try {
    const response = await post(encodeQuestion(question), options)
    if (!response.ok) {
      return { kind: 'failure', why: await refusalOf(response), ms: spent() }
    }
    const message = decodeMessage(new Uint8Array(await response.arrayBuffer()))
    if (!message) return { kind: 'failure', why: 'what came back is no DNS message', ms: spent() }
    return { kind: 'answer', message, ms: spent() }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const why = isLate ? `no answer within ${TIMEOUT_MS / 1_000} s` : 'the server is out of reach'
    return { kind: 'failure', why, ms: spent() }
  }
}

function post(octets: Uint8Array, { fetch, url, method }: DohOptions): Promise<Response> {
  // The browser's own cache would keep to the TTL by itself, and a lab wants to see the server.
  const common = { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) } as const
  if (method === 'GET') {
    const headers = { accept: DNS_MEDIA_TYPE }
    return fetch(`${url}?dns=${base64Url(octets)}`, { ...common, headers })
  }
  const headers = { accept: DNS_MEDIA_TYPE, 'content-type': DNS_MEDIA_TYPE }
  return fetch(url, { ...common, method, headers, body: Uint8Array.from(octets) })
}

/** Without padding (RFC 8484 §6). */
export function base64Url(octets: Uint8Array): string {
  const text = btoa(String.fromCharCode(...octets))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

const REFUSAL_CHARACTERS_MAX = 300

async function refusalOf(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, REFUSAL_CHARACTERS_MAX).trim()
  const [, detail] = /"detail":"([^"]+)"/.exec(text) ?? []
  return `HTTP ${response.status}: ${detail ?? text.split('\n')[0]}`
}

/** What a client has of an answer: the data of one type, and how long it may keep it. */
export interface Finding {
  readonly values: readonly string[]
  readonly ttlSeconds: number
  /** Why there is nothing. */
  readonly why?: string
}

/** Nothing may be kept of an answer that says not even how long. */
const NOTHING_SECONDS = 0

export function findingOf(message: Message, type: number): Finding {
  const values = message.answer.filter((record) => record.type === type).map(({ text }) => text)
  if (values.length > 0) {
    // A chain of aliases is as good as its shortest link.
    return { values, ttlSeconds: Math.min(...message.answer.map(({ ttl }) => ttl)) }
  }
  const why = message.rcode === RCODE.NOERROR ? 'no such record' : rcodeName(message.rcode)
  return { values, ttlSeconds: negativeTtl(message), why }
}

/** RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM, which ends its RDATA. */
function negativeTtl({ authority }: Message): number {
  const soa = authority.find(({ type }) => type === TYPE.SOA)
  if (!soa) return NOTHING_SECONDS
  const { rdata } = soa
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.byteLength)
  return Math.min(soa.ttl, view.getUint32(rdata.byteLength - 4))
}
