/**
 * Goal: the lab knows whom a name stands for and what each is promised, and promises nothing where
 * the policy does not.
 * Method: a status spelt out, with pools in pools, and a member that is out.
 */

import { describe, expect, it } from 'vitest'

import type { AddressStatus, PoolStatus } from '../../src/admin/status.ts'
import { sharesOf, targetOf } from '../../src/dashboard/lab/target.ts'

const STATUS = {
  pools: [
    pool('web', [
      member('a', 5, { address: '192.0.2.1', share: 62.5, verdict: 'up' }),
      member('b', 3, { address: '192.0.2.2', share: 37.5, verdict: 'up' }),
      member('c', 2, { address: '192.0.2.3', verdict: 'down', evidence: 'connection refused' }),
    ]),
    pool('site', [
      member('near', 1, { address: 'web', share: 80 }),
      member('far', 1, { address: '192.0.2.9', share: 20 }),
    ]),
  ],
}

describe('a name', () => {
  it('stands for the members of its pool', () => {
    const target = targetOf('www.example.test', { pool: 'web', policy: 'weighted' }, STATUS)
    expect(target.members.map(({ name, share }) => [name, share])).toEqual([
      ['a', 0.625],
      ['b', 0.375],
      ['c', undefined],
    ])
    expect(target.members[2]).toMatchObject({ verdict: 'down', why: 'connection refused' })
  })

  it('that is not balanced, or not known yet, stands for nobody', () => {
    expect(targetOf('docs.example.test', undefined, STATUS).members).toEqual([])
    expect(targetOf('a', { pool: 'web', policy: 'weighted' }, undefined).members).toEqual([])
    expect(targetOf('a', { pool: 'gone', policy: 'weighted' }, STATUS).members).toEqual([])
  })

  it('of pools in pools is promised the product of the shares', () => {
    const { members } = targetOf('site.example.test', { pool: 'site', policy: 'weighted' }, STATUS)
    expect(members.map(({ address, share }) => [address, share])).toEqual([
      ['192.0.2.1', 0.5],
      ['192.0.2.2', expect.closeTo(0.3)],
      ['192.0.2.3', undefined],
      ['192.0.2.9', 0.2],
    ])
  })
})

describe('the shares', () => {
  const shares = (policy: string, clients: number, family: 'v4' | 'v6' = 'v4') =>
    sharesOf(targetOf('www.example.test', { pool: 'web', policy }, STATUS), family, clients)

  it('are promised by weight, to one client and to many; nothing to who is out', () => {
    for (const clients of [1, 100]) {
      expect([...shares('weighted', clients)!]).toEqual([
        ['192.0.2.1', 0.625],
        ['192.0.2.2', 0.375],
        ['192.0.2.3', 0],
      ])
    }
  })

  it('of a policy that keeps clients are promised over many', () => {
    expect(shares('sticky', 1)).toBeUndefined()
    expect(shares('sticky', 100)!.get('192.0.2.1')).toBe(0.625)
  })

  it('are not promised where it depends on who asks, or nobody is known', () => {
    expect(shares('nearest', 100)).toBeUndefined()
    expect(shares('weighted', 1, 'v6')).toBeUndefined()
    const unknown = targetOf('docs.example.test', undefined, STATUS)
    expect(sharesOf(unknown, 'v4', 1)).toBeUndefined()
  })
})

function pool(name: string, members: PoolStatus['members']): PoolStatus {
  return { ...{ name, policy: 'weighted', minServing: 0, families: [] }, members }
}

function member(name: string, weight: number, own: Partial<AddressStatus>) {
  const isServing = own.share !== undefined
  const address = { family: 'v4', address: '', isServing, turns: 0, ...own } as const
  return { name, weight, isServing, addresses: [address] }
}
