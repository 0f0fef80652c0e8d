/**
 * Goal: what the page sends is a DNS query by RFC 8484, and whatever comes back is an answer or a
 * reason that people understand.
 * Method: a server in a function that reads the request with the engine's own parser of messages.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseSubnet } from '../../src/wire/edns-options.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { RCODE, TYPE } from '../../src/wire/registry.ts'
import {
  ask,
  base64Url,
  DNS_MEDIA_TYPE,
  findingOf,
  type LabQuestion,
  type Method,
  nameProblem,
} from '../../src/dashboard/lab/dns.ts'
import { messageOf } from './lab-support.ts'

const WWW: LabQuestion = { name: 'www.example.test', type: TYPE.A }
const NET = parseSubnet('198.51.100.0/24')!

/** The header of an answer with nothing in it. */
const EMPTY = Uint8Array.of(0, 0, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0)

describe('a question', () => {
  it.each(['GET', 'POST'] as const)(
    'goes by %s, with the subnet and an ID of 0',
    async (method) => {
      const { outcome, requests } = await asking({ ...WWW, subnet: NET }, method)
      expect(outcome).toMatchObject({ kind: 'answer', message: { flags: { aa: true } } })
      const [{ request, octets }] = requests as [Seen]
      expect(request.method).toBe(method)
      expect(request.cache).toBe('no-store')
      expect(request.headers.get('accept')).toBe(DNS_MEDIA_TYPE)
      expect(request.headers.get('content-type')).toBe(method === 'POST' ? DNS_MEDIA_TYPE : null)
      expect(decodeMessage(octets)).toMatchObject({
        ...{ id: 0, question: [{ name: 'www.example.test.', type: TYPE.A, class: 1 }] },
        edns: { options: [{ kind: 'subnet', subnet: NET }] },
      })
    },
  )

  it('in base64url can be read back, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const text = base64Url(octets)
        expect(text).toMatch(/^[A-Za-z0-9_-]*$/)
        expect(fromBase64Url(text)).toEqual(octets)
      }),
    )
  })
})

describe('what comes back', () => {
  it.each([
    ['no message', () => new Response('hello'), 'what came back is no DNS message'],
    ['a refusal', () => new Response('not here', { status: 403 }), 'HTTP 403: not here'],
    [
      'a problem',
      () => Response.json({ detail: 'use listen.https' }, { status: 403 }),
      'HTTP 403: use listen.https',
    ],
    [
      'nothing',
      () => {
        throw new TypeError('fetch failed')
      },
      'the server is out of reach',
    ],
  ])('as %s is a failure with its reason', async (_, server, why) => {
    const { outcome } = await asking(WWW, 'POST', server)
    expect(outcome).toMatchObject({ kind: 'failure', why })
  })

  it('is kept no longer than the shortest link of its chain of aliases', () => {
    const message = messageOf(WWW, ['192.0.2.1', '192.0.2.2'], 30)
    const alias = { ...message.answer[0]!, type: TYPE.CNAME, ttl: 7, text: 'b.example.test.' }
    expect(findingOf({ ...message, answer: [alias, ...message.answer] }, TYPE.A)).toEqual({
      values: ['192.0.2.1', '192.0.2.2'],
      ttlSeconds: 7,
    })
  })

  it('with nothing in it is kept as long as the SOA says, and says why', () => {
    const nothing = messageOf(WWW, [], 0)
    const rdata = Uint8Array.of(0, 0, ...new Array<number>(16).fill(0), 0, 0, 0, 10)
    const soa = { name: '.', type: TYPE.SOA, class: 1, ttl: 3_600, rdata, text: '' }
    expect(findingOf({ ...nothing, authority: [soa] }, TYPE.A)).toMatchObject({ ttlSeconds: 10 })
    expect(findingOf(nothing, TYPE.A)).toEqual({
      values: [],
      ttlSeconds: 0,
      why: 'no such record',
    })
    expect(findingOf({ ...nothing, rcode: RCODE.REFUSED }, TYPE.A).why).toBe('REFUSED')
  })
})

describe('a name', () => {
  it('is judged before it is asked for', () => {
    expect([nameProblem('www.example.test'), nameProblem('.')]).toEqual([undefined, undefined])
    expect(nameProblem(' ')).toBe('a name is needed')
    expect(nameProblem(`${'a'.repeat(64)}.test`)).toEqual(expect.any(String))
    expect(nameProblem('a..b')).toEqual(expect.any(String))
  })
})

interface Seen {
  readonly request: Request
  readonly octets: Uint8Array
}

async function asking(
  question: LabQuestion,
  method: Method,
  server = () => new Response(EMPTY, { headers: { 'content-type': DNS_MEDIA_TYPE } }),
) {
  const requests: Seen[] = []
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(new URL(String(input), 'http://127.0.0.1:8053'), init)
    const sent = new URL(request.url).searchParams.get('dns')
    const octets = sent === null ? new Uint8Array(await request.arrayBuffer()) : fromBase64Url(sent)
    requests.push({ request, octets })
    return server()
  }
  const outcome = await ask(question, { fetch, url: '/dns-query', method, now: () => 0 })
  return { outcome, requests }
}

function fromBase64Url(text: string): Uint8Array {
  const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(octets, (character) => character.charCodeAt(0))
}
