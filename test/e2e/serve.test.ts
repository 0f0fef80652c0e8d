/**
 * Goal: `rota serve` answers, or ends with a status and a message that says what to do.
 * Method: real processes from dist/, asked over real sockets; they listen on ports that are free.
 */

import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createFramer, feedFramer, frameMessage } from '../../src/wire/frame.ts'
import { decodeMessage } from '../../src/wire/message.ts'
import { loadLibc } from '../../src/transport/udp/libc.ts'
import { written, zoneText } from '../control/configs.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { requestFor } from '../support/request.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { folderOf, MAIN, run, serve, serveFiles } from './rota.ts'

const FLAGS = [
  ...['--name', 'www.example.test', '--listen', '127.0.0.1:0'],
  ...['--member', '192.0.2.1=5', '--member', '192.0.2.2=3', '--member', '192.0.2.3=2'],
]
const SOUND = `
listen: { dns: ["127.0.0.1:0"] }
zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`
const isRoot = process.getuid?.() === 0
/** Nobody, by the number that Linux gives it. */
const NOBODY = 65_534

describe('serve', () => {
  it('answers what a configuration and its zone file say', async () => {
    const rota = await serveFiles(SOUND, zoneText('example.test', 'mail IN A 192.0.2.25'))
    const asker = await askerOf(rota.port)
    expect(dataOf(await askFor(asker, 'www.example.test A'))).toBe('192.0.2.1')
    expect(dataOf(await askFor(asker, 'mail.example.test A'))).toBe('192.0.2.25')
    expect(dataOf(await askFor(asker, 'no.example.test A'))).toBe('NXDOMAIN')
    expect(dataOf(await askFor(asker, 'example.org A'))).toBe('REFUSED')
  })

  it('answers a pool from flags, without a file, in exact shares', async () => {
    const rota = await serve([...FLAGS, '--answers', '1'])
    const asker = await askerOf(rota.port)
    const leads: string[] = []
    for (let i = 0; i < 20; i++) leads.push(dataOf(await askFor(asker, 'www.example.test A')))
    const counts = [1, 2, 3].map((i) => leads.filter((lead) => lead === `192.0.2.${i}`).length)
    expect(counts).toEqual([10, 6, 4])
    expect(dataOf(await askFor(asker, 'example.test NS'))).toBe('ns.example.test.')
  })

  it('answers over TCP on the same port, from the same rotation', async () => {
    const rota = await serve([...FLAGS, '--answers', '1'])
    const asker = await askerOf(rota.port)
    const leads: string[] = []
    for (let i = 0; i < 5; i++) {
      leads.push(dataOf(await askFor(asker, 'www.example.test A')))
      leads.push(await askByTcp(rota.port, 'www.example.test A'))
    }
    const counts = [1, 2, 3].map((i) => leads.filter((lead) => lead === `192.0.2.${i}`).length)
    expect(counts).toEqual([5, 3, 2])
  })

  it('says which path it took and why', async () => {
    const rota = await serve(FLAGS)
    const [line] = rota.logged('answering')
    expect(line).toMatchObject({ path: 'problem' in loadLibc() ? 'portable' : 'batched' })
    expect(line!['pathReason']).toBeTypeOf('string')
  })

  it('takes the portable path when ROTA_TRANSPORT asks for it', async () => {
    const rota = await serve(FLAGS, { env: { ROTA_TRANSPORT: 'portable' } })
    expect(rota.logged('answering')[0]).toMatchObject({ path: 'portable', workers: 1 })
    const reply = await askFor(await askerOf(rota.port), 'www.example.test A')
    expect(reply!.rcode).toBe('NOERROR')
  })

  it('says each warning with its place, and serves', async () => {
    const rota = await serveFiles(`${SOUND}checks: { idle: { tcp: { port: 80 } } }\n`)
    const [line] = rota.log().filter(({ level }) => level === 40)
    expect(line).toMatchObject({ at: `${rota.files.file}:6:11` })
    expect(line!.msg).toContain('is used by no pool')
  })
})

