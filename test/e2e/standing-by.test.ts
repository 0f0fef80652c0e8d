/**
 * Goal: there is always somebody to answer, and somebody to be answered: standby backends take
 * over and give back as was said, a pool that has failed goes down its ladder in the open, and of
 * two servers with the same files one is enough.
 * Method: backends that listen or do not, under running servers.
 */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

import type { FamilyStatus } from '../../src/admin/status.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/ports.ts'
import { serve } from './rota.ts'
import { askerOf, askFor, dataOf } from '../support/resolver.ts'
import { type Site, siteOf } from './site.ts'

const [A, B, C, SORRY] = [1, 2, 3, 4].map((n) => `127.45.0.${n}`) as [
  string,
  string,
  string,
  string,
]
const WWW = 'www.example.test A'
const OFTEN = 'interval: 1s, fast_interval: 100ms, timeout: 1s, rise: 2, fall: 2'

describe.skipIf(process.platform !== 'linux')('a standby', () => {
  it('takes over when the primary dies, and gives back when it is well again', async () => {
    const { port, backends } = await backendsOn([A, B])
    const site = await siteOf(`
pools: { web: { policy: failover, ${checkOf(port)}, members: { first: ${A}, second: ${B} } } }
names: { www.example.test: { pool: web } }
`)
    await answers(site, A)
    await backends.get(A)!.stop()
    await answers(site, B)
    await backends.get(A)!.start()
    await answers(site, A)
  })

  it('keeps what it took over, until somebody asks for the fail-back, where that was said', async () => {
    const { port, backends } = await backendsOn([A, B])
    const site = await siteOf(`
pools:
  web:
    policy: failover
    fail_back: false
    ${checkOf(port)}
    members: { first: ${A}, second: ${B} }
names: { www.example.test: { pool: web } }
`)
    await backends.get(A)!.stop()
    await answers(site, B)
    await backends.get(A)!.start()
    await eventually(() => site.logged('down -> up').length === 1)
    expect(await site.leads(WWW, 4)).toEqual({ [B]: 4 })
    await site.command('fail-back', 'web')
    expect(await site.leads(WWW, 4)).toEqual({ [A]: 4 })
  })

  it('shares with those of its tier by weight', async () => {
    const { port, backends } = await backendsOn([A, B, C])
    const site = await siteOf(`
pools:
  web:
    policy: failover
    ${checkOf(port)}
    members:
      first: { v4: ${A}, tier: 1 }
      second: { v4: ${B}, tier: 2, weight: 3 }
      third: { v4: ${C}, tier: 2 }
names: { www.example.test: { pool: web, answers: 1 } }
`)
    expect(await site.leads(WWW, 8)).toEqual({ [A]: 8 })
    await backends.get(A)!.stop()
    await eventually(async () => !(await site.leads(WWW, 8))[A])
    expect(await site.leads(WWW, 8)).toEqual({ [B]: 6, [C]: 2 })
  })

  it('of weight 0 is hot: it takes part when the last of the others has died', async () => {
    const { port, backends } = await backendsOn([A, B, C])
    const site = await siteOf(`
pools:
  web: { ${checkOf(port)}, members: { a: ${A}, b: ${B}, c: { v4: ${C}, weight: 0 } } }
names: { www.example.test: { pool: web } }
`)
    await answers(site, A, B)
    await backends.get(A)!.stop()
    await answers(site, B)
    await backends.get(B)!.stop()
    await answers(site, C)
    await backends.get(A)!.start()
    await answers(site, A)
  })
})

