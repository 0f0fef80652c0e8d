/**
 * Names with SRV, SVCB or HTTPS records of their own. Names that share a pool share a binding, but
 * records that follow health are one name's alone: so such a name gets a binding to itself, and
 * another for each that its clients are led to, once its zone has been read and before anybody
 * answers from it.
 */

import { printAddress } from '../../base/address.ts'
import { withValues } from '../../base/prefix-map.ts'

import { printName } from '../../wire/name.ts'
import { createPath, setPath } from '../../wire/name-path.ts'

import { rebind, type ZoneImage } from '../../zone/image.ts'
import { nodeAtDepth } from '../../zone/lookup.ts'
import { servicesOf } from '../../zone/services.ts'

import type { Config, PoolConfig } from '../../config/config.ts'

import type { Plan, PlannedBinding } from './plan.ts'

/** The bindings with those added; the nodes of their names in `zones` lead to them from now on. */
export function bindServices(
  { names, pools }: Config,
  plan: Plan,
  bindings: readonly PlannedBinding[],
  zones: readonly ZoneImage[],
): readonly PlannedBinding[] {
  const all = [...bindings]
  const path = createPath()
  const strangersOf = createStrangers(pools)
  names.forEach(({ name }, index) => {
    const zone = zones[plan.zoneOfName[index]!]!
    setPath(path, name, 0, name.length)
    const node = nodeAtDepth(zone, path, path.depth)
    const services = servicesOf(zone, node)
    if (services.length === 0) return
    const shared = plan.bindingOfName[index]!
    const numbers = new Map([[shared, all.length]])
    const numberOf = (one: number) => {
      const number = numbers.get(one) ?? all.length + numbers.size
      numbers.set(one, number)
      return number
    }
    const planned = bindings[shared]!
    const clients = planned.clients && withValues(planned.clients, numberOf)
    const drawn = [...numbers.keys()].map((one) => bindings[one]!)
    const holdsAddresses = !isUnderscored(name)
    const servicesAt = printName(name).slice(0, -1)
    rebind(zone, node, all.length)
    for (const one of drawn) {
      const strangers = strangersOf(one.pool, drawn)
      all.push({
        ...{ ...one, services, servicesAt, holdsAddresses },
        ...(strangers.size > 0 && { strangers }),
        ...(one === planned && clients && { clients }),
      })
    }
  })
  return all
}

/** RFC 8552 §1: such a name is no host's, so it has no addresses; those of its targets count. */
function isUnderscored(name: Uint8Array): boolean {
  return name[1] === UNDERSCORE
}

const UNDERSCORE = 0x5f

/** Returns who tells which addresses the pools of a name have and one of these has not. */
function createStrangers(pools: Pools) {
  const known = new Map<PoolConfig, ReadonlySet<string>>()
  const within = (pool: PoolConfig) => {
    const found = known.get(pool) ?? addressesWithin(pool, pools)
    known.set(pool, found)
    return found
  }
  return (own: PoolConfig, drawn: readonly PlannedBinding[]): ReadonlySet<string> => {
    const others = new Set(drawn.map(({ pool }) => pool))
    others.delete(own)
    const strangers = [...others].flatMap((pool) => [...within(pool)])
    return new Set(strangers.filter((address) => !within(own).has(address)))
  }
}

type Pools = Config['pools']

/** The addresses of a pool and of all that it leads to. */
function addressesWithin(pool: PoolConfig, pools: Pools): ReadonlySet<string> {
  const reached = new Set([pool])
  const addresses = new Set<string>()
  // A set that grows while it is walked is walked to its end.
  for (const { members, whenAllDown } of reached) {
    for (const { pool: child, v4, v6 } of members) {
      if (child !== undefined) reached.add(pools.get(child)!)
      for (const octets of [v4, v6]) if (octets) addresses.add(printAddress(octets))
    }
    for (const step of whenAllDown) if (step.kind === 'pool') reached.add(pools.get(step.pool)!)
  }
  return addresses
}
