/**
 * Goal: an echo request is answered or missed, by whatever means this machine has; where it has
 * none, that is said to be its own fault.
 * Method: the loopback where sockets are permitted; a socket and a `ping` of our own elsewhere.
 */

import { chmod, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../../src/base/clock.ts'
import { type IcmpMeans, probeIcmp } from '../../../src/health/probes/icmp.ts'
import { echoRequest, isEchoReply } from '../../../src/health/probes/icmp-packet.ts'
import { type IcmpSocket, openIcmpSocket } from '../../../src/health/probes/icmp-socket.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { hasV6, probe } from '../../support/probing.ts'

const isPermitted = (address: string) => {
  const socket = openIcmpSocket(address)
  if (socket === 'absent' || 'errno' in socket) return false
  socket.close()
  return true
}
const canV4 = isPermitted('127.0.0.1')
if (!canV4) process.stderr.write('skipped: this user may not send ICMP\n')

describe('a real echo', () => {
  it.skipIf(platform() !== 'linux')('has the system calls that it needs', () => {
    expect(openIcmpSocket('127.0.0.1')).not.toBe('absent')
  })

  it.skipIf(!canV4)('comes back over IPv4', async () => {
    expect(await probe({ kind: 'icmp' })).toEqual({ isSuccess: true, evidence: 'echo reply' })
  })

  it.skipIf(!hasV6 || !isPermitted('::1'))('comes back over IPv6', async () => {
    const outcome = await probe({ kind: 'icmp' }, { address: '::1' })
    expect(outcome).toEqual({ isSuccess: true, evidence: 'echo reply' })
  })
})

describe('an echo', () => {
  it('is waited for behind replies to others', async () => {
    const means = answering((request) => {
      const other = replyTo(request)
      other[15]! ^= 1
      return [Buffer.from('x'), request, other, replyTo(request)]
    })
    expect((await ping(means)).evidence).toBe('echo reply')
  })

  it('that does not come is waited for until the end', async () => {
    let isClosed = false
    const socket = { ...quiet(), close: () => void (isClosed = true) }
    const abort = new AbortController()
    const stages: string[] = []
    const outcome = ping({ open: () => socket, ping: 'ping' }, abort.signal, stages)
    abort.abort()
    expect(await outcome).toEqual({ isSuccess: false, evidence: 'aborted' })
    expect(stages).toEqual(['no echo reply'])
    expect(isClosed).toBe(true)
  })

  it.each([
    [101, { isSuccess: false, evidence: 'network unreachable' }],
    [113, { isSuccess: false, evidence: 'no route to host' }],
    [105, { isSuccess: false, isOwnFault: true, evidence: 'cannot send ICMP (errno 105)' }],
  ])('that cannot be sent for reason %i', async (errno, outcome) => {
    expect(await ping({ open: () => ({ errno }), ping: 'ping' })).toEqual(outcome)
    const socket = { ...quiet(), send: () => errno }
    expect(await ping({ open: () => socket, ping: 'ping' })).toEqual(outcome)
  })
})

describe('without a socket', () => {
  it.each([
    ['exit 0', { isSuccess: true, evidence: 'echo reply' }],
    ['exit 1', { isSuccess: false, evidence: 'no echo reply' }],
    ['echo "ping: denied"; exit 2', { isOwnFault: true, evidence: 'ping: ping: denied' }],
    ['[ "$*" = "-c 1 192.0.2.1" ]', { isSuccess: true }],
  ])('a program that does %j is asked', async (script, outcome) => {
    const folder = temporaryFolder('ping')
    onTestFinished(() => folder.remove())
    const program = join(folder.path, 'ping')
    await writeFile(program, `#!/bin/sh\n${script}\n`)
    await chmod(program, 0o755)
    expect(await ping({ open: () => 'absent', ping: program })).toMatchObject(outcome)
    expect(await ping({ open: () => ({ errno: 13 }), ping: program })).toMatchObject(outcome)
  })

  it('and without a program, it says what to grant', async () => {
    const outcome = await ping({ open: () => ({ errno: 1 }), ping: '/no/such/ping' })
    expect(outcome).toMatchObject({ isSuccess: false, isOwnFault: true })
    expect(outcome.evidence).toContain('grant CAP_NET_RAW')
  })
})

describe('a packet', () => {
  it('of IPv4 adds up to nothing, as its checksum asks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (token) => {
        const request = echoRequest(token, false)
        let sum = 0
        for (let at = 0; at < request.length; at += 2) sum += request.readUInt16BE(at)
        expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff)
      }),
    )
  })

  it('is a reply only to the request whose token it bears, with an IP header or without', () => {
    const token = Uint8Array.from({ length: 8 }, (_, i) => i)
    const reply = replyTo(echoRequest(token, false))
    const header = Buffer.alloc(20, 0x45)
    expect(isEchoReply(reply, token, false)).toBe(true)
    expect(isEchoReply(Buffer.concat([header, reply]), token, false)).toBe(true)
    expect(isEchoReply(reply.subarray(0, 15), token, false)).toBe(false)
    expect(isEchoReply(echoRequest(token, false), token, false)).toBe(false)
    expect(isEchoReply(reply, token, true)).toBe(false)
    expect(
      isEchoReply(
        reply,
        token.map((octet) => octet + 1),
        false,
      ),
    ).toBe(false)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (octets, isV6) => {
        expect(typeof isEchoReply(octets, token, isV6)).toBe('boolean')
      }),
    )
  })
})

function ping(means: IcmpMeans, signal = new AbortController().signal, stages: string[] = []) {
  const onStage = (stage: string) => void stages.push(stage)
  return probeIcmp('192.0.2.1', { clock: systemClock, timeoutMs: 5_000, signal, onStage }, means)
}

function quiet(): IcmpSocket {
  return { send: () => 0, receive: () => undefined, close: () => {} }
}

/** A socket through which replies come at once. */
function answering(replies: (request: Buffer) => Buffer[]): IcmpMeans {
  let waiting: Buffer[] = []
  const send = (request: Uint8Array) => {
    waiting = replies(Buffer.from(request))
    return 0
  }
  const socket = { ...quiet(), send, receive: () => waiting.shift() }
  return { open: () => socket, ping: 'ping' }
}

function replyTo(request: Buffer): Buffer {
  const reply = Buffer.from(request)
  reply[0] = 0
  return reply
}
