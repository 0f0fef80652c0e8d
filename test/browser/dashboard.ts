/** A site with the dashboard open on it: backends that can be killed, and clients that keep asking. */

import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import type { Browser, Locator, Page } from 'playwright-core'

import { folderOf, type Until } from '../e2e/rota.ts'
import { type Site, siteOf } from '../e2e/site.ts'
import { type Backend, startBackends } from '../support/backends.ts'
import { eventually } from '../support/eventually.ts'
import { openPage, type Watched, type WatchOptions } from './browser.ts'

/** A busy machine of two cores takes its time over what takes moments. */
export const PATIENCE_MS = 60_000

/** Nobody else's tests have backends here. */
const ADDRESSES = ['127.0.9.1', '127.0.9.2', '127.0.9.3', '127.0.9.4'] as const

export interface DashboardSite {
  readonly site: Site
  readonly backends: readonly Backend[]
  readonly origin: string
  readonly token: string
  open(browser: Browser, options?: Partial<WatchOptions>): Promise<Watched>
}

/** As long as a label may be (RFC 1035 §2.3.4), and without a place to break it. */
export const LONG = 'x'.repeat(63)
/** A pool of names that fit nowhere. */
const LONG_POOL = {
  pools: `  ${LONG}: { check: page, policy: failover, members: { ${LONG}: ${ADDRESSES[0]}, b: ${ADDRESSES[1]} } }`,
  names: `  ${LONG}.example.test: { pool: ${LONG} }`,
}

/** Pools of the same three hosts, and one that has a host to itself; a TTL to wait for. */
const yamlFor = (port: number, ttl: string, more: typeof LONG_POOL) => `
checks:
  page:
    http: { port: ${port}, path: / }
    interval: 1s
    fast_interval: 200ms
    timeout: 900ms
    fall: 2
defaults: { ttl: ${ttl} }
pools:
  web:
    check: page
    policy: weighted
    members:
      a: { v4: ${ADDRESSES[0]}, weight: 5 }
      b: { v4: ${ADDRESSES[1]}, weight: 3 }
      c: { v4: ${ADDRESSES[2]}, weight: 2 }
  all: { check: page, min_serving: 3, members: { a: ${ADDRESSES[0]}, b: ${ADDRESSES[1]}, c: ${ADDRESSES[2]} } }
  main: { check: page, policy: failover, fail_back: false, members: { a: ${ADDRESSES[0]}, b: ${ADDRESSES[1]} } }
  own: { check: page, members: { a: ${ADDRESSES[0]}, d: ${ADDRESSES[3]} } }
${more.pools}
names:
${more.names}
  www.example.test: { pool: web, answers: 1 }
  all.example.test: { pool: all }
  main.example.test: { pool: main }
  own.example.test: { pool: own }
`

export async function startDashboardSite(
  until: Until,
  { ttl = '4/2', hasLongNames = false }: { ttl?: string; hasLongNames?: boolean } = {},
): Promise<DashboardSite> {
  const { port, backends } = await startBackends(ADDRESSES, { until })
  const more = hasLongNames ? LONG_POOL : { pools: '', names: '' }
  const site = await siteOf(yamlFor(port, ttl, more), { until })
  const origin = `http://${site.logged('answering')[0]!['http']}`
  const token = readFileSync(`${folderOf(site.files)}state/token`, 'utf8').trim()
  keepAsking(site, until)
  return {
    ...{ site, backends, origin, token },
    async open(browser, options = {}) {
      const watched = await openPage(browser, {
        viewport: { width: 1280, height: 800 },
        ...options,
        origins: [origin],
      })
      watched.page.setDefaultTimeout(PATIENCE_MS)
      await watched.page.goto(`${origin}/`)
      return watched
    },
  }
}

/** Clients who ask for as long as the site is there. */
function keepAsking(site: Site, until: Until): void {
  let isOver = false
  const questions = ['www', 'www', 'all', 'own'].map((host) => `${host}.example.test A`)
  const asking = (async () => {
    while (!isOver) {
      // An answer that is lost on a busy machine is asked for again, as resolvers do.
      for (const question of questions) await site.reply(question).catch(() => {})
      await delay(20)
    }
  })()
  until(async () => {
    isOver = true
    await asking
  })
}

/** Drains a member by its row, as somebody would who has not given the token yet. */
export async function drain(page: Page, member: string, token: string): Promise<void> {
  await rowOf(page, member).getByRole('button').click()
  await page.getByLabel('Reason').fill('disk swap')
  await page.getByLabel('Your name').fill('ana')
  await page.getByRole('button', { name: 'Drain', exact: true }).click()
  await giveToken(page, token)
}

export async function giveToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').last().fill(token)
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** The row of an address, such as `web/a`. */
export function rowOf(page: Page, member: string): Locator {
  return page.locator(`tr[data-key="${member}/v4"]`)
}

/** A table as who hears the page has it: what its columns are called, and how many each row has. */
export async function heardTable(page: Page, name: string) {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const known = new Map(nodes.map((node) => [node.nodeId, node]))
  const isOf = (node: (typeof nodes)[number], ...roles: readonly string[]) =>
    !node.ignored && roles.includes(String(node.role?.value))
  const below = (node: (typeof nodes)[number], ...roles: readonly string[]): typeof nodes =>
    (node.childIds ?? []).flatMap((id) => {
      const child = known.get(id)
      if (!child) return []
      return isOf(child, ...roles) ? [child] : below(child, ...roles)
    })
  const table = nodes.find((node) => isOf(node, 'table') && node.name?.value === name)
  if (!table) throw new Error(`nobody hears of a table "${name}"`)
  const groups = below(table, 'rowgroup')
  const rows = groups.flatMap((group) => below(group, 'row'))
  return {
    heads: rows.flatMap((row) => below(row, 'columnheader')).map((head) => head.name?.value),
    rows: rows.map((row) => ({
      name: below(row, 'rowheader')[0]?.name?.value as string | undefined,
      cells: below(row, 'rowheader', 'cell').length,
    })),
  }
}

/** A share as the row shows it, in percent; undefined while it shows none. */
export async function shareOf(
  page: Page,
  member: string,
  cell: string,
): Promise<number | undefined> {
  const text = (await rowOf(page, member).locator(cell).textContent()) ?? ''
  const [, figure] = /([\d.]+)\s*%/.exec(text) ?? []
  return figure === undefined ? undefined : Number(figure)
}

/** Waits until a part of the page says so. */
export async function saysEventually(locator: Locator, words: RegExp): Promise<void> {
  let said: string | null = null
  const isSaid = async () => words.test((said = await locator.textContent()) ?? '')
  try {
    await eventually(isSaid, { limitMs: PATIENCE_MS, what: `${words}` })
  } catch (error) {
    throw new Error(`${error}; it says "${said}"`)
  }
}

/** Waits until a part of the page says something else. */
export async function changesEventually(locator: Locator): Promise<void> {
  const said = await locator.textContent()
  const isOther = async () => (await locator.textContent()) !== said
  await eventually(isOther, { limitMs: PATIENCE_MS, what: `another than "${said}"` })
}

/** What stands beyond the right edge of the window, if anything does. */
export async function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}
