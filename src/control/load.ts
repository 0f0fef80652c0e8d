/**
 * From what the operator wrote to a world that can be answered from, or everything that is wrong
 * with it. Runs in the loader's thread on a start and a reload, and in `rota check` itself.
 */

import { readFileSync } from 'node:fs'

import { printAddress } from '../base/address.ts'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts'

import { printName } from '../wire/name.ts'
import { createPath, setPath } from '../wire/name-path.ts'

import { addressesOf } from '../zone/addresses.ts'
import { FLAG, flagsOf, type ZoneImage } from '../zone/image.ts'
import { loadZone, reasonOf } from '../zone/load.ts'
import { nodeAtDepth } from '../zone/lookup.ts'

import { configFromFlags } from '../config/command-line.ts'
import type { Config, MemberConfig, NameConfig, Reading } from '../config/config.ts'
import type { Flags } from '../config/flags.ts'
import { readConfig } from '../config/read.ts'

import { type Plan, type PlannedBinding, planOf } from './plan.ts'

/** Where the configuration stands: a file, or the flags of a command. */
export type ConfigSource = { readonly file: string } | { readonly flags: Flags }

export interface Loaded {
  readonly config: Config
  readonly zones: readonly ZoneImage[]
  readonly bindings: readonly PlannedBinding[]
}

export interface LoadResult {
  /** Absent where there are errors: nothing is half-applied. */
  readonly loaded?: Loaded
  readonly diagnostics: readonly Diagnostic[]
}

export function load(source: ConfigSource): LoadResult {
  const reading = readSource(source)
  if (!reading.config) return { diagnostics: reading.diagnostics }
  const { loaded, diagnostics } = loadZones(reading.config)
  const all = sortDiagnostics([...reading.warnings, ...diagnostics])
  return loaded ? { loaded, diagnostics: all } : { diagnostics: all }
}

function readSource(source: ConfigSource): Reading {
  if ('flags' in source) return configFromFlags(source.flags)
  const { file } = source
  try {
    return readConfig(readFileSync(file, 'utf8'), file)
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const advice = isAbsent ? '; give one by --config, or a pool by --name and --member' : ''
    const message = `the configuration cannot be read: ${reasonOf(error)}${advice}`
    return { diagnostics: [{ file, line: 1, column: 1, severity: 'error', message }] }
  }
}

/** Reads the zones of a sound configuration and fits its names to them. */
export function loadZones(config: Config): LoadResult {
  const plan = planOf(config)
  const diagnostics: Diagnostic[] = []
  const images = config.zones.map(({ place, apex, source }, number) => {
    const zone = loadZone({ place, apex, source, bound: plan.boundNames[number] })
    diagnostics.push(...zone.diagnostics)
    return zone.image
  })
  const zones = images.filter((image) => image !== undefined)
  // A name can only be judged against a zone that was read; its faults come with the next run.
  if (zones.length < images.length) return { diagnostics }
  config.names.forEach((name, index) => {
    diagnostics.push(...misfits(name, zones[plan.zoneOfName[index]]))
  })
  const bindings = withOwnMembers(plan, config, zones)
  for (const [number, name] of plan.ownNames) {
    if (bindings[number].pool.members.length === 0) diagnostics.push(lacksAddresses(name))
  }
  return hasErrors(diagnostics)
    ? { diagnostics }
    : { loaded: { config, zones, bindings }, diagnostics }
}

/** A name that its zone has given away, or made an alias, would never be answered from its pool. */
function misfits({ name, place }: NameConfig, zone: ZoneImage): Diagnostic[] {
  const path = createPath()
  setPath(path, name, 0, name.length)
  const flags = flagsOf(zone, nodeAtDepth(zone, path, path.depth))
  const shown = printName(name)
  const says = (message: string): Diagnostic[] => [{ ...place, severity: 'error', message }]
  if ((flags & (FLAG.CUT | FLAG.OCCLUDED)) !== 0) {
    return says(`name ${shown} is at or below a delegation or a DNAME of its zone file`)
  }
  if ((flags & FLAG.HAS_CNAME) !== 0) {
    return says(`name ${shown} is a CNAME in its zone file; take out one or the other`)
  }
  return []
}

/** Fills the pools of names that have none with what their zone file says. */
function withOwnMembers(
  { bindings, ownNames, zoneOfName }: Plan,
  config: Config,
  zones: readonly ZoneImage[],
): PlannedBinding[] {
  const filled = [...bindings]
  const zoneOf = new Map(config.names.map((name, index) => [name, zones[zoneOfName[index]]]))
  for (const [number, name] of ownNames) {
    const members = addressesOf(zoneOf.get(name)!, name.name).map((address): MemberConfig => {
      const member = { name: printAddress(address), place: name.place, weight: 1 }
      return address.length === 4 ? { ...member, v4: address } : { ...member, v6: address }
    })
    filled[number] = { ...filled[number], pool: { ...filled[number].pool, members } }
  }
  return filled
}

function lacksAddresses({ name, place }: NameConfig): Diagnostic {
  const claim = 'has no pool, and its zone file has no A or AAAA for it; give it one'
  const message = `name ${printName(name)} ${claim}`
  return { ...place, severity: 'error', message }
}