describe.skipIf(process.platform !== 'linux')('a pool of which nobody is up', () => {
  it('goes down its ladder step by step, and status shows on which it stands', async () => {
    const { port, backends } = await backendsOn([A, B, SORRY])
    const site = await siteOf(`
prober: { suspect_when: 100% }  # These failures are meant.
pools:
  web:
    ${checkOf(port)}
    min_healthy: 2
    when_all_down: [last_good for 5s, pool: sorry, nodata]
    members: { a: ${A}, b: ${B} }
  sorry: { ${checkOf(port)}, when_all_down: nodata, members: { page: ${SORRY} } }
names: { www.example.test: { pool: web } }
`)
    await answers(site, A, B)
    expect((await familyOf(site)).step).toBeUndefined()
    await backends.get(B)!.stop()
    await eventually(async () => (await familyOf(site)).step === 'last_good')
    const failing = await familyOf(site)
    expect(failing).toMatchObject({ members: 2, healthy: 1, needed: 2 })
    expect(Date.parse(failing.stepUntil!) - Date.parse(failing.failedSince!)).toBe(5_000)
    await answers(site, A, B)
    await answers(site, SORRY)
    expect(await familyOf(site)).toMatchObject({ step: 'pool: sorry', standIns: ['sorry'] })
    expect(await site.command('status')).toContain('pool: sorry')
    await backends.get(SORRY)!.stop()
    await answers(site, 'NOERROR')
    expect((await familyOf(site)).step).toBe('nodata')
    await backends.get(B)!.start()
    await answers(site, A, B)
    expect((await familyOf(site)).step).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux')('a pool from the command line alone', () => {
  it('is checked: who does not answer is not answered', async () => {
    const { port, backends } = await backendsOn([A, B])
    const flags = [
      ...['--name', 'www.example.test', '--listen', '127.0.0.1:0', '--tcp', `:${port}`],
      ...['--member', A, '--member', B, '--member', C, '--interval', '300ms'],
      ...['--fast-interval', '100ms', '--timeout', '300ms', '--fall', '2'],
    ]
    const rota = await serve(flags)
    const asker = await askerOf(rota.port)
    const answered = async () =>
      dataOf(await askFor(asker, WWW))
        .split(' ')
        .sort()
        .join()
    expect(await answered()).toBe([A, B].join())
    await backends.get(A)!.stop()
    await eventually(async () => (await answered()) === B)
    await backends.get(A)!.start()
    await eventually(async () => (await answered()) === [A, B].join())
  })
})

describe('two servers with the same files', () => {
  it('answer alike, and one is enough when the other is killed', async () => {
    const first = await siteOf(`
pools:
  web: { policy: sticky, members: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 } }
  fair: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 3 }, b: 192.0.2.2 } }
names:
  www.example.test: { pool: web, answers: 1 }
  fair.example.test: { pool: fair, answers: 1 }
`)
    const second = await serve(['-c', besides(first)])
    const asker = await askerOf(second.port)
    const networks = Array.from({ length: 30 }, (_, net) => ({ subnet: `203.0.${net}.0/24` }))
    const ofFirst = await Promise.all(networks.map((who) => first.answer(WWW, who)))
    first.process.signal('SIGKILL')
    await first.process.ended
    const ask = async (question: string, manner = {}) =>
      dataOf(await askFor(asker, question, manner))
    expect(await Promise.all(networks.map((who) => ask(WWW, who)))).toEqual(ofFirst)
    const fair = await Promise.all(Array.from({ length: 8 }, () => ask('fair.example.test A')))
    expect(fair.filter((one) => one === '192.0.2.1')).toHaveLength(6)
    expect(await ask('no.example.test A')).toBe('NXDOMAIN')
  })
})

/** The same configuration for another server, which keeps its state elsewhere. */
function besides({ files }: Site): string {
  const yaml = readFileSync(files.file, 'utf8')
  files.rewrite('second.yaml', yaml.replace('state: ./state', 'state: ./second'))
  return join(dirname(files.file), 'second.yaml')
}

/** Waits until an answer holds these, in any order. */
async function answers(site: Site, ...expected: string[]): Promise<void> {
  const what = `the answer ${expected.join(' ')}`
  const isSo = async () => (await site.answer(WWW)).split(' ').sort().join() === expected.join()
  await eventually(isSo, { what })
}

async function familyOf(site: Site): Promise<FamilyStatus> {
  const { pools } = await site.status()
  return pools.find(({ name }) => name === 'web')!.families[0]!
}

function checkOf(port: number): string {
  return `check: { tcp: { port: ${port} }, ${OFTEN} }`
}

/** Backends that accept connections on one port of each address while they are started. */
async function backendsOn(addresses: readonly string[]) {
  const port = await freePort(addresses[0])
  const backends = new Map(addresses.map((address) => [address, backendOf(address, port)]))
  onTestFinished(async () => {
    for (const backend of backends.values()) await backend.stop()
  })
  for (const backend of backends.values()) await backend.start()
  return { port, backends }
}

function backendOf(address: string, port: number) {
  let server: Server | undefined
  return {
    async start() {
      server = createServer((socket) => socket.on('error', () => {}).destroy())
      server.listen(port, address)
      await once(server, 'listening')
    },
    async stop() {
      if (!server?.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}
