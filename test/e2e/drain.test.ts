/**
 * Goal: "safe to stop" is never said too early, and not much too late.
 * Method: a real process, and caching clients that keep to the TTL, asking in every way there is
 * while a member is drained. When the command returns, none of them may hold the member's address.
 */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import type { LedgerPage } from '../../src/admin/listings.ts'
import type { Drained } from '../../src/cli/drain-text.ts'
import { zoneText } from '../control/configs.ts'
import { eventually } from '../support/eventually.ts'
import { askerOf, askFor } from '../support/resolver.ts'
import { folderOf, type Rota, run, serve, serveFiles } from './rota.ts'

const TTL = 2
/** An answer counts from when it came, but no longer than this after it was asked for. */
const WAY_MAX_MS = 500
const [A, B] = ['192.0.2.1', '192.0.2.2']
const CONFIG = (members = `a: ${A}, b: ${B}`, ttl = TTL) => `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
workers: 2
state: ./state
zones: { example.test: example.test.zone }
defaults: { ttl: ${ttl} }
pools:
  web: { members: { ${members} } }
  api: { members: { b: ${B}, c: 192.0.2.3 } }
names:
  www.example.test: { pool: web }
  api.example.test: { pool: api, answers: 1 }
`

describe('rota drain --wait', () => {
  it('returns when the last cache has let go, and says so', async () => {
    const rota = await started()
    await atRest(rota)
    const caches = await cachesOf(rota, 12)
    await eventually(() => caches.holds(B))
    const { code, output } = await drain(rota, 'web/b', ['--json'])
    const returned = systemClock.now()
    const { isSafe, safeAt, lastAnswerAt, resolvers, stillAnsweredBy, ttlSeconds } = JSON.parse(
      output,
    ) as Drained
    expect({ code, isSafe, ttlSeconds, stillAnsweredBy }).toEqual({
      ...{ code: 0, isSafe: true, ttlSeconds: TTL, stillAnsweredBy: ['api/b'] },
    })
    expect(resolvers).toBeGreaterThanOrEqual(1)
    // A second for the way, and the second to which the ledger rounds.
    const spanMs = Date.parse(safeAt!) - Date.parse(lastAnswerAt!)
    expect(spanMs).toBeLessThanOrEqual((TTL + 2) * 1_000)
    expect(spanMs).toBeGreaterThanOrEqual(TTL * 1_000)
    expect(caches.heldUntil(B)).toBeGreaterThan(0)
    expect(caches.heldUntil(B)).toBeLessThanOrEqual(returned)
    expect(await stateOf(rota, 'web', 'b')).toMatchObject({ isSafe: true, isServing: false })
  })

  it('tells people the moment, and who else answers the address', async () => {
    const rota = await started()
    await atRest(rota)
    const caches = await cachesOf(rota, 1)
    await eventually(() => caches.holds(B))
    const { code, output } = await drain(rota, 'web/b')
    expect(code).toBe(0)
    const [waiting, ...told] = output.split('\n')
    expect(waiting).toMatch(/^rota drain: web\/b: safe to stop in \ds; \d resolvers? may hold it$/)
    expect(told.join('\n')).toMatch(
      /^safe to stop at \d\d:\d\d:\d\d; last answer \d\d:\d\d:\d\d, TTL 2, \d resolvers?; but api\/b still answers 192\.0\.2\.2\n$/,
    )
  })

  it('gives up when its time is over, or when somebody undrains it', async () => {
    // So long that it is not over by itself, be the machine as busy as it may.
    const rota = await started(CONFIG(undefined, 300))
    const late = await drain(rota, 'web/b', ['--timeout', '1s'])
    expect(late).toMatchObject({ code: 1, output: expect.stringContaining('not safe to stop') })
    const waiting = drain(rota, 'web/a', ['--timeout', '1m'])
    await eventually(() => rota.logged('overridden').length === 2)
    await runs(rota, ['undrain', 'web/a'])
    expect(await waiting).toMatchObject({ code: 1, output: expect.stringContaining('has ended') })
  })

  it('leaves the drain in place when nobody wants to wait, and says so', async () => {
    const rota = await started(CONFIG(undefined, 300))
    const child = begun(rota, ['drain', 'web/b', '--wait'])
    await eventually(() => rota.logged('overridden').length === 1)
    child.signal('SIGINT')
    expect(await child.ended).toBe(1)
    expect(child.output()).toContain('it stays drain; "rota undrain" ends that')
    expect(await stateOf(rota, 'web', 'b')).toMatchObject({ isServing: false })
  })
})

