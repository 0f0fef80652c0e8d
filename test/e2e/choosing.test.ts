/**
 * Goal: whom a client is given is what the configuration says, for every rule of choosing that the
 * balancers which Rota stands in for have.
 * Method: one running server with a name for each rule, asked as resolvers at several addresses do.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Reply } from '../support/authority.ts'
import { type Asking, type Site, siteOf } from './site.ts'

const ABC = 'members: { a: 192.0.2.1, b: 192.0.2.2, c: 192.0.2.3 }'
const CONFIG = `
defaults: { answers: 1 }
maps: { offices: { file: offices.map } }
pools:
  plain: { policy: weighted, members: { a: 192.0.2.1, b: { v4: 192.0.2.2, weight: 3 } } }
  smooth: { policy: weighted, members: { a: { v4: 192.0.2.1, weight: 5 }, b: 192.0.2.2, c: 192.0.2.3 } }
  spare: { policy: weighted, members: { a: 192.0.2.1, b: { v4: 192.0.2.2, weight: 0 } } }
  shed: { policy: weighted, members: { a: { v4: 192.0.2.1, shed: 50% }, b: 192.0.2.2 } }
  rotate: { answers: 8, ${ABC} }
  random: { policy: random, ${ABC} }
  sticky: { policy: sticky, ${ABC} }
  wide: { policy: sticky, sticky: { v4: 20 }, ${ABC} }
  leaving: { policy: sticky, ${ABC} }
  bounded: { policy: sticky, load_bound: 1.25, ${ABC} }
  both:
    members:
      a: { v4: 192.0.2.1, v6: "2001:db8::1" }
      b: { v4: 192.0.2.2, v6: "2001:db8::2" }
  near:
    policy: nearest
    map: offices
    members: { berlin: { v4: 192.0.2.1, near: berlin }, oslo: { v4: 192.0.2.2, near: oslo } }
  dc: { ${ABC} }
  alias: { members: { cdn: { cname: cdn.example.org } } }
names:
  plain.example.test: { pool: plain }
  smooth.example.test: { pool: smooth }
  spare.example.test: { pool: spare }
  shed.example.test: { pool: shed }
  rotate.example.test: { pool: rotate }
  random.example.test: { pool: random }
  sticky.example.test: { pool: sticky }
  wide.example.test: { pool: wide }
  leaving.example.test: { pool: leaving }
  bounded.example.test: { pool: bounded }
  both.example.test: { pool: both }
  near.example.test: { pool: near }
  alias.example.test: { pool: alias }
  overlay.example.test: { policy: rotate }
  rules.example.test:
    pool: plain
    clients:
      - { subnet: 203.0.113.0/24, pool: near }
      - { subnet: [198.51.100.0/24, 127.41.9.0/24], pool: spare }
`
const ZONE = ['overlay 20 IN A 192.0.2.71', 'overlay 20 IN A 192.0.2.72', 'mail IN A 192.0.2.25']
const MAP = '203.0.113.0/25 berlin\n203.0.113.128/25 oslo\n127.41.9.0/24 oslo\n'

const endings: (() => Promise<void>)[] = []
let site: Site

beforeAll(async () => {
  const until = (ending: () => Promise<void>) => void endings.push(ending)
  site = await siteOf(CONFIG, { zone: ZONE, files: { 'offices.map': MAP }, until })
})
afterAll(async () => {
  for (const ending of endings.reverse()) await ending()
})

describe('a share', () => {
  it('is that of a weight of 1 where none is given', async () => {
    const leads = await site.leads('plain.example.test A', 40)
    expect(leads).toEqual({ '192.0.2.1': 10, '192.0.2.2': 30 })
  })

  it('is spread over the answers, not sent in bursts', async () => {
    const order = await orderOf('smooth.example.test A', 14)
    expect(order.slice(0, 7)).toBe(order.slice(7))
    expect(order).not.toContain('11111')
    expect(order.replaceAll('1', '')).toMatch(/^(2323|3232)$/)
  })

  it('is nothing for hot standby (weight 0) until the last of the others is out', async () => {
    expect(await site.leads('spare.example.test A', 10)).toEqual({ '192.0.2.1': 10 })
    await site.command('drain', 'spare/a', '--by', 'ana', '--reason', 'disk swap')
    expect(await site.leads('spare.example.test A', 10)).toEqual({ '192.0.2.2': 10 })
    await site.command('undrain', 'spare/a')
    expect(await site.leads('spare.example.test A', 10)).toEqual({ '192.0.2.1': 10 })
  })

  it('shrinks as its member sheds load', async () => {
    const leads = await site.leads('shed.example.test A', 30)
    expect(leads).toEqual({ '192.0.2.1': 10, '192.0.2.2': 20 })
  })
})

describe('policy', () => {
  it('rotate leads each in turn, and names all', async () => {
    const asked = [0, 1, 2].map(() => site.answer('rotate.example.test A'))
    const answers = (await Promise.all(asked)).map((answer) => answer.split(' '))
    const all = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
    expect(answers.map(([lead]) => lead).sort()).toEqual(all)
    for (const answer of answers) expect(answer.sort()).toEqual(all)
  })

  it('random leads everybody, in no order that one could foretell', async () => {
    const order = await orderOf('random.example.test A', 300)
    for (const who of '123') expect(order.split(who).length - 1).toBeGreaterThan(50)
    // Members in turn never repeat themselves; dice do in a third of all throws.
    const repeats = [...order].filter((one, index) => one === order[index - 1]).length
    expect(repeats).toBeGreaterThan(40)
  })

  it('sticky gives one network one member, whoever of it asks and through whatever', async () => {
    const chosen = new Set<string>()
    for (let net = 0; net < 40; net++) {
      const whole = await site.answer('sticky.example.test A', { subnet: `203.0.${net}.0/24` })
      for (const host of [7, 240]) {
        const manner = { subnet: `203.0.${net}.${host}/32`, resolver: `127.41.1.${net + 1}` }
        expect(await site.answer('sticky.example.test A', manner)).toBe(whole)
      }
      chosen.add(whole)
    }
    expect(chosen.size).toBe(3)
    const bare = new Set<string>()
    for (const host of [1, 9, 200]) {
      bare.add(await site.answer('sticky.example.test A', { resolver: `127.41.2.${host}` }))
    }
    expect(bare.size).toBe(1)
  })

  it('sticky tells caches how wide a network its answer is for; rotate, that it is for all', async () => {
    const subnet = '203.0.113.0/24'
    expect(scopeOf(await site.reply('wide.example.test A', { subnet }))).toBe(20)
    expect(scopeOf(await site.reply('rotate.example.test A', { subnet }))).toBe(0)
  })

  it('sticky moves nobody but the clients of a member that leaves', async () => {
    const networks = Array.from({ length: 60 }, (_, net) => ({ subnet: `203.0.${net}.0/24` }))
    const ask = () => Promise.all(networks.map((who) => site.answer('leaving.example.test A', who)))
    const before = await ask()
    await site.command('drain', 'leaving/b', '--by', 'ana', '--reason', 'disk swap')
    const after = await ask()
    expect(before).toContain('192.0.2.2')
    expect(after).not.toContain('192.0.2.2')
    expect(before.filter((one, index) => one !== after[index])).not.toContain('192.0.2.1')
    expect(before.filter((one, index) => one !== after[index])).not.toContain('192.0.2.3')
  })

  it('sticky with a load bound keeps a crowd from filling one member, and names the crowd', async () => {
    const crowd = { resolver: '127.41.7.7' }
    expect(Object.keys(await site.leads('sticky.example.test A', 50, crowd))).toHaveLength(1)
    const counts = Object.values(await site.leads('bounded.example.test A', 900, crowd))
    // A third is fair and a quarter of that the margin; the first few are not a crowd yet.
    expect(Math.max(...counts)).toBeLessThan(900 / 2)
    const { resolvers } = JSON.parse(await site.command('status', '--json'))
    expect(resolvers[0].address).toContain('127.41.7')
    expect(resolvers[0].percent).toBeGreaterThan(30)
  })

  it('nearest leads to whom the subnet map says, and tells for how wide a network', async () => {
    const berlin = await site.reply('near.example.test A', { subnet: '203.0.113.9/32' })
    expect([berlin.answer, scopeOf(berlin)]).toEqual([[expect.stringContaining('.2.1')], 25])
    const oslo = await site.reply('near.example.test A', { subnet: '203.0.113.200/32' })
    expect([oslo.answer, scopeOf(oslo)]).toEqual([[expect.stringContaining('.2.2')], 25])
    const resolver = '127.41.9.1'
    expect(await site.leads('near.example.test A', 4, { resolver })).toEqual({ '192.0.2.2': 4 })
  })

  it('leads one client to the same member in both families', async () => {
    for (let i = 0; i < 8; i++) {
      const v4 = await site.answer('both.example.test A')
      expect((await site.answer('both.example.test AAAA')).slice(-1)).toBe(v4.slice(-1))
    }
  })
})

describe('a name', () => {
  it('without a pool balances what the zone file has, and the rest of the zone is as it was', async () => {
    const leads = await site.leads('overlay.example.test A', 4)
    expect(leads).toEqual({ '192.0.2.71': 2, '192.0.2.72': 2 })
    expect(await site.answer('mail.example.test A')).toBe('192.0.2.25')
  })

  it('answers some clients from another pool, by their subnet or by where they ask from', async () => {
    const ask = (manner: Asking) => site.leads('rules.example.test A', 4, manner)
    expect(await ask({})).toEqual({ '192.0.2.1': 1, '192.0.2.2': 3 })
    expect(await ask({ resolver: '127.41.9.3' })).toEqual({ '192.0.2.1': 4 })
    expect(await ask({ subnet: '198.51.100.7/32' })).toEqual({ '192.0.2.1': 4 })
    expect(await ask({ subnet: '203.0.113.200/32' })).toEqual({ '192.0.2.2': 4 })
    const oslo = await site.reply('rules.example.test A', { subnet: '203.0.113.200/32' })
    expect(scopeOf(oslo)).toBe(25)
  })

  it('stands for another name where a member is one', async () => {
    const reply = await site.reply('alias.example.test A')
    expect(reply.answer).toEqual([expect.stringMatching(/CNAME cdn\.example\.org\.$/)])
    expect(await site.answer('alias.example.test AAAA')).toBe('cdn.example.org.')
  })
})

/** The last digits of who came first, in the order of the answers. */
async function orderOf(question: string, times: number): Promise<string> {
  let order = ''
  for (let i = 0; i < times; i++) order += (await site.answer(question)).slice(-1)
  return order
}

/** For how much of a client's address an answer is meant (RFC 7871). */
function scopeOf({ message }: Reply): number | undefined {
  const subnet = message.edns?.options.find((option) => option.kind === 'subnet')
  return subnet?.kind === 'subnet' ? subnet.subnet.scope : undefined
}
