/**
 * The zone files of a configuration, and what the two must agree on: a name without a pool takes
 * its members from its zone, so the zone must have some.
 */

import type { Diagnostic } from '../base/diagnostic.ts'
import { sortDiagnostics } from '../base/diagnostic.ts'

import { addressesOf } from '../zone/addresses.ts'
import { loadZone } from '../zone/load.ts'

import type { Config, NameConfig, ZoneConfig } from './config.ts'
import { showName, zoneOf } from './names.ts'

/** Reads every zone of a configuration from disk, and returns what is wrong with any of them. */
export function checkZones(config: Config): readonly Diagnostic[] {
  return sortDiagnostics(config.zones.flatMap((zone) => checkOne(zone, config)))
}

function checkOne(zone: ZoneConfig, config: Config): Diagnostic[] {
  const names = config.names.filter(({ name }) => zoneOf(name, config.zones) === zone)
  const bound = names.map(({ name }, binding) => ({ name, binding }))
  const { image, diagnostics } = loadZone({ ...zone, bound })
  if (!image) return [...diagnostics]
  const empty = names.filter(({ name, own }) => own && addressesOf(image, name).length === 0)
  return [...diagnostics, ...empty.map((name) => memberless(name, zone))]
}

function memberless({ name, place }: NameConfig, { apex }: ZoneConfig): Diagnostic {
  const message =
    `name "${showName(name)}" has no pool, and no A or AAAA in zone ${showName(apex)} ` +
    'to be its members'
  return { severity: 'error', ...place, message }
}
