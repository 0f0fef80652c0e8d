/** The flags that stand for a file: what each takes, and where its value goes in the tree. */

import type { Path } from './facts/origin.ts'

export interface FlagRow {
  /** What stands after the flag. */
  readonly value: string
  readonly description: string
  /** Whether it may be given more than once. */
  readonly isRepeatable?: boolean
  /** Where its value stands in the tree; flags that need more than that have none. */
  readonly path?: Path
}

/** The only pool, and its only check. */
export const POOL: Path = ['pools', 'pool']
export const CHECK: Path = [...POOL, 'check']

/** Every flag, by its name without the dashes; the order is that of the help. */
export const FLAGS = {
  name: { value: '<name>', description: 'a name to balance', isRepeatable: true },
  member: {
    value: '<address[=weight]>',
    description: 'a member; a weight sets policy weighted',
    isRepeatable: true,
  },
  zone: {
    value: '<apex>',
    description: 'the zone of the names (default: the parent of the first)',
  },
  tcp: { value: '<:port>', description: 'check members by connecting' },
  http: { value: '<[host]:port/path>', description: 'check members by HTTP' },
  https: { value: '<[host]:port/path>', description: 'check members by HTTPS' },
  expect: { value: '<status>', description: 'statuses that count as success, as 200-299' },
  interval: { value: '<span>', description: 'time between probes', path: [...CHECK, 'interval'] },
  'fast-interval': {
    value: '<span>',
    description: 'the interval while a member is in doubt',
    path: [...CHECK, 'fast_interval'],
  },
  timeout: { value: '<span>', description: 'a probe without an end', path: [...CHECK, 'timeout'] },
  rise: { value: '<count>', description: 'successes that bring up', path: [...CHECK, 'rise'] },
  fall: { value: '<count>', description: 'failures that take down', path: [...CHECK, 'fall'] },
  policy: { value: '<policy>', description: 'whose turn it is', path: [...POOL, 'policy'] },
  answers: { value: '<count>', description: 'records in an answer', path: [...POOL, 'answers'] },
  ttl: { value: '<most/least>', description: 'seconds, as 30/5', path: [...POOL, 'ttl'] },
  'min-healthy': {
    value: '<count>',
    description: 'members that a pool needs, or a share such as 50%',
    path: [...POOL, 'min_healthy'],
  },
  'when-all-down': {
    value: '<step>',
    description: 'all or nodata',
    path: [...POOL, 'when_all_down'],
  },
  listen: { value: '<address:port>', description: 'where DNS is served', isRepeatable: true },
  workers: { value: '<count>', description: 'UDP workers, or auto', path: ['workers'] },
  'server-id': { value: '<text>', description: 'answered to NSID', path: ['server_id'] },
} as const satisfies Record<string, FlagRow>

export type FlagName = keyof typeof FLAGS

/** What was given, by flag. */
export type Flags = { readonly [Name in FlagName]?: string | readonly string[] }

/** The values of one flag; none if it was not given. */
export function valuesOf(flags: Flags, name: FlagName): readonly string[] {
  const values = flags[name] ?? []
  return typeof values === 'string' ? [values] : values
}
