/**
 * Goal: the page on metrics lists each of them, by the words that a scrape has, and no other.
 * Method: its tables are read, and compared with what is declared.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

import { METRICS } from '../../../src/admin/metrics/exposition.ts'
import { MEMBERS_MAX, POOLS_MAX } from '../../../src/admin/metrics/excerpt.ts'
import { OVERRIDES_MAX } from '../../../src/admin/metrics/pools.ts'
import { ZONES_MAX } from '../../../src/admin/metrics/server.ts'
import { CHECKS_COUNTED_MAX } from '../../../src/health/probe-counts.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/metrics.md'), 'utf8')

describe('docs/metrics.md', () => {
  it('has a row for each metric, with its type, its labels and its meaning', () => {
    const rows = [...PAGE.matchAll(/^\| `(rota_\w+)` \| (\w+) \| (.*?) \| (.+) \|$/gm)]
    const told = rows.map(([, name, type, labels, help]) => ({
      ...{ name, type, help },
      labels: labels === '' ? [] : labels!.split(', ').map((label) => label.replaceAll('`', '')),
    }))
    const declared = METRICS.map(({ name, type, help, labels }) => ({ name, type, help, labels }))
    expect(told).toEqual(declared)
  })

  it('speaks of no metric that there is not', () => {
    const names = new Set(METRICS.map(({ name }) => name))
    const told = [...PAGE.matchAll(/\brota_[a-z_]+/g)].map(([name]) => name)
    expect(told.filter((name) => !names.has(name))).toEqual([])
  })

  it('names the bounds that there are', () => {
    expect(PAGE).toContain(`Pools (${POOLS_MAX}, each family by itself)`)
    expect(PAGE).toContain(`members (${MEMBERS_MAX.toLocaleString('en-US')},`)
    expect(PAGE).toContain(`overrides and zones up to ${OVERRIDES_MAX} each`)
    expect(ZONES_MAX).toBe(OVERRIDES_MAX)
    expect(PAGE).toContain(`Checks are counted apart up to ${CHECKS_COUNTED_MAX}`)
  })
})
