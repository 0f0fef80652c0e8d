/**
 * From what the operator wrote to a world that can be answered from, or everything that is wrong
 * with it. Runs in the loader's thread on a start and a reload, and in `rota check` itself.
 */

import { readFileSync } from 'node:fs'

import { systemClock } from '../../base/clock.ts'
import { type Diagnostic, hasErrors, sortDiagnostics } from '../../base/diagnostic.ts'
import { reasonOf } from '../../base/read-problem.ts'

import type { ZoneImage } from '../../zone/image.ts'
import { loadZone } from '../../zone/load.ts'

import { configFromFlags } from '../../config/command-line.ts'
import type { Config, PoolConfig, Reading, Settings } from '../../config/config.ts'
import type { Flags } from '../../config/flags.ts'
import { readConfig } from '../../config/read.ts'

import type { Nearness } from '../../engine/world.ts'

import { judgeCertificate } from './certificate.ts'
import { fitNames } from './fit.ts'
import { loadNearness } from './nearness.ts'
import { lostSecrets } from './secrets.ts'
import { type PlannedBinding, planOf } from './plan.ts'
import { lintZones } from './zone-lints.ts'
import { bindServices } from './service-bindings.ts'

/** Where the configuration stands: a file, or the flags of a command. */
export type ConfigSource = { readonly file: string } | { readonly flags: Flags }

/**
 * What crosses from the loader to the main thread: zones are shared, and the names of a
 * configuration, which may be a hundred thousand, are in them already and stay behind.
 */
export interface Loaded {
  readonly settings: Settings
  readonly zones: readonly ZoneImage[]
  /** The master file of each zone, by its absolute path; undefined where it came without one. */
  readonly zoneFiles: readonly (string | undefined)[]
  readonly bindings: readonly PlannedBinding[]
  /** By name: those of the configuration that bindings lead to; they may lead to each other. */
  readonly pools: ReadonlyMap<string, PoolConfig>
  /** Of the world, and the number in it of each pool that is drawn by place, by the pool's name. */
  readonly nearness: readonly Nearness[]
  readonly nearnessOf: ReadonlyMap<string, number>
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

/**
 * Reads the zones of a sound configuration and fits its names to them. This is what a server starts
 * from, and what `rota check` asks: the two cannot disagree.
 */
export function loadZones(config: Config): LoadResult {
  const plan = planOf(config)
  const loads = config.zones.map(({ place, apex, source }, number) =>
    loadZone({ place, apex, source, bound: plan.boundNames[number] }),
  )
  const { nearness, nearnessOf, diagnostics: ofMaps } = loadNearness(config, plan)
  const diagnostics = [
    ...loads.flatMap((zone) => zone.diagnostics),
    ...ofMaps,
    ...judgeCertificate(config, systemClock.wall()),
    ...lostSecrets(config),
  ]
  const zones = loads.flatMap(({ image }) => (image ? [image] : []))
  // A name can only be judged against a zone that was read; its faults come with the next run.
  if (zones.length < loads.length) return { diagnostics: sortDiagnostics(diagnostics) }
  const fitting = fitNames(config, plan, zones)
  const found = [...diagnostics, ...fitting.diagnostics]
  // What is faulty is not held to what is wise.
  const lints = hasErrors(found) ? [] : lintZones(config, plan, fitting.bindings, zones)
  const all = sortDiagnostics([...found, ...lints])
  return hasErrors(all)
    ? { diagnostics: all }
    : {
        loaded: {
          settings: settingsOf(config),
          zones,
          zoneFiles: config.zones.map(({ source }) => ('file' in source ? source.file : undefined)),
          bindings: bindServices(config, plan, fitting.bindings, zones),
          pools: plan.pools,
          nearness,
          nearnessOf,
        },
        diagnostics: all,
      }
}

function settingsOf(config: Config): Settings {
  const { listen, tls, workers, state, serverId, selfDoubt, explainTo, webhooks } = config
  return {
    listen,
    ...(tls && { tls }),
    workers,
    ...(state !== undefined && { state }),
    ...(serverId !== undefined && { serverId }),
    ...(selfDoubt && { selfDoubt }),
    ...(explainTo && { explainTo }),
    ...(webhooks && { webhooks }),
  }
}