describe('an upgrade meanwhile', () => {
  it('is waited for: the server that comes back says whether it is safe', async () => {
    const first = await started(CONFIG(undefined, 300))
    const door = await doorTo(first)
    const waiting = drainBy(door.url, first)
    await eventually(() => door.isAsked())
    door.leadTo(undefined)
    await first.process.stop()
    await eventually(() => waiting.output().includes('waiting for it to come back'))
    const second = { ...(await serve(['-c', first.files.file])), files: first.files }
    door.leadTo(second)
    // It is asked again, or this would not end the wait.
    await runs(second, ['undrain', 'web/b'])
    expect(await waiting.ended).toBe(1)
    expect(waiting.output()).toContain('the override that took it out has ended')
    expect(waiting.output().match(/waiting for it/g)).toHaveLength(1)
  })

  it('delays nothing and forgets nobody: safe to stop is said when the last cache lets go', async () => {
    const first = await started(CONFIG(undefined, 6))
    await atRest(first)
    const caches = await cachesOf(first, 3)
    await eventually(() => caches.holds(B))
    const door = await doorTo(first)
    const waiting = drainBy(door.url, first)
    await eventually(() => door.isAsked())
    door.leadTo(undefined)
    expect(await first.process.stop()).toBe(0)
    const held = caches.heldUntil(B)
    const second = { ...(await serve(['-c', first.files.file])), files: first.files }
    const later = await cachesOf(second, 3)
    door.leadTo(second)
    expect(await waiting.ended).toBe(0)
    expect(systemClock.now()).toBeGreaterThanOrEqual(held)
    expect(later.heldUntil(B)).toBe(0)
    expect(waiting.output()).toMatch(/^safe to stop at /m)
    expect(await stateOf(second, 'web', 'b')).toMatchObject({ isSafe: true, isServing: false })
  })
})

describe('a crash', () => {
  it('is followed by a wait for the longest TTL that anybody may have been given', async () => {
    const first = await started()
    await atRest(first)
    const asker = await askerOf(first.port)
    await askFor(asker, 'www.example.test A')
    const held = systemClock.now() + TTL * 1_000
    first.process.signal('SIGKILL')
    await first.process.ended
    const second = await serve(['-c', first.files.file])
    const at = { ...second, files: first.files }
    expect(await stateOf(at, 'web', 'b')).not.toHaveProperty('lastAnswerAt')
    expect((await drain(at, 'web/b')).code).toBe(0)
    expect(systemClock.now()).toBeGreaterThanOrEqual(held)
  })

  it('is told from a clean end, after which nobody is held that was not answered', async () => {
    const first = await started()
    await atRest(first)
    await first.process.stop()
    const second = await serve(['-c', first.files.file])
    const state = await stateOf({ ...second, files: first.files }, 'web', 'b')
    expect(state).not.toHaveProperty('heldUntil')
    second.process.signal('SIGKILL')
    await second.process.ended
    writeFileSync(first.files.file, CONFIG(undefined, 300))
    const third = await serve(['-c', first.files.file])
    expect(await stateOf({ ...third, files: first.files }, 'web', 'b')).toHaveProperty('heldUntil')
  })
})

