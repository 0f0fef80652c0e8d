/**
 * Goal: what an operator or a backend asks of a running server is in the answers at once, outlives
 * the process, and can be asked by nobody else.
 * Method: real processes, their API asked over HTTP as well as by the commands, their names by DNS.
 */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { askApi, type Question } from '../admin/support.ts'
import { zoneText } from '../control/configs.ts'
import { eventually } from '../support/eventually.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { folderOf, type Rota, type RotaWithFiles, run, serve, serveFiles } from './rota.ts'

const WWW = 'www.example.test A'
const DRAIN = { pool: 'web', member: 'a', word: 'drain', reason: 'disk swap', author: 'ana' }
const CONFIG = `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
state: ./state
zones: { example.test: example.test.zone }
pools:
  web:
    min_serving: 1
    register: { networks: [192.0.2.0/24], lease: 30s, members: 2 }
    members: { a: 192.0.2.1, b: 192.0.2.2 }
names: { www.example.test: { pool: web } }
`

describe('an override', () => {
  it('is in the next answer, and so is its end', async () => {
    const rota = await started()
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect((await rota.ask('POST /api/v1/overrides', { body: DRAIN })).status).toBe(200)
    expect(await rota.answered()).toEqual(['192.0.2.2'])
    const floor = await rota.ask('POST /api/v1/overrides', { body: { ...DRAIN, member: 'b' } })
    expect(floor).toMatchObject({
      status: 409,
      value: { detail: expect.stringContaining('would leave nobody in service') },
    })
    expect((await rota.ask('DELETE /api/v1/overrides/web/a?by=bo')).status).toBe(200)
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await rota.says('overridden')).toMatchObject({ member: 'web/a', author: 'ana' })
  })

  it('outlives a process that is killed, as a registration does, and ends when it was said to', async () => {
    const first = await started()
    await first.ask('POST /api/v1/overrides', { body: DRAIN })
    await first.ask('POST /api/v1/overrides', {
      body: { ...DRAIN, member: 'a', word: 'down', for: '15s' },
    })
    await first.ask('POST /api/v1/pools/web/members', { body: { name: 'x', v4: '192.0.2.9' } })
    first.process.signal('SIGKILL')
    await first.process.ended
    const second = await again(first)
    const { current, past } = (await second.ask('GET /api/v1/overrides')).value as {
      current: unknown[]
      past: unknown[]
    }
    expect(current).toMatchObject([{ member: 'a', word: 'down', reason: 'disk swap' }])
    expect(past).toMatchObject([{ member: 'a', word: 'drain', ended: 'replaced' }])
    expect(await second.answered()).toEqual(['192.0.2.2', '192.0.2.9'])
    const isBack = async () => (await second.answered()).includes('192.0.2.1')
    await eventually(isBack)
  })

  it('is lost with a state file that is damaged, but nothing else is: it is kept and told', async () => {
    const first = await started()
    await first.ask('POST /api/v1/overrides', { body: DRAIN })
    await first.process.stop()
    const state = `${folderOf(first.files)}state/`
    const token = readFileSync(`${state}token`, 'utf8')
    const text = readFileSync(`${state}state.json`, 'utf8')
    writeFileSync(`${state}state.json`, text.slice(0, text.length / 2))
    const second = await again(first)
    expect(second.log().some(({ msg }) => msg.includes('the file is kept as'))).toBe(true)
    expect(readdirSync(state).some((name) => name.startsWith('state.json.damaged-'))).toBe(true)
    expect(await second.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(readFileSync(`${state}token`, 'utf8')).toBe(token)
    expect((await second.ask('POST /api/v1/overrides', { body: DRAIN })).status).toBe(200)
    expect(await second.answered()).toEqual(['192.0.2.2'])
  })
})

