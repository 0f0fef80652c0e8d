/**
 * Goal: a demo backend is plain to talk to, dies and comes back as a process would, and can be
 * switched by programs on this machine alone.
 * Method: real backends on 127.0.0.1 and ports that the system picks; clients as a person's tools.
 */

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { platform } from 'node:os'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'

import { DemoBackend, type DemoBackendOptions } from '../../src/app/demo/backend.ts'
import { DEMO_BACKENDS, DemoBackends } from '../../src/app/demo/backends.ts'
import { LINE_LENGTH_MAX } from '../../src/app/demo/echo.ts'
import { DemoSwitchboard } from '../../src/app/demo/switchboard.ts'
import { freePort } from '../support/ports.ts'
import { gone } from '../support/probing.ts'

const OPTIONS: DemoBackendOptions = {
  name: 'a',
  colour: '#123456',
  address: '127.0.0.1',
  echoPort: 0,
  pagePort: 0,
}

describe('the echo', () => {
  it('says who it is, then each line with its name before it', async () => {
    const backend = await started()
    expect(await say(backend, 'hello\nwhose turn?\n')).toBe(
      'Connected to server a\nECHO a: hello\nECHO a: whose turn?\n',
    )
  })

  it('greets a client that says nothing', async () => {
    const socket = await open(await started())
    const [greeting] = await once(socket, 'data')
    expect(String(greeting)).toBe('Connected to server a\n')
    socket.destroy()
  })

  it('takes lines in any pieces, with CRLF, in any script, and the last without an end', async () => {
    const backend = await started()
    const socket = await open(backend)
    const heard = text(socket)
    const bytes = Buffer.from('één\r\nzwei')
    for (const byte of bytes) {
      socket.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.end()
    expect(await heard).toBe('Connected to server a\nECHO a: één\nECHO a: zwei\n')
  })

  it('answers a line without end in pieces', async () => {
    const backend = await started()
    const heard = await say(backend, 'x'.repeat(LINE_LENGTH_MAX + 3))
    expect(heard.split('\n').map(({ length }) => length)).toEqual([
      'Connected to server a'.length,
      'ECHO a: '.length + LINE_LENGTH_MAX,
      'ECHO a: xxx'.length,
      0,
    ])
  })

  it('serves many at once, and outlives clients that leave in the middle', async () => {
    const backend = await started()
    const rude = await open(backend)
    rude.write('half a li')
    rude.resetAndDestroy()
    const heard = await Promise.all(
      Array.from({ length: 50 }, (_, index) => say(backend, `${index}\n`)),
    )
    expect(heard).toEqual(
      Array.from({ length: 50 }, (_, index) => `Connected to server a\nECHO a: ${index}\n`),
    )
  })
})

describe('the page', () => {
  it('shows name and colour, in light and dark, and asks for nothing from elsewhere', async () => {
    const { status, headers, body } = await ask(pageOf(await started()), 'GET', '/')
    expect(status).toBe(200)
    expect(headers['content-type']).toContain('text/html')
    expect(body).toContain('You reached backend a at 127.0.0.1')
    expect(body).toContain('#123456')
    expect(body).toContain('color-scheme: light dark')
    expect(body).not.toMatch(/https?:|src=|@import|url\(/)
  })

  it.each([
    ['GET', '/healthz', 200, 'ok a\n'],
    ['GET', '/healthz?verbose', 200, 'ok a\n'],
    ['HEAD', '/healthz', 200, ''],
    ['GET', '/nowhere', 404, 'not found; try /, /healthz or /whoami\n'],
    ['POST', '/', 405, 'only GET and HEAD are served here\n'],
  ])('answers %s %s with %i', async (method, path, status, body) => {
    expect(await ask(pageOf(await started()), method, path)).toMatchObject({ status, body })
  })
})

describe('a backend', () => {
  it('that stops refuses at once and drops every connection', async () => {
    const backend = await started()
    const { endpoints } = backend
    const talking = await open(backend)
    await once(talking, 'data')
    await backend.stop()
    await gone(talking)
    expect(backend).toMatchObject({ isRunning: false, endpoints: undefined })
    for (const { address, port } of [endpoints!.echo, endpoints!.page]) {
      const socket = connect(port, address)
      await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
    }
  })

  it('that starts again is back on the same ports', async () => {
    const backend = await started()
    const { endpoints } = backend
    await backend.stop()
    await backend.start()
    expect(backend.endpoints).toEqual(endpoints)
    expect(await say(backend, 'again\n')).toContain('ECHO a: again')
  })

  it('takes starts and stops in the order in which they were asked for', async () => {
    const backend = await started()
    await Promise.all([backend.stop(), backend.start(), backend.start(), backend.stop()])
    expect(backend.isRunning).toBe(false)
    await Promise.all([backend.stop(), backend.start()])
    expect(await say(backend, 'hi\n')).toContain('ECHO a: hi')
  })

  it('that finds a port taken says so, holds nothing, and may try again', async () => {
    const taken = createServer()
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const pagePort = (taken.address() as { port: number }).port
    const backend = new DemoBackend({ ...OPTIONS, echoPort: await freePort(), pagePort })
    onTestFinished(() => backend.stop())
    await expect(backend.start()).rejects.toThrow(
      `backend "a": cannot listen on 127.0.0.1:${pagePort}: the port is taken; ` +
        `stop the program that holds it (lsof -i :${pagePort} names it)`,
    )
    expect(backend.isRunning).toBe(false)
    taken.close()
    await once(taken, 'close')
    await backend.start()
    expect(backend.endpoints!.page.port).toBe(pagePort)
  })

  it('on an address that the system lacks says how to choose one', async () => {
    const backend = new DemoBackend({ ...OPTIONS, address: '192.0.2.1' })
    await expect(backend.start()).rejects.toThrow('this system lacks the address; add it')
  })
})

describe('the three backends', () => {
  it('stand on three addresses of the loopback, in three colours', () => {
    expect(DEMO_BACKENDS.map(({ name, address }) => `${name} ${address}`)).toEqual([
      'a 127.0.0.11',
      'b 127.0.0.12',
      'c 127.0.0.13',
    ])
    expect(new Set(DEMO_BACKENDS.map(({ colour }) => colour)).size).toBe(3)
  })

  it('wear colours on which white text is readable (WCAG 2.2, contrast of 4.5 to 1)', () => {
    for (const { colour } of DEMO_BACKENDS) {
      expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('are toggled one by one', async () => {
    const backends = await startedThree()
    expect(await backends.toggle('b')).toBe(false)
    expect(backends.all.map(({ isRunning }) => isRunning)).toEqual([true, false, true])
    expect(await backends.toggle('b')).toBe(true)
    await expect(backends.toggle('d')).rejects.toThrow('no demo backend "d"; there are a, b, c')
  })

  it('start all or none', async () => {
    const backends = new DemoBackends([OPTIONS, { ...OPTIONS, name: 'b', address: '192.0.2.1' }])
    await expect(backends.start()).rejects.toThrow('backend "b": cannot listen on 192.0.2.1')
    expect(backends.all.map(({ isRunning }) => isRunning)).toEqual([false, false])
  })

  it.runIf(platform() === 'linux')('reach their own addresses', async () => {
    const options = DEMO_BACKENDS.map((backend) => ({ ...backend, echoPort: 0, pagePort: 0 }))
    const backends = new DemoBackends(options)
    onTestFinished(() => backends.stop())
    await backends.start()
    const heard = await Promise.all(backends.all.map((backend) => say(backend, 'hi\n')))
    expect(heard).toEqual(['a', 'b', 'c'].map((n) => `Connected to server ${n}\nECHO ${n}: hi\n`))
  })
})

describe('the switchboard', () => {
  it('stops and starts a backend by its name, and lists them all', async () => {
    const { backends, board } = await switched()
    expect(await ask(board, 'POST', '/b/stop')).toMatchObject({
      status: 200,
      body: 'b 127.0.0.1 stopped\n',
    })
    expect(backends.find('b')!.isRunning).toBe(false)
    const { body } = await ask(board, 'GET', '/')
    expect(body).toMatch(/^a .* running, .*\nb .* stopped\nc .* running, .*\n$/)
    expect((await ask(board, 'POST', '/b/start')).body).toMatch(/^b 127\.0\.0\.1 running/)
    expect(backends.find('b')!.isRunning).toBe(true)
  })

  it.each([
    ['POST', '/d/stop', 404, 'NAME one of a, b, c'],
    ['POST', '/b/explode', 404, 'POST /NAME/stop or /NAME/start'],
    ['GET', '/b/stop', 405, 'POST /b/stop does it'],
    ['POST', '/', 405, 'GET / lists the backends'],
  ])('answers %s %s with %i and what to do', async (method, path, status, hint) => {
    const { backends, board } = await switched()
    const answer = await ask(board, method, path)
    expect(answer.status).toBe(status)
    expect(answer.body).toContain(hint)
    expect(backends.all.every(({ isRunning }) => isRunning)).toBe(true)
  })

  it.each([
    ['a name rebound to the loopback', { host: 'evil.example.org' }],
    ['a page from elsewhere', { origin: 'http://evil.example.org' }],
    ['a page without an origin', { origin: 'null' }],
  ])('does nothing for %s', async (_, headers) => {
    const { backends, board } = await switched()
    expect((await ask(board, 'POST', '/b/stop', headers)).status).toBe(403)
    expect(backends.find('b')!.isRunning).toBe(true)
  })

  it('says why a backend could not start', async () => {
    const { backends, board } = await switched()
    const backend = backends.find('b')!
    const { port } = backend.endpoints!.echo
    await backend.stop()
    const squatter = createServer()
    squatter.listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const answer = await ask(board, 'POST', '/b/start')
    squatter.close()
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('the port is taken')
  })

  it('listens on the loopback alone', () => {
    const outside = { address: '0.0.0.0', port: 0 }
    expect(() => new DemoSwitchboard(new DemoBackends([]), outside)).toThrow('loopback')
  })
})

async function started(): Promise<DemoBackend> {
  const backend = new DemoBackend(OPTIONS)
  onTestFinished(() => backend.stop())
  await backend.start()
  return backend
}

/** Three backends that any system can have, unlike those of the demo. */
async function startedThree(): Promise<DemoBackends> {
  const backends = new DemoBackends(['a', 'b', 'c'].map((name) => ({ ...OPTIONS, name })))
  onTestFinished(() => backends.stop())
  await backends.start()
  return backends
}

async function switched() {
  const backends = await startedThree()
  const switchboard = new DemoSwitchboard(backends, { address: '127.0.0.1', port: 0 })
  onTestFinished(() => switchboard.stop())
  return { backends, board: await switchboard.start() }
}

function pageOf(backend: DemoBackend) {
  return backend.endpoints!.page
}

async function open(backend: DemoBackend): Promise<Socket> {
  const { address, port } = backend.endpoints!.echo
  const socket = connect(port, address)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Says all at once, as a pipe into `nc` does, and hears until the backend is done. */
async function say(backend: DemoBackend, words: string): Promise<string> {
  const socket = await open(backend)
  socket.end(words)
  return text(socket)
}

async function ask(
  { address, port }: { address: string; port: number },
  method: string,
  path: string,
  headers: Record<string, string> = {},
) {
  const asking = request({ host: address, port, method, path, headers, agent: false }).end()
  const [response] = await once(asking, 'response')
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** Relative luminance of #rrggbb by WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