describe('a start that fails', () => {
  it('says every fault with its place and line, and ends with 1', async () => {
    const files = written({
      'rota.yaml': SOUND.replace('192.0.2.1', '192.0.2.256').replace('web }', 'wob }'),
    })
    const child = run(['serve', '-c', files.file])
    expect(await child.ended).toBe(1)
    const output = child.output().replaceAll(folderOf(files), '')
    expect(output).toMatch(/^rota\.yaml:4:\d+: .*192\.0\.2\.256/m)
    expect(output).toMatch(/^rota\.yaml:5:\d+: .*wob/m)
    expect(output).toContain('4 | pools: { web: { members: [192.0.2.256] } }')
    expect(output).toMatch(/rota serve: not started: the configuration has errors\n$/)
  })

  it('says every fault of the zone files, and ends with 1', async () => {
    const files = written({
      'rota.yaml': SOUND,
      'example.test.zone': zoneText('example.test', 'a IN A 192.0.2', 'b IN MX ten mail'),
    })
    const child = run(['serve', '-c', files.file])
    expect(await child.ended).toBe(1)
    const output = child.output().replaceAll(folderOf(files), '')
    expect(output).toMatch(/^example\.test\.zone:6:8: /m)
    expect(output).toMatch(/^example\.test\.zone:7:9: /m)
    expect(output).toContain('7 | b IN MX ten mail')
  })

  it.each([
    [
      'a configuration',
      [],
      'rota.yaml:1:1: the configuration cannot be read: there is no such file',
    ],
    ['a zone file', [['rota.yaml', SOUND]], 'cannot be read: there is no such file'],
  ])('without %s says so, and ends with 1', async (_, present, message) => {
    const files = written(Object.fromEntries(present))
    const child = run(['serve', '-c', files.file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(message)
  })

  it.each([
    ['--wrong', "unknown option '--wrong'"],
    ['-c x.yaml --name www.example.test', 'are two configurations; give one of them'],
    ['--member', 'argument missing'],
  ])('for want of usage, as in "%s", says so and ends with 2', async (args, message) => {
    const child = run(['serve', ...args.split(' ')])
    expect(await child.ended).toBe(2)
    expect(child.output()).toContain(message)
  })

  it('for want of a transport of that name says which there are, and ends with 2', async () => {
    const child = run(['serve', ...FLAGS], { env: { ROTA_TRANSPORT: 'portabel' } })
    expect(await child.ended).toBe(2)
    expect(child.output()).toContain('"portabel" is none of batched, portable, auto')
  })

  it('because of flags that describe no pool says what to give, and ends with 1', async () => {
    const child = run(['serve', '--listen', '127.0.0.1:0'])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('give --name www.example.test')
    expect(child.output()).toContain('give --member 192.0.2.1')
  })

  it('because the UDP port is taken says who to ask, and ends with 1', async () => {
    const taken = createSocket('udp4')
    taken.bind(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address()
    const child = run(['serve', ...at(port)])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(`rota serve: UDP 127.0.0.1:${port}: the port is taken`)
    expect(child.output()).toContain(`ss -lunp sport = :${port}`)
  })

  it('because the TCP port is taken says who to ask, and ends with 1', async () => {
    const taken = createServer()
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const child = run(['serve', ...at(port)])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(`rota serve: TCP 127.0.0.1:${port}: the port is taken`)
  })

  it('because a port is taken has neither probed nor looked at the state folder', async () => {
    let probes = 0
    const backend = createServer((socket) => {
      probes++
      socket.destroy()
    })
    const taken = createServer()
    for (const server of [backend, taken]) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      onTestFinished(() => void server.close())
    }
    const [probed, port] = [backend, taken].map((one) => (one.address() as AddressInfo).port)
    const files = written({
      'rota.yaml': probing(port!, probed!),
      'example.test.zone': zoneText('example.test'),
    })
    const child = run(['serve', '-c', files.file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(`rota serve: TCP 127.0.0.1:${port}: the port is taken`)
    expect(existsSync(`${folderOf(files)}state`)).toBe(false)
    expect(probes).toBe(0)
  })

  it.each(['batched', 'portable'])(
    'because a first server has the port leaves it be, and ends with 1 (%s)',
    async (path) => {
      const first = await serve(FLAGS)
      const second = run(['serve', ...at(first.port)], { env: { ROTA_TRANSPORT: path } })
      expect(await second.ended).toBe(1)
      expect(second.output()).toContain('the port is taken')
      const reply = await askFor(await askerOf(first.port), 'www.example.test A')
      expect(reply!.rcode).toBe('NOERROR')
    },
  )

  it.skipIf(!isRoot || unprivilegedPort() <= 53)(
    'because the port needs a privilege says which, and ends with 1',
    () => {
      const { status, stderr } = asNobody(['serve', ...at(53)])
      expect(stderr).toContain('rota serve: TCP 127.0.0.1:53: ports below 1024 need a privilege')
      expect(stderr).toContain('setcap cap_net_bind_service')
      expect(status).toBe(1)
    },
  )

  it.skipIf(!isRoot)('because a file may not be read says so, and ends with 1', () => {
    const files = written({ 'rota.yaml': SOUND })
    chmodSync(folderOf(files), 0o755)
    chmodSync(files.file, 0)
    const { status, stderr } = asNobody(['serve', '-c', files.file])
    expect(stderr).toContain('permission denied; let the user that runs rota read it')
    expect(status).toBe(1)
  })
})

describe.each(['batched', 'portable'])('a start that waits for its probes (%s)', (path) => {
  it('has its ports, and answers who has asked meanwhile', async () => {
    // Whoever probes is kept waiting until somebody has asked: so the server cannot be ready.
    const backend = createServer((socket) => socket.on('error', () => {}))
    backend.listen(0, '127.0.0.1')
    await once(backend, 'listening')
    onTestFinished(() => void backend.close())
    const port = await freePort()
    const files = written({
      'rota.yaml': probing(port, (backend.address() as AddressInfo).port),
      'example.test.zone': zoneText('example.test'),
    })
    const probed = once(backend, 'connection') as Promise<[Socket]>
    const child = run(['serve', '-c', files.file], { env: { ROTA_TRANSPORT: path } })
    const [probe] = await Promise.race([probed, child.ended.then(() => [])])
    expect(probe, child.output()).toBeDefined()
    const asker = await askerOf(port)
    const byUdp = askFor(asker, 'www.example.test A')
    const byTcp = askByTcp(port, 'www.example.test A')
    expect(child.output()).not.toContain('"answering"')
    probe!.destroy()
    expect(dataOf(await byUdp)).toBe('127.0.0.1')
    expect(await byTcp).toBe('127.0.0.1')
  })
})

describe('a load that waits for a pipe', () => {
  it('and a start that then fails end the server, though a HUP waits for its turn', async () => {
    const taken = createServer()
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { port } = taken.address() as { port: number }
    const { child, pipe } = await startedAtPipe(port)
    child.signal('SIGHUP')
    await pipe.writeFile(zoneText('example.test'))
    await pipe.close()
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('the port is taken')
  })

  it('does not outlast a TERM', async () => {
    const { child, pipe } = await startedAtPipe()
    child.signal('SIGTERM')
    await child.ended
    expect(child.output()).toBe('')
    await pipe.close()
  })
})

describe('a log that nobody reads any more', () => {
  it('does not end the server', async () => {
    const files = written({ 'rota.yaml': SOUND, 'example.test.zone': zoneText('example.test') })
    const child = spawn(process.execPath, [MAIN, 'serve', '-c', files.file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ended = once(child, 'exit')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    const [first] = (await once(child.stderr!, 'data')) as [Buffer]
    const port = Number(/"127\.0\.0\.1:(\d+)"/.exec(first.toString())![1])
    child.stderr!.destroy()
    const asker = await askerOf(port)
    const isTaken = async (address: string) =>
      dataOf(await askFor(asker, 'www.example.test A')) === address
    for (const address of ['192.0.2.10', '192.0.2.11', '192.0.2.12']) {
      files.rewrite('rota.yaml', SOUND.replace('192.0.2.1', address))
      child.kill('SIGHUP')
      await eventually(() => isTaken(address))
    }
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})

/** A server that reads its zone from a pipe, which it has opened and from which nothing came yet. */
async function startedAtPipe(port = 0) {
  const files = written({ 'rota.yaml': SOUND.replace('127.0.0.1:0', `127.0.0.1:${port}`) })
  const path = `${folderOf(files)}example.test.zone`
  spawnSync('mkfifo', [path])
  const child = run(['serve', '-c', files.file])
  return { child, pipe: await open(path, 'w') }
}

/** On a port, with a state folder, and somebody who is probed by what he says at another. */
function probing(port: number, probed: number): string {
  return `
listen: { dns: ["127.0.0.1:${port}"] }
state: ./state
zones: { example.test: example.test.zone }
checks: { slow: { http: { port: ${probed}, path: / }, timeout: 4s, interval: 5s } }
pools: { web: { check: slow, members: [127.0.0.1] } }
names: { www.example.test: { pool: web } }
`
}

/** Flags for a server on one port. */
function at(port: number): string[] {
  const text = `127.0.0.1:${port}`
  return FLAGS.map((flag) => (flag === '127.0.0.1:0' ? text : flag))
}

/** Runs to the end as a user without privileges. */
function asNobody(args: readonly string[]) {
  return spawnSync(process.execPath, [MAIN, ...args], {
    uid: NOBODY,
    gid: NOBODY,
    encoding: 'utf8',
    timeout: 20_000,
  })
}

/** From which port on anybody may listen, which a system may have set to any. */
function unprivilegedPort(): number {
  const path = '/proc/sys/net/ipv4/ip_unprivileged_port_start'
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
}

async function askByTcp(port: number, question: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(frameMessage(requestFor(question)))
  const framer = createFramer()
  for await (const chunk of socket) {
    const messages: Uint8Array[] = []
    feedFramer(framer, chunk, (message) => messages.push(Uint8Array.from(message)))
    const [message] = messages
    if (message)
      return decodeMessage(message)!
        .answer.map(({ text }) => text)
        .join(' ')
  }
  return 'closed'
}
