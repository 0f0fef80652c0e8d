/**
 * Names with SRV, SVCB or HTTPS records of their own. Names that share a pool share a binding, but
 * records that follow health are one name's alone: so such a name gets a binding to itself, once
 * its zone has been read and before anybody answers from it.
 */

import { withValues } from '../../base/prefix-map.ts'

import { createPath, setPath } from '../../wire/name-path.ts'

import { rebind, type ZoneImage } from '../../zone/image.ts'
import { nodeAtDepth } from '../../zone/lookup.ts'
import { servicesOf } from '../../zone/services.ts'

import type { Config } from '../../config/config.ts'

import type { Plan, PlannedBinding } from './plan.ts'

/** The bindings with those added; the nodes of their names in `zones` lead to them from now on. */
export function bindServices(
  { names }: Config,
  plan: Plan,
  bindings: readonly PlannedBinding[],
  zones: readonly ZoneImage[],
): readonly PlannedBinding[] {
  const all = [...bindings]
  const path = createPath()
  names.forEach(({ name }, index) => {
    const zone = zones[plan.zoneOfName[index]!]!
    setPath(path, name, 0, name.length)
    const node = nodeAtDepth(zone, path, path.depth)
    const services = servicesOf(zone, node)
    if (services.length === 0) return
    const shared = plan.bindingOfName[index]!
    const planned = bindings[shared]!
    const number = all.length
    // Whoever has no other binding has this one from now on.
    const clients =
      planned.clients && withValues(planned.clients, (one) => (one === shared ? number : one))
    const holdsAddresses = !isUnderscored(name)
    all.push({ ...planned, services, holdsAddresses, ...(clients && { clients }) })
    rebind(zone, node, number)
  })
  return all
}

/** RFC 8552 §1: such a name is no host's, so it has no addresses; those of its targets count. */
function isUnderscored(name: Uint8Array): boolean {
  return name[1] === UNDERSCORE
}

const UNDERSCORE = 0x5f
