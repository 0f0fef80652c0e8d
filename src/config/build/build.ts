/** From facts without fault to a Config: defaults filled in, references resolved. */

import { dirname, resolve } from 'node:path'

import { buildCondition, buildConditions, type Conditions } from './build-checks.ts'
import { checksAmong } from './build-checks.ts'
import { buildName, buildPool } from './build-pools.ts'
import type { Config, MapConfig, SelfDoubtConfig, WebhookConfig } from '../config.ts'
import * as defaults from '../defaults.ts'
import type { Facts } from '../facts/facts.ts'

/** Every rule must have passed: a reference that leads nowhere is a programmer's error here. */
export function buildConfig(facts: Facts): Config {
  const { draft, origin } = facts
  const folder = dirname(resolve(origin.file))
  const { listen, tls, state, server_id: serverId, explain } = draft
  const fileAt = (key: 'certificate' | 'key') => ({
    path: resolve(folder, tls![key]),
    place: origin.valueAt(['tls', key]),
  })
  const conditions = buildConditions(facts)
  return {
    file: origin.file,
    listen: {
      dns: listen?.dns ?? defaults.LISTEN_DNS,
      ...(listen?.http && { http: listen.http }),
      ...(listen?.hosts && { hosts: listen.hosts }),
      ...(listen?.tls && { tls: listen.tls }),
      ...(listen?.https && { https: listen.https }),
    },
    ...(tls && { tls: { certificate: fileAt('certificate'), key: fileAt('key') } }),
    workers: draft.workers ?? 'auto',
    ...(state !== undefined && { state: resolve(folder, state) }),
    ...(serverId !== undefined && { serverId }),
    selfDoubt: buildSelfDoubt(facts, conditions),
    ...(explain?.allow && { explainTo: explain.allow }),
    ...(draft.webhooks && { webhooks: buildWebhooks(facts, folder) }),
    zones: facts.zones.map(({ path, apex, file }) => ({
      place: origin.keyAt(path),
      apex,
      source: { file: resolve(folder, file) },
    })),
    maps: buildMaps(facts, folder),
    checks: checksAmong(conditions),
    pools: new Map(facts.pools.map((pool) => [pool.name, buildPool(pool, facts, conditions)])),
    names: facts.names.map((name) => buildName(name, facts, conditions)),
  }
}

function buildWebhooks({ draft, origin }: Facts, folder: string): WebhookConfig[] {
  return (draft.webhooks ?? []).map(({ url, events, secret_file: file }, index) => ({
    place: origin.keyAt(['webhooks', index]),
    url,
    events: [...new Set(events ?? defaults.WEBHOOK_EVENTS)],
    ...(file !== undefined && {
      secretFile: {
        path: resolve(folder, file),
        place: origin.valueAt(['webhooks', index, 'secret_file']),
      },
    }),
  }))
}

function buildSelfDoubt({ draft: { prober } }: Facts, conditions: Conditions): SelfDoubtConfig {
  const { anchors, suspect_when: suspectPercent, freeze: freezeMs } = prober ?? {}
  const condition = anchors && buildCondition('anchors', anchors.check, conditions)
  return {
    ...(anchors &&
      condition?.kind === 'check' && {
        anchors: { addresses: anchors.addresses, check: condition.check },
      }),
    suspectPercent: suspectPercent ?? defaults.SELF_DOUBT.suspectPercent,
    freezeMs: freezeMs ?? defaults.SELF_DOUBT.freezeMs,
  }
}

function buildMaps({ draft, origin }: Facts, folder: string): Map<string, MapConfig> {
  const maps = Object.entries(draft.maps ?? {}).map(([name, { file, mmdb }]): MapConfig => {
    const source =
      mmdb === undefined ? { subnets: resolve(folder, file!) } : { mmdb: resolve(folder, mmdb) }
    return { place: origin.keyAt(['maps', name]), name, source }
  })
  return new Map(maps.map((map) => [map.name, map]))
}
