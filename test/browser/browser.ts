/**
 * Debian's Chromium, headless, for tests of what people see. A page is watched from its first
 * octet: errors in its console, exceptions, what its policy forbade, and every host that it asked.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

import { findTool } from '../support/tools.ts'
import { packedTighter } from './png.ts'

export const CHROMIUM: string | undefined = findTool('chromium')

/** Why there is no browser on this machine, or undefined. */
export const browserProblem = CHROMIUM ? undefined : 'program "chromium" is not installed'

/** Without these it asks its maker's hosts at every start. */
export const FLAGS: readonly string[] = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

export type Until = (ending: () => Promise<void>) => void

export interface BrowserOptions {
  readonly flags?: readonly string[]
  /** Stands for the browser's own program. */
  readonly executable?: string
  readonly until?: Until
}

export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { flags = [], executable = CHROMIUM!, until = onTestFinished } = options
  const args = [...FLAGS, ...flags]
  const browser = await chromium.launch({ executablePath: executable, args })
  until(() => browser.close())
  return browser
}

export interface Watched {
  readonly page: Page
  /** Whatever went wrong so far, in words; a test expects none. */
  faults(): readonly string[]
}

export interface WatchOptions extends BrowserContextOptions {
  /** Origins that the page may ask. */
  readonly origins: readonly string[]
  /** Faults that the test brings about. */
  readonly isExpected?: (fault: string) => boolean
}

/** Opens an empty page in a context of its own, which the browser's end closes. */
export async function openPage(browser: Browser, options: WatchOptions): Promise<Watched> {
  const { origins, isExpected = () => false, ...context } = options
  const page = await (await browser.newContext(context)).newPage()
  const faults: string[] = []
  const note = (fault: string) => {
    if (!isExpected(fault)) faults.push(fault)
  }
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    note(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => note(`exception: ${error.message}`))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !origins.includes(origin)) note(`asked ${request.url()}`)
  })
  await page.exposeFunction('noteViolation', (what: string) => note(`forbidden: ${what}`))
  await page.addInitScript(() => {
    const told = window as Window & { noteViolation?: (what: string) => void }
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      told.noteViolation?.(`${violatedDirective} of ${blockedURI}`),
    )
  })
  return { page, faults: () => [...faults] }
}

const ROOT = resolve(import.meta.dirname, '../..')

/** Keeps a picture of the page where CI keeps what tests leave. */
export async function picture(page: Page, name: string): Promise<void> {
  await shoot(page, resolve(ROOT, 'coverage/screenshots', `${name}.png`))
}

/** The same, and for the documentation too where ROTA_PICTURES asks for it. */
export async function documentedPicture(page: Page, name: string): Promise<void> {
  await picture(page, name)
  if (process.env['ROTA_PICTURES']) await shoot(page, resolve(ROOT, 'docs/pictures', `${name}.png`))
}

async function shoot(page: Page, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, packedTighter(await page.screenshot({ animations: 'disabled' })))
}
