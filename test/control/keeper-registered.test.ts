/**
 * Goal: who registers is probed at once and is in the answers as soon as that has succeeded, and
 * who leaves, or whose lease is over, is in them no more.
 * Method: a keeper with a manual clock, backends that answer as told, and an engine that hears it.
 */

import { describe, expect, it } from 'vitest'

import { failure, success } from '../../src/health/probes/probe.ts'
import { keeperOf, registered } from './kept.ts'

const [A, B, C, D] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] as const
const GONE = '192.0.2.9'
const WEB = `zones: { example.test: example.test.zone }
checks: { web: { tcp: { port: 80 } } }
pools: { web: { check: web, members: { a: ${A}, b: ${B} } } }
names: { www.example.test: { pool: web } }
`

describe('members that register', () => {
  const OPEN = WEB.replace('check: web,', 'check: web, register: { networks: [192.0.2.0/24] },')
  it('join a pool without a reload, are probed, and leave it', async () => {
    const { keeper, clock, down, told } = await keeperOf(OPEN)
    keeper.setRegistered('web', [registered('c', C)])
    expect(told()).toEqual([['0: a=1 b=1 c=1, ttl 5']])
    await clock.advance(5_000)
    expect(told()).toEqual([['0: a=1 b=1 c=1, ttl 30']])
    down.add(C)
    await clock.advance(60_000)
    expect(told().at(-1)).toEqual(['0: a=1 b=1, ttl 30'])
    keeper.setRegistered('web', [])
    down.clear()
    await clock.advance(60_000)
    expect(told()).toEqual([])
    expect(keeper.generation).toBe(1)
  })

  it('one after another are each probed at once, and let go together a second later', async () => {
    const probes: string[] = []
    const attempt = async ({ address }: { readonly address: string }) => {
      probes.push(address)
      return address === GONE ? failure('connection refused') : success('connected')
    }
    const { keeper, clock, rosters } = await keeperOf(OPEN, { attempt })
    await clock.advance(60_000)
    const [c, d, e] = [registered('c', C), registered('d', D), registered('e', GONE)]
    probes.length = 0
    for (const members of [[c], [c, d], [c, d, e]]) {
      keeper.setRegistered('web', members)
      await clock.advance(1)
    }
    expect(probes.filter((address) => address !== A && address !== B)).toEqual([C, D, GONE])
    expect(rosters()).toEqual(['a=1 b=1 c=1 d=1, ttl 30'])

    keeper.setRegistered('web', [c])
    expect([...keeper.targetKeys()]).toHaveLength(5)
    await clock.advance(1_000)
    expect([...keeper.targetKeys()]).toHaveLength(3)
    await clock.advance(60_000)
    expect(rosters()).toEqual(['a=1 b=1 c=1, ttl 30'])
  })

  it('are judged by what is observed of them where another pool has them too', async () => {
    const yaml = OPEN.replace(
      'pools: {',
      `pools: { other: { check: web, members: [${C}] },`,
    ).replace('names: {', 'names: { other.example.test: { pool: other },')
    const { keeper, clock, down, rosters } = await keeperOf(yaml)
    const web = () => rosters().find((roster) => roster.startsWith('a='))
    down.add(C)
    await clock.advance(60_000)
    keeper.setRegistered('web', [registered('c', C)])
    expect(web()).toBe('a=1 b=1, ttl 30')
    down.clear()
    const [target] = keeper.targetsOf('other', C)
    const seen = { isSuccess: true, atMs: clock.now(), elapsedMs: 1, evidence: 'it is back' }
    keeper.prober.report(target!.key, seen)
    keeper.prober.report(target!.key, seen)
    expect(keeper.prober.state(target!.key)!.verdict).toBe('up')
    expect(web()).toMatch(/^a=1 b=1 c=1, /)
  })

  it('stay over a reload', async () => {
    const { keeper, rosters, clock } = await keeperOf(OPEN)
    keeper.setRegistered('web', [registered('c', C)])
    await clock.advance(10_000)
    await keeper.load()
    expect(rosters()).toEqual(['a=1 b=1 c=1, ttl 30'])
  })

  it('do not join a pool that takes none', async () => {
    const { keeper, told } = await keeperOf(WEB)
    keeper.setRegistered('web', [registered('c', C)])
    keeper.setRegistered('nowhere', [registered('c', C)])
    expect(told()).toEqual([])
  })

  it('are out at once when their lease is over, and back when it is renewed', async () => {
    let untilWall = 0
    const leaseOf = (_: string, member: string) => (member === 'c' ? untilWall : undefined)
    const { keeper, clock, told } = await keeperOf(OPEN, { leaseOf })
    untilWall = clock.wall() + 30_000
    keeper.setRegistered('web', [registered('c', C)])
    await clock.advance(20_000)
    told()
    untilWall += 20_000 // Renewed, and nobody was told.
    await clock.advance(29_999)
    expect(told()).toEqual([])
    await clock.advance(1)
    expect(told()).toEqual([['0: a=1 b=1, ttl 30']])
    untilWall = clock.wall() + 30_000
    keeper.rejudge('web')
    expect(told()).toEqual([['0: a=1 b=1 c=1, ttl 30']])
  })
})
