/**
 * Goal: an operator sees on one page what is answered, who is out and why, and until when it matters;
 * and drains a member, by hand or by keyboard alone, until it is safe to stop.
 * Method: a real server, backends that are killed, clients that keep asking, and Chromium, in which
 * any complaint, foreign request or breach of the policy is a failure.
 */

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { isGranted } from '../support/tools.ts'
import { browserProblem, documentedPicture, openBrowser, picture } from './browser.ts'
import { paleWords } from './contrast.ts'
import { type DashboardSite, drain, giveToken, overflowOf, PATIENCE_MS } from './dashboard.ts'
import {
  changesEventually,
  heardTable,
  LONG,
  rowOf,
  saysEventually,
  shareOf,
  startDashboardSite,
} from './dashboard.ts'

const WANTED = { 'web/a': 50, 'web/b': 30, 'web/c': 20 }
const WAIT = { limitMs: PATIENCE_MS }
/** Of a share over a few hundred answers that were counted in the middle of a round. */
const CLOSE = 2
/** Of the column that says why, in pixels: with less it is a word on each line. */
const EVIDENCE_WIDTH_MIN = 180

describe.skipIf(!isGranted(browserProblem))('the dashboard', { timeout: 3 * PATIENCE_MS }, () => {
  const endings: (() => Promise<void>)[] = []
  let browser: Browser
  let desk: DashboardSite

  beforeAll(async () => {
    const until = (ending: () => Promise<void>) => void endings.unshift(ending)
    desk = await startDashboardSite(until)
    browser = await openBrowser({ until })
  }, 2 * PATIENCE_MS)
  afterAll(async () => {
    for (const end of endings) await end()
  })

  it('shows the shares that the weights ask for, and those that were answered', async () => {
    const { page, faults } = await desk.open(browser)
    for (const [member, wanted] of Object.entries(WANTED)) {
      await saysEventually(rowOf(page, member).locator('.cell-state'), /^\s*up$/)
      expect(await shareOf(page, member, '.cell-wanted')).toBe(wanted)
      for (const cell of ['.cell-late', '.cell-start']) {
        const isClose = async () => {
          const share = await shareOf(page, member, cell)
          return share !== undefined && Math.abs(share - wanted) < CLOSE
        }
        await eventually(isClose, { ...WAIT, what: `${cell} of ${member} near ${wanted} %` })
      }
    }
    await saysEventually(page.locator('.link-state'), /live/)
    await saysEventually(page.locator('.names-table'), /www\.example\.test/)
    await page.locator('.spark polyline').first().waitFor()
    await page.locator('.chart canvas').waitFor()
    expect(faults()).toEqual([])
  })

  it('has a lab beside it that asks for no demo where there is none', async () => {
    const { page, faults } = await desk.open(browser)
    await page.goto(`${desk.origin}/lab`)
    await page.locator('tr[data-member]').nth(2).waitFor()
    await page.getByText('this server is no demo').waitFor()
    await page.getByRole('button', { name: 'Fire 500' }).click()
    await saysEventually(page.locator('.verdict'), /500 visits/)
    expect(faults()).toEqual([])
  })

  it('tells of a backend that is killed, with evidence, until nobody is sent there', async () => {
    const { page, faults } = await desk.open(browser)
    const row = rowOf(page, 'web/b')
    await saysEventually(row.locator('.cell-state'), /up/)
    await page.getByRole('button', { name: 'last 10' }).click()
    await desk.backends[1]!.kill()
    await saysEventually(row.locator('.cell-state'), /down/)
    await saysEventually(row.locator('.cell-evidence'), /connection refused, down for/)
    await saysEventually(page.locator('.timeline li').first(), /web\/b.*up → down/)
    await saysEventually(page.locator('[aria-live=polite].unseen'), /web\/b.* up → down/)
    const isOver = async () => (await shareOf(page, 'web/b', '.cell-late')) === 0
    await eventually(isOver, { ...WAIT, what: 'the share of web/b at nothing' })
    expect(await shareOf(page, 'web/a', '.cell-wanted')).toBeCloseTo((5 / 7) * 100, 0)
    await desk.backends[1]!.start()
    await saysEventually(row.locator('.cell-state'), /up/)
    expect(faults()).toEqual([])
  })

  it('drains by a click and the token, and counts down until it is safe to stop', async () => {
    const { page, faults } = await desk.open(browser, { isExpected: isUnauthorized })
    const row = rowOf(page, 'own/d')
    await drain(page, 'own/d', 'wrong')
    await page.getByText('does not know that token').waitFor()
    await giveToken(page, desk.token)
    await saysEventually(row.locator('.cell-state'), /drained/)
    await saysEventually(row.locator('.cell-evidence'), /ana: disk swap/)
    await saysEventually(row.locator('.countdown'), /^\d:\d\d.*TTL 4\s*s, \d+ resolvers?$/)
    await saysEventually(row.locator('.countdown'), /safe to stop.*no cache holds it/)
    expect(await shareOf(page, 'own/d', '.cell-wanted')).toBeUndefined()

    await row.getByRole('button', { name: 'Undrain own/d' }).click()
    await page.getByRole('button', { name: 'Undrain', exact: true }).click()
    await saysEventually(row.locator('.cell-state'), /up/)
    expect(faults()).toEqual([])
  })

  it('does all of it by the keyboard alone, and gives the focus back', async () => {
    const { page, faults } = await desk.open(browser)
    await rowOf(page, 'web/b').waitFor()
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Skip to the content')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await focused(page)).toBe('Drain or override web/b')
    await page.keyboard.press('Enter')
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Tab')
    await page.keyboard.type('bo')
    await page.keyboard.press('Enter')
    await page.getByLabel('Token').last().waitFor()
    await page.keyboard.type(desk.token)
    await page.keyboard.press('Enter')
    await saysEventually(rowOf(page, 'web/b').locator('.cell-state'), /drained/)
    expect(await focused(page)).toBe('Undrain web/b')
    // Its host is in other pools, whose users it still serves.
    await saysEventually(
      rowOf(page, 'web/b').locator('.countdown'),
      /not safe to stop: all\/b still answers its address.*no cache holds it/,
    )
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await saysEventually(rowOf(page, 'web/b').locator('.cell-state'), /up/)
    expect(faults()).toEqual([])
  })

  it('says what the server has against a wish, with what would help', async () => {
    const link = await desk.open(browser, { isExpected: (fault) => fault.includes('409') })
    const { page } = link
    await page.goto(`${desk.origin}/#token=${desk.token}`)
    await page.reload()
    expect(page.url()).not.toContain('token')
    await page.getByRole('button', { name: 'Fail back pool main' }).click()
    await page.getByRole('button', { name: 'Fail back', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Drain or override all/a' }).click()
    await page.getByLabel('Reason').fill('disk swap')
    await page.getByLabel('Your name').fill('ana')
    await page.keyboard.press('Enter')
    await saysEventually(page.locator('.problem'), /fewer than min_serving 3.*lower min_serving/)
    await saysEventually(rowOf(page, 'all/a').locator('.cell-state'), /^\s*up$/)
    expect(link.faults()).toEqual([])
  })

  it('explains a name for a client', async () => {
    const { page, faults } = await desk.open(browser)
    await page.getByRole('button', { name: 'Explain www.example.test' }).click()
    const panel = page.getByRole('dialog')
    await saysEventually(panel.locator('.explanation'), /pool web, weighted, at most 1/)
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.keyboard.press('e')
    await panel.waitFor()
    await page.keyboard.type('www.example.org')
    await page.keyboard.press('Enter')
    await saysEventually(panel.locator('.explanation'), /REFUSED.*not balanced/)
    expect(faults()).toEqual([])
  })

  it.each([
    ['dashboard-light', { width: 1280, height: 800 }, 'light'],
    ['dashboard-dark', { width: 1280, height: 800 }, 'dark'],
    ['dashboard-middling', { width: 840, height: 1000 }, 'light'],
    ['dashboard-narrow', { width: 390, height: 844 }, 'light'],
    ['dashboard-narrowest', { width: 360, height: 740 }, 'dark'],
  ] as const)('fits its window: %s', async (name, viewport, colorScheme) => {
    const { page, faults } = await desk.open(browser, { viewport, colorScheme })
    await page.locator('.spark polyline').first().waitFor({ state: 'attached' })
    await saysEventually(page.locator('.names-table'), /www\.example\.test/)
    expect(await overflowOf(page)).toBe(0)
    expect(await paleWords(page)).toEqual([])
    const evidence = await rowOf(page, 'web/a').locator('.cell-evidence').boundingBox()
    expect(evidence!.width).toBeGreaterThan(EVIDENCE_WIDTH_MIN)
    await picture(page, name)
    expect(faults()).toEqual([])
  })

  it.each([1_280, 390])('is a table for who hears it, at a width of %i', async (width) => {
    const { page, faults } = await desk.open(browser, { viewport: { width, height: 800 } })
    await rowOf(page, 'web/a').waitFor()
    const { heads, rows } = await heardTable(page, 'Pools and members')
    expect(heads.slice(0, 3)).toEqual(['State', 'Member', 'Evidence'])
    expect(heads).toHaveLength(width === 390 ? 5 : 9)
    const hosts = rows.filter(({ name }) => name?.includes('127.0.9.'))
    expect(hosts.map(({ name }) => name)).toContain('a 127.0.9.1')
    for (const { cells } of hosts) expect(cells).toBe(heads.length)
    // What is laid out as no table is none to some browsers, unless it says that it is.
    const mute = await page.locator('.pools').evaluate((table) =>
      [table, ...table.querySelectorAll('thead, tbody, tr, th, td')]
        .filter((part) => !getComputedStyle(part).display.startsWith('table'))
        .filter((part) => !part.hasAttribute('role'))
        .map(({ outerHTML }) => outerHTML.slice(0, 60)),
    )
    expect(mute).toEqual([])
    expect(faults()).toEqual([])
  })

  it('has room for names that have none of their own', async () => {
    const long = await startDashboardSite(onTestFinished, { hasLongNames: true })
    for (const width of [1_280, 390]) {
      const { page, faults } = await long.open(browser, { viewport: { width, height: 800 } })
      await saysEventually(page.locator('.names-table'), /x{63}\.example\.test/)
      await saysEventually(page.locator('.pools'), /x{63}/)
      // It goes back by itself, and so there is nothing to be told.
      const returning = page.getByRole('button', { name: /^Fail back pool/ })
      expect(await returning.allTextContents()).toEqual(['Fail back…'])
      expect(await overflowOf(page)).toBe(0)
      await picture(page, `dashboard-long-${width}`)
      await page.goto(`${long.origin}/lab`)
      const name = page.getByRole('combobox', { name: 'Name', exact: true })
      await name.fill(`${LONG}.example.test`)
      await name.press('Enter')
      await page.locator(`tr[data-member="${LONG}"]`).waitFor()
      expect(await overflowOf(page)).toBe(0)
      expect(faults()).toEqual([])
    }
  })

  it('marks what is stale when the connection is lost, and goes on when it is back', async () => {
    const { page, faults } = await desk.open(browser, { isExpected: isUnreachable })
    await saysEventually(page.locator('.link-state'), /live/)
    await page.context().setOffline(true)
    await saysEventually(page.locator('.link-state'), /connection lost/)
    await saysEventually(page.locator('.lost-note'), /What you see is of \d\d:\d\d:\d\d/)
    expect(await page.title()).toBe('connection lost · Rota')
    // Nobody knows for how long: what is not told any more does not go on.
    const evidence = rowOf(page, 'web/a').locator('.cell-evidence')
    const said = await evidence.textContent()
    expect(said).toMatch(/, up for /)
    for (let seconds = 0; seconds < 3; seconds++)
      await changesEventually(page.locator('.lost-note'))
    expect(await evidence.textContent()).toBe(said)
    await picture(page, 'dashboard-lost')
    await page.context().setOffline(false)
    await saysEventually(page.locator('.link-state'), /live/)
    await page.locator('.lost-note').waitFor({ state: 'detached' })
    expect(faults()).toEqual([])
  })
})

describe.runIf(process.env['ROTA_PICTURES'] === '1')('the picture of the dashboard', () => {
  it('shows a member that has died, and one that is drained', { timeout: 300_000 }, async () => {
    const until = onTestFinished
    const desk = await startDashboardSite(until, { ttl: '30/5' })
    const { page } = await desk.open(await openBrowser({ until }))
    const late = page.locator('.pools thead')
    await saysEventually(late, /Answered, last \d+\s*s/)
    await eventually(async () => /Answered, last minute/.test((await late.textContent()) ?? ''), {
      limitMs: 120_000,
    })
    await desk.backends[1]!.kill()
    await saysEventually(rowOf(page, 'web/b').locator('.cell-state'), /down/)
    await drain(page, 'web/c', desk.token)
    await saysEventually(rowOf(page, 'web/c').locator('.countdown'), /0:2\d/)
    await page.mouse.move(0, 0)
    await documentedPicture(page, 'dashboard')
  })
})

function isUnauthorized(fault: string): boolean {
  return fault.includes('401')
}

/** Of a line that is cut: nobody is reached, and the server gives up on what it had half of. */
function isUnreachable(fault: string): boolean {
  return fault.includes('ERR_INTERNET_DISCONNECTED') || fault.includes('status of 408')
}

/** What the element in focus is called. */
async function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    const { activeElement } = document
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent?.trim()
  })
}
