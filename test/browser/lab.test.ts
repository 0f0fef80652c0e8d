/**
 * Goal: in a real browser, the lab shows what Rota promises: shares by weight that are exact for one
 * client, a backend that is out of the answers once it is stopped, and back once it is started.
 * Method: the demo's own process, Chromium, and clicks. Whatever the page asks of others than its
 * server and the demo's backends, whatever its policy forbids and whatever it logs is a fault; that
 * nobody is at a backend that was stopped is not, and nothing else of any other is forgiven.
 */

import { readFile } from 'node:fs/promises'

import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest'

import { run } from '../e2e/rota.ts'
import {
  A,
  B,
  C,
  demoProblem,
  HTTP_PORT,
  PAGE_PORT,
  TURN_LIMIT_MS,
  takeDemoTurn,
} from '../support/demo-turn.ts'
import { waitUntil } from '../support/process.ts'
import { isGranted } from '../support/tools.ts'
import {
  browserProblem,
  documentedPicture,
  openBrowser,
  openPage,
  picture,
  type WatchOptions,
} from './browser.ts'
import { paleWords } from './contrast.ts'

const ORIGIN = `http://127.0.0.1:${HTTP_PORT}`
const BACKENDS = [A, B, C].map((address) => `http://${address}:${PAGE_PORT}`)
/** As Chromium words it, of that one address; who is there when it stops is reset. */
const NOBODY_AT_B = ['REFUSED', 'RESET'].map(
  (how) =>
    `console: Failed to load resource: net::ERR_CONNECTION_${how} ` +
    `(http://${B}:${PAGE_PORT}/whoami)`,
)

/** A condition that does not come true in this time never will, on the busiest machine. */
const PATIENCE_MS = 60_000
const TEST_LIMIT_MS = 150_000
const WAIT = { timeout: PATIENCE_MS }
/** What `rota check` says of www.example.test, where a backend refuses. */
const FAILOVER_SECONDS = 32.3

