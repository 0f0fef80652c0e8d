/**
 * Goal: a gRPC probe is told SERVING and nothing else is a success.
 * Method: HTTP/2 servers that answer as a health service does, or not at all as one.
 */

import { createSecureServer, createServer, type ServerHttp2Stream } from 'node:http2'
import type { Server } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { healthRequest, readStatus } from '../../../src/health/probes/grpc.ts'
import type { GrpcProbe } from '../../../src/health/probes/spec.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/certificate.ts'
import { freePort } from '../../support/ports.ts'
import { backend, listen, probe, saying, stagesUntil } from '../../support/probing.ts'

const [UNKNOWN, SERVING, NOT_SERVING] = [[], [8, 1], [8, 2]]

describe('a gRPC probe', () => {
  it.each([
    [SERVING, true, 'SERVING'],
    [NOT_SERVING, false, 'NOT_SERVING'],
    [UNKNOWN, false, 'UNKNOWN'],
    [[8, 3], false, 'SERVICE_UNKNOWN'],
    [[8, 77], false, 'answer is no gRPC health status'],
    [[1, 2, 3], false, 'answer is no gRPC health status'],
  ])('is told %j', async (message, isSuccess, evidence) => {
    const port = await health((stream) => answer(stream, message))
    expect(await probe(grpc(port))).toEqual({ isSuccess, evidence })
  })

  it.each([
    ['5', 'service is not known there'],
    ['12', 'health service is not implemented'],
    ['13', 'gRPC status "13"'],
  ])('is refused with status %s', async (status, evidence) => {
    const alone = await health((stream) => {
      stream.respond({ ...OK, 'grpc-status': status }, { endStream: true })
    })
    expect(await probe(grpc(alone))).toEqual({ isSuccess: false, evidence })
    const after = await health((stream) => answer(stream, SERVING, status))
    expect(await probe(grpc(after))).toEqual({ isSuccess: false, evidence })
  })

  it('asks for the service of its check', async () => {
    const asked: { path?: string; body?: Buffer } = {}
    const port = await health((stream, headers) => {
      asked.path = `${headers[':authority']}${headers[':path']}`
      stream.on('data', (body: Buffer) => {
        asked.body = body
        answer(stream, SERVING)
      })
    })
    expect(
      (await probe(grpc(port, { service: 'shop.Cart', host: 'shop.example.test' }))).isSuccess,
    ).toBe(true)
    expect(asked.path).toBe('shop.example.test/grpc.health.v1.Health/Check')
    expect(asked.body).toEqual(Buffer.from('\0\0\0\0\x0b\x0a\x09shop.Cart', 'latin1'))
  })

  it('does so through TLS', async () => {
    const server = createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE })
    server.on('stream', (stream) => answer(stream, SERVING))
    const { port } = await listen(server)
    const secure = grpc(port, { isTls: true, certWarnMs: 1_000, host: 'www.example.test' })
    expect((await probe(secure)).evidence).toBe('certificate is self-signed')
    const wallMs = Date.UTC(2126, 9, 28, 2, 58, 52)
    expect(await probe({ ...secure, verify: false }, { wallMs })).toEqual({
      isSuccess: true,
      evidence: 'SERVING',
      warning: 'certificate has expired',
    })
  })

  it('fails at servers of other kinds', async () => {
    expect((await probe(grpc(await freePort()))).evidence).toBe('connection refused')
    const { port: mail } = await saying('220 mail.example.test ESMTP\r\n')
    expect((await probe(grpc(mail))).isSuccess).toBe(false)
    const { port: closing } = await backend((socket) => socket.end())
    expect((await probe(grpc(closing))).isSuccess).toBe(false)
    const page = await health((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'text/html' })
      stream.end('hello')
    })
    expect((await probe(grpc(page))).evidence).toBe('answer is not gRPC')
    const lost = await health((stream) => stream.respond({ ':status': 404 }, { endStream: true }))
    expect((await probe(grpc(lost))).evidence).toBe('status 404, expected 200')
  })

  it('reads little of one that sends much', async () => {
    const port = await health((stream) => answer(stream, Array(5_000).fill(0)))
    expect((await probe(grpc(port))).evidence).toBe('answer is no gRPC health status')
  })

  it('says how far it came where nothing follows', async () => {
    const port = await health(() => {})
    expect(await stagesUntil(grpc(port), 'connected, no answer')).toHaveLength(1)
  })
})

describe('the messages', () => {
  it('are read whole or not at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (octets) => {
        const status = readStatus(Buffer.from(octets))
        expect(status === undefined || (status >= 0 && status <= 255)).toBe(true)
      }),
    )
    expect(readStatus(framed(SERVING))).toBe(1)
    expect(readStatus(framed(SERVING).subarray(0, 6))).toBeUndefined()
    expect(healthRequest('')).toEqual(framed([]))
  })
})

const OK = { ':status': 200, 'content-type': 'application/grpc' }

function grpc(port: number, changes: Partial<GrpcProbe> = {}): GrpcProbe {
  return { kind: 'grpc', port, service: '', isTls: false, verify: true, ...changes }
}

type Answering = (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void

async function health(onStream: Answering): Promise<number> {
  const server = createServer()
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    onStream(stream, headers)
  })
  return (await listen(server satisfies Server)).port
}

function answer(stream: ServerHttp2Stream, message: readonly number[], status = '0'): void {
  stream.on('error', () => {})
  stream.respond(OK, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }))
  stream.end(framed(message))
}

function framed(message: readonly number[]): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, Buffer.from(message)])
}