describe('a verdict', () => {
  it('outlives a process that is killed: the next one need not see everybody first', async () => {
    const { server, port } = await backend()
    const check = `check: { tcp: { port: ${port} }, interval: 1h, timeout: 1s, fall: 1 }`
    const members = 'members: { a: 127.0.0.1, b: 192.0.2.2 }'
    const config = CONFIG.replace(/members: \{ a: .*/, `${check}\n    ${members}`)
    const first = await started(config)
    const file = `${folderOf(first.files)}state/state.json`
    const since = async ({ ask }: Served) => {
      const { pools } = (await ask('GET /api/v1/status')).value as Status
      const [address] = pools[0]!.members[0]!.addresses
      return [address!.verdict, address!.since]
    }
    const [verdict, moment] = await since(first)
    expect(verdict).toBe('up')
    await eventually(
      () => existsSync(file) && readFileSync(file, 'utf8').includes('"verdict": "up"'),
    )
    first.process.signal('SIGKILL')
    await first.process.ended
    server.close()
    // It is probed once an hour: what is known of it is what the process before has seen.
    const second = await again(first)
    const [known, sinceThen] = await since(second)
    expect(known).toBe('up')
    expect(Math.abs(Date.parse(sinceThen!) - Date.parse(moment!))).toBeLessThan(1_000)
  })
})

describe('a backend', () => {
  it('that registers is answered until its lease is over, which its heartbeats put off', async () => {
    const rota = await started()
    const body = { name: 'x', v4: '192.0.2.9', lease: '5s' }
    const made = await rota.ask('POST /api/v1/pools/web/members', { body })
    expect(made).toMatchObject({ status: 201, value: { member: 'x', leaseSeconds: 5 } })
    expect(await rota.answered()).toContain('192.0.2.9')
    const beat = await rota.ask('POST /api/v1/pools/web/members/x/heartbeat')
    expect(beat).toMatchObject({ status: 200, value: { lease: { member: 'x' } } })
    await eventually(async () => !(await rota.answered()).includes('192.0.2.9'))
    expect(await rota.says('left')).toMatchObject({ member: 'web/x' })
    expect((await rota.ask('POST /api/v1/pools/web/members/x/heartbeat')).status).toBe(404)
  })

  it('that leaves is answered no more, and one from elsewhere never is', async () => {
    const rota = await started()
    await rota.ask('POST /api/v1/pools/web/members', { body: { name: 'x', v4: '192.0.2.9' } })
    expect((await rota.ask('DELETE /api/v1/pools/web/members/x')).status).toBe(200)
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
    const body = { name: 'y', v4: '198.51.100.1' }
    const outside = await rota.ask('POST /api/v1/pools/web/members', { body })
    expect(outside).toMatchObject({ status: 403, value: { remedy: expect.any(String) } })
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  it('whose failure is reported goes out by its own check, as if it had been probed', async () => {
    const { server, port } = await backend()
    const check = `check: { tcp: { port: ${port} }, interval: 1h, timeout: 1s, fall: 2 }`
    const members = 'members: { a: 127.0.0.1, b: 127.0.0.2 }'
    const config = CONFIG.replace(/members: \{ a: .*/, `${check}\n    ${members}`)
    const rota = await started(config)
    expect(await rota.answered()).toContain('127.0.0.1')
    server.close()
    const line = 'POST /api/v1/pools/web/members/a/failures'
    for (let i = 0; i < 2; i++) {
      const told = await rota.ask(line, { body: { evidence: 'my requests fail' } })
      expect(told).toMatchObject({ status: 200, value: { targets: 1 } })
    }
    expect(await rota.answered()).toEqual(['127.0.0.2'])
  })

  it('that must say that it lives is out when it says it is not', async () => {
    const config = CONFIG.replace(
      'members: { a',
      'check: { heartbeat: {}, interval: 1m, rise: 1, fall: 1 }\n    members: { a',
    )
    const rota = await started(config)
    const line = 'POST /api/v1/pools/web/members/a/heartbeat'
    const up = await rota.ask(line)
    expect(up).toMatchObject({ status: 200, value: { targets: 1 } })
    await rota.ask(line, { body: { status: 'down' } })
    await eventually(async () => (await rota.answered()).join() === '192.0.2.2')
    await rota.ask(line, { body: { status: 'up' } })
    await eventually(async () => (await rota.answered()).length === 2)
  })

  it('that registers is checked as the others of its pool are', async () => {
    const { port } = await backend('127.0.0.1')
    const check = `check: { tcp: { port: ${port} }, interval: 1s, timeout: 1s, fall: 1 }`
    const config = CONFIG.replace(/members: \{ a: .*/, `${check}\n    members: { a: 127.0.0.1 }`)
    const rota = await started(config.replace('192.0.2.0/24', '127.0.0.0/8'))
    const body = { name: 'x', v4: '127.0.0.9' }
    expect((await rota.ask('POST /api/v1/pools/web/members', { body })).status).toBe(201)
    await eventually(() => rota.log().some(({ evidence }) => evidence === 'connection refused'))
    expect(await rota.answered()).toEqual(['127.0.0.1'])
  })
})

describe('the API of a server', () => {
  it('knows its writers by a token that it made for its owner alone', async () => {
    const rota = await started()
    expect(statSync(`${folderOf(rota.files)}state/token`).mode & 0o777).toBe(0o600)
    const refused = await rota.ask('POST /api/v1/overrides', { body: DRAIN, token: null })
    expect(refused.status).toBe(401)
    const foreign = { headers: { host: 'rota.example.org' } }
    expect((await rota.ask('GET /api/v1/status', foreign)).status).toBe(421)
    const page = { headers: { origin: 'http://example.org' }, body: DRAIN }
    expect((await rota.ask('POST /api/v1/overrides', page)).status).toBe(403)
    expect((await rota.ask('GET /api/v1/status', page)).status).toBe(403)
    const large = { body: { ...DRAIN, reason: 'x'.repeat(100_000) } }
    expect((await rota.ask('POST /api/v1/overrides', large)).status).toBe(413)
    expect((await rota.ask('POST /api/v1/overrides', { body: '{"pool"' })).status).toBe(400)
    expect((await rota.ask('POST /api/v1/overrides', { body: {} })).status).toBe(422)
    expect((await rota.ask('GET /api/v1/overrides')).value).toEqual({ current: [], past: [] })
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  it('takes the token of the environment, and no writes where there is none at all', async () => {
    const config = CONFIG.replace('state: ./state\n', '')
    const token = 'given-by-the-environment'
    const given = await started(config, { ROTA_TOKEN: token })
    const ok = await given.ask('POST /api/v1/overrides', { body: DRAIN, token })
    expect(ok.status).toBe(200)
    const bare = await started(config)
    expect(await bare.ask('POST /api/v1/overrides', { body: DRAIN })).toMatchObject({
      status: 403,
      value: { remedy: expect.stringContaining('set state in the YAML, or ROTA_TOKEN') },
    })
  })

  it('reloads, or says what stands against it and changes nothing', async () => {
    const rota = await started()
    rota.files.rewrite('rota.yaml', CONFIG.replace('b: 192.0.2.2', 'b: 192.0.2.3'))
    expect(await rota.ask('POST /api/v1/reload')).toMatchObject({
      status: 200,
      value: { generation: 2 },
    })
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.3'])
    rota.files.rewrite('rota.yaml', `worker: 2\n${CONFIG}`)
    expect(await rota.ask('POST /api/v1/reload')).toMatchObject({
      status: 422,
      value: { generation: 2, diagnostics: [{ file: rota.files.file, line: 1 }] },
    })
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.3'])
  })

  it('keeps an override over a reload, and lets go of who has no place any more', async () => {
    const rota = await started()
    await rota.ask('POST /api/v1/overrides', { body: DRAIN })
    await rota.ask('POST /api/v1/pools/web/members', { body: { name: 'x', v4: '192.0.2.9' } })
    rota.files.rewrite('rota.yaml', CONFIG.replace('members: 2 }', 'members: 2 } # again'))
    await rota.ask('POST /api/v1/reload')
    expect(await rota.answered()).toEqual(['192.0.2.2', '192.0.2.9'])
    rota.files.rewrite('rota.yaml', CONFIG.replace(/register: .*/, ''))
    await rota.ask('POST /api/v1/reload')
    expect(await rota.answered()).toEqual(['192.0.2.2'])
  })

  it('says at the start why it cannot listen', async () => {
    const { port } = await backend()
    const files = await started()
    files.files.rewrite(
      'rota.yaml',
      CONFIG.replace('http: "127.0.0.1:0"', `http: "127.0.0.1:${port}"`).replace(
        './state',
        './another',
      ),
    )
    const child = run(['serve', '-c', files.files.file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain(
      `rota serve: listen.http: TCP 127.0.0.1:${port}: the port is taken`,
    )
  })
})

describe('the state folder', () => {
  it('is for one server at a time', async () => {
    const rota = await started()
    const child = run(['serve', '-c', rota.files.file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('rota serve: another server uses the state folder')
    expect(child.output()).toContain('or name another folder as "state"')
  })

  it('that cannot be used ends the start, with what to do', async () => {
    const rota = await started()
    rota.files.rewrite('rota.yaml', CONFIG.replace('./state', './example.test.zone'))
    const child = run(['serve', '-c', rota.files.file])
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('rota serve: the state folder')
    expect(child.output()).toContain('or name another folder as "state"')
  })
})

describe('the commands', () => {
  it('drain, show, explain and undrain a member, and reload', async () => {
    const rota = await started()
    const server = ['--server', `http://127.0.0.1:${rota.http}`]
    const token = ['--token-file', `${folderOf(rota.files)}state/token`]
    const done = async (...words: string[]) => {
      const child = run([...words, ...server, ...token])
      expect([await child.ended, child.output()]).toEqual([0, expect.any(String)])
      return child.output()
    }
    await done('drain', 'web/a', '--by', 'ana', '--reason', 'disk swap')
    expect(await rota.answered()).toEqual(['192.0.2.2'])
    expect(await done('status')).toMatch(/^ {2}web\/a +drain +by "rota undrain" +ana +disk swap$/m)
    const status = JSON.parse(await done('status', '--json')) as Status
    expect(status.pools[0]!.members[0]).toMatchObject({ name: 'a', isServing: false })
    expect(await done('explain', 'www.example.test')).toContain('override drain')
    await done('undrain', 'web/a')
    expect(await rota.answered()).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(await done('reload')).toBe('reloaded: generation 2\n')
  })
})

interface Served extends RotaWithFiles {
  /** The port of the API. */
  readonly http: number
  /** Asks the API, with the server's own token unless told otherwise. */
  ask(line: string, question?: Question): ReturnType<typeof askApi>
  /** The addresses of the balanced name, sorted. */
  answered(): Promise<string[]>
}

async function started(config = CONFIG, env: Record<string, string> = {}): Promise<Served> {
  const rota = await serveFiles(config, zoneText('example.test'), { env })
  return served(rota, rota.files)
}

/** Starts another server on the files of one that has ended. */
async function again({ files }: Served): Promise<Served> {
  return served(await serve(['-c', files.file]), files)
}

async function served(rota: Rota, files: RotaWithFiles['files']): Promise<Served> {
  const port = Number(String(rota.logged('answering')[0]!['http']).split(':').at(-1))
  const asker = await askerOf(rota.port)
  const token = () => {
    try {
      return readFileSync(`${folderOf(files)}state/token`, 'utf8').trim()
    } catch {
      return null
    }
  }
  return {
    ...rota,
    files,
    http: port,
    ask: (line, question) => askApi(port, line, { token: token(), ...question }),
    answered: async () =>
      dataOf(await askFor(asker, WWW))
        .split(' ')
        .sort(),
  }
}

/** Accepts connections on a port of an address, or of all. */
async function backend(address = '0.0.0.0') {
  const server = createServer((socket) => socket.destroy())
  server.listen(0, address)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  return { server, port }
}