describe('a reload', () => {
  it('that takes a member out leaves it in the ledger until it is safe', async () => {
    const rota = await started()
    await atRest(rota)
    const caches = await cachesOf(rota, 1)
    await eventually(() => caches.holds(B))
    writeFileSync(rota.files.file, CONFIG(`a: ${A}`))
    rota.process.signal('SIGHUP')
    await eventually(() => rota.logged('reloaded').length > 0)
    expect(await stateOf(rota, 'web', 'b')).toMatchObject({ isServing: false, isSafe: false })
    await eventually(async () => (await stateOf(rota, 'web', 'b')) === undefined)
    expect(await stateOf(rota, 'api', 'b')).toMatchObject({ isServing: true })
  })
})

type Running = Rota & { readonly files: { readonly file: string } }

async function started(config = CONFIG()) {
  return serveFiles(config, zoneText('example.test'))
}

/** The past is over: nobody can hold what a process before this one may have answered. */
async function atRest(rota: Running): Promise<void> {
  await eventually(async () => (await stateOf(rota, 'web', 'b'))?.heldUntil === undefined)
}

function httpOf(rota: Rota): string {
  return String(rota.logged('answering')[0]!['http'])
}

async function stateOf(rota: Running, pool: string, member: string) {
  const at = `http://${httpOf(rota)}/api/v1/ledger?pool=${pool}&member=${member}`
  const told = await fetch(at)
  // Who has left is not to be found any more.
  return told.status === 404 ? undefined : ((await told.json()) as LedgerPage).entries[0]
}

/** An address that stays, whichever server is behind it, and closes the door while there is none. */
async function doorTo(rota: Running) {
  let to: string | undefined = httpOf(rota)
  let isAsked = false
  const server = createServer((socket) => {
    if (to === undefined) return void socket.destroy()
    const inner = connect(Number(to.split(':')[1]), '127.0.0.1')
    socket.on('data', (octets) => {
      isAsked ||= octets.includes('/api/v1/ledger')
    })
    const close = () => {
      socket.destroy()
      inner.destroy()
    }
    for (const end of [socket, inner]) end.on('error', close).on('close', close)
    socket.pipe(inner).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isAsked: () => isAsked,
    leadTo(other: Running | undefined) {
      to = other && httpOf(other)
    },
  }
}

function drainBy(url: string, rota: Running) {
  const file = `${folderOf(rota.files as never)}state/token`
  return run(['drain', 'web/b', '--wait', '--server', url, '--token-file', file, '--by', 'ana'])
}

function begun(rota: Running, words: readonly string[]) {
  const file = `${folderOf(rota.files as never)}state/token`
  const [command, ...rest] = words
  const server = ['--server', httpOf(rota), '--token-file', file, '--by', 'ana']
  return run([command!, ...server, ...rest])
}

async function runs(rota: Running, words: readonly string[]) {
  const child = begun(rota, words)
  return { code: await child.ended, output: child.output() }
}

async function drain(rota: Running, member: string, more: readonly string[] = []) {
  return runs(rota, ['drain', member, '--wait', ...more])
}

/** Clients that ask again whenever what they hold is over, as caches do. */
async function cachesOf(rota: Rota, count: number) {
  const untils = new Map<string, number>()
  let isOver = false
  onTestFinished(() => {
    isOver = true
  })
  const live = async () => {
    const asker = await askerOf(rota.port)
    while (!isOver) {
      const sent = systemClock.now()
      const reply = await askFor(asker, 'www.example.test A').catch(() => undefined)
      const came = Math.min(systemClock.now(), sent + WAY_MAX_MS)
      for (const { text, ttl } of reply?.message.answer ?? []) {
        untils.set(text, Math.max(untils.get(text) ?? 0, came + ttl * 1_000))
      }
      await new Promise<void>((resolve) => systemClock.after(40, resolve))
    }
  }
  for (let cache = 0; cache < count; cache++) void live()
  return {
    heldUntil: (address: string) => untils.get(address) ?? 0,
    holds: (address: string) => (untils.get(address) ?? 0) > systemClock.now(),
  }
}