describe('the lab', () => {
  const endings: (() => Promise<void>)[] = []
  const until = (ending: () => Promise<void>) => void endings.unshift(ending)
  let problem: string | undefined
  let browser: Browser
  let link = ''

  beforeAll(async () => {
    until(await takeDemoTurn())
    problem = browserProblem ?? (await demoProblem())
    if (problem !== undefined) return
    const demo = run(['demo'], { until })
    await waitUntil(demo, async () => demo.output().includes('dig @'))
    link = /http:\S+\/lab#token=\S+/.exec(demo.output())![0]
    browser = await openBrowser({ until })
  }, TURN_LIMIT_MS)
  afterAll(async () => {
    for (const ending of endings) await ending()
  })
  beforeEach((context: TestContext) => {
    if (!isGranted(problem)) context.skip()
  })

  const open = async (options: Partial<WatchOptions> = {}) => {
    const viewport = { width: 1_280, height: 800 }
    const origins = [ORIGIN, ...BACKENDS]
    const watched = await openPage(browser, { viewport, ...options, origins })
    watched.page.setDefaultTimeout(PATIENCE_MS)
    await watched.page.goto(link)
    await watched.page.locator('tr[data-member]').nth(2).waitFor()
    return watched
  }

  it(
    'sends 500 visits 5 : 3 : 2, to the one, and each is served by whom it was sent to',
    async () => {
      const { page, faults } = await open()
      expect(page.url()).toBe(`${ORIGIN}/lab`)
      await page.getByRole('button', { name: 'Fire 500' }).click()
      await verdict(page, '500 visits, 500 queries')
      expect(await page.locator('.verdict').innerText()).toContain('exact')
      await expect.poll(() => column(page, 'visits'), WAIT).toEqual([250, 150, 100])
      await expect.poll(() => column(page, 'served'), WAIT).toEqual([250, 150, 100])

      const saving = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Save JSON' }).click()
      const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8')) as Saved
      const words = saved.records.flatMap(({ tries }) => tries.map((one) => one.words))
      const said = (name: string) => words.filter((one) => one === `Connected to server ${name}`)
      expect(['a', 'b', 'c'].map((name) => said(name).length)).toEqual([250, 150, 100])
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )

  it(
    'shows a backend go out of the answers by a click, and come back by another',
    async () => {
      const { page, faults } = await open({ isExpected: (fault) => NOBODY_AT_B.includes(fault) })
      await page.getByRole('button', { name: 'Run on' }).click()
      await atLeast(page, 'b', 'visits', 10)
      await page.getByRole('button', { name: 'Stop backend b' }).click()
      const out = page.locator('.outages li', { hasText: 'b stopped: out of the answers' })
      await out.waitFor()
      const [, took, promised] =
        /after ([\d.]+)\ss; promised within ([\d.]+)\ss/.exec(await out.innerText()) ?? []
      expect(Number(promised)).toBe(3.4)
      expect(Number(took)).toBeLessThan(FAILOVER_SECONDS)
      await state(page, 'b', 'down')
      // A visit that was sent there before may end late, and is counted by then.
      const visitsOfBMeanwhile = async () => {
        const [visitsOfA, visitsOfB] = await column(page, 'visits')
        await atLeast(page, 'a', 'visits', visitsOfA! + 20)
        return (await column(page, 'visits'))[1]! - visitsOfB!
      }
      await expect.poll(visitsOfBMeanwhile, WAIT).toBe(0)

      await page.getByRole('button', { name: 'Start backend b' }).click()
      await page.locator('.outages li', { hasText: 'b started: answered again' }).waitFor()
      await atLeast(page, 'b', 'visits', (await column(page, 'visits'))[1]! + 20)
      await state(page, 'b', 'up')
      await documentedPicture(page, 'lab')
      await page.getByRole('button', { name: 'Stop the run' }).click()
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )

  it(
    'asks as clients of other kinds do',
    async () => {
      const { page, faults } = await open()
      const client = choice(page, 'Client')
      await page.getByRole('spinbutton', { name: 'visits' }).fill('60')
      await client.selectOption('cache')
      await page.getByRole('button', { name: 'Fire 60' }).click()
      await verdict(page, '60 visits, 1 query')

      await client.selectOption('eyeballs')
      await page.getByRole('button', { name: 'Fire 60' }).click()
      await verdict(page, '60 visits, 120 queries')
      await expect.poll(() => column(page, 'served'), WAIT).toEqual([30, 18, 12])

      // Everybody in an answer, so that whoever takes any of them meets each.
      await choice(page, 'Name').fill('all.example.test')
      await choice(page, 'Name').press('Enter')
      await client.selectOption('any')
      await page.getByRole('button', { name: 'Fire 60' }).click()
      await verdict(page, '60 visits, 60 queries')
      const least = async () => Math.min(...(await column(page, 'served')))
      await expect.poll(least, WAIT).toBeGreaterThan(0)
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )

  it(
    'stands for many networks, which a sticky name keeps apart',
    async () => {
      const { page, faults } = await open()
      await choice(page, 'Name').fill('cart.example.test')
      await choice(page, 'As').selectOption('v4')
      await page.getByRole('spinbutton', { name: 'Networks' }).fill('100')
      await page.getByRole('spinbutton', { name: 'visits' }).fill('100')
      await page.getByRole('button', { name: 'Fire 100' }).click()
      await verdict(page, '100 visits, 100 queries')
      const once = await column(page, 'visits')
      expect(Math.min(...once)).toBeGreaterThan(0)
      expect(await page.locator('.answer').innerText()).toMatch(/CLIENT-SUBNET: .*\/24\/24/)
      await page.getByRole('button', { name: 'Clear' }).click()
      await page.getByRole('button', { name: 'Fire 100' }).click()
      await verdict(page, '100 visits, 100 queries')
      expect(await column(page, 'visits')).toEqual(once)
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )

  it(
    'is used by keys alone, and says which',
    async () => {
      const { page, faults } = await open()
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('Skip to the content')
      await page.keyboard.press('Shift+Slash')
      await page.getByRole('dialog').waitFor()
      expect(await page.getByRole('dialog').innerText()).toContain('stop or start backend b')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await focused(page)).toBe('Skip to the content')
      await page.keyboard.press('f')
      await verdict(page, '500 visits')
      await page.keyboard.press('x')
      await verdict(page, 'Nobody has asked yet')
      for (let i = 0; i < 40 && (await focused(page)) !== 'Stop backend c'; i++) {
        await page.keyboard.press('Tab')
      }
      expect(await focused(page)).toBe('Stop backend c')
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )

  it.each([
    ['dark', { viewport: { width: 1_280, height: 800 }, colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 360, height: 780 }, colorScheme: 'light' }],
  ] as const)(
    'fits a %s screen',
    async (name, options) => {
      const { page, faults } = await open(options)
      await page.getByRole('spinbutton', { name: 'visits' }).fill('50')
      await page.getByRole('button', { name: 'Fire 50' }).click()
      await verdict(page, '50 visits')
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width).toBe(options.viewport.width)
      expect(await paleWords(page)).toEqual([])
      await picture(page, `lab-${name}`)
      expect(faults()).toEqual([])
    },
    TEST_LIMIT_MS,
  )
})

interface Saved {
  readonly records: readonly { readonly tries: readonly { readonly words: string }[] }[]
}

/** What is chosen or written under a label. */
function choice(page: Page, name: string): Locator {
  return page.getByRole('combobox', { name, exact: true })
}

/** Waits until the line below the table says it, with nothing going on. */
async function verdict(page: Page, words: string): Promise<void> {
  const line = page.locator('.verdict:not([data-mode="burst"])', { hasText: words })
  await line.waitFor()
}

async function state(page: Page, member: string, word: string): Promise<void> {
  await page.locator(`tr[data-member="${member}"] .state`, { hasText: word }).waitFor()
}

/** The numbers of a column, in the order of the members. */
async function column(page: Page, what: string): Promise<number[]> {
  const texts = await page.locator(`tr[data-member] [data-what="${what}"]`).allInnerTexts()
  return texts.map((text) => Number(text.replace(/\s/g, '')))
}

async function atLeast(page: Page, member: string, what: string, count: number): Promise<void> {
  await page.waitForFunction(
    ([selector, least]) =>
      Number(document.querySelector(selector)?.textContent?.replace(/\s/g, '')) >= least,
    [`tr[data-member="${member}"] [data-what="${what}"]`, count] as const,
  )
}

/** The name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })
}
