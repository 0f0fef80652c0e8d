/**
 * What a backend says of its own load, in one of three languages, or in a header. It is read only
 * where a check asks for a report: a health page that happens to be a number must not become one.
 *
 * Always true: whatever the text, nothing is thrown, and figures are finite and not negative.
 */

import type { Report } from '../check.ts'
import { type Outcome, printable, quote, withWarning } from './probe.ts'
import type { ReportFormat } from './spec.ts'

/** A success with what `text` reports, or with a warning that it reports nothing. */
export function withReport(outcome: Outcome, text: string, format: ReportFormat): Outcome {
  const report = readReport(text, format)
  if (!report) return withWarning(outcome, `${quote(text.trim())} is no report (${format})`)
  const { report: found, reason } = report
  const said = reason === undefined ? outcome.evidence : `${outcome.evidence}: ${reason}`
  return { ...outcome, evidence: said, report: found }
}

interface Told {
  readonly report: Report
  /** What an agent gave as its reason. */
  readonly reason?: string
}

export function readReport(text: string, format: ReportFormat): Told | undefined {
  switch (format) {
    case 'two-numbers':
      return readTwoNumbers(text)
    case 'json':
      return readJson(text)
    case 'agent':
      return readAgent(text)
  }
}

/** A load figure as a header carries it: one number. */
export function readLoad(text: string): Report | undefined {
  if (!/^\s*\d{1,15}(\.\d{1,15})?\s*$/.test(text)) return undefined
  return { load: Number(text) }
}

/** Requests and failed requests since the backend started: `1000 3`. */
function readTwoNumbers(text: string): Told | undefined {
  const parts = /^\s*(\d{1,15})(?:\s*,\s*|\s+)(\d{1,15})\s*$/.exec(text)
  return parts ? { report: { requests: Number(parts[1]), errors: Number(parts[2]) } } : undefined
}

const FIGURES = ['requests', 'errors', 'connections', 'load'] as const
const SHARES = ['percent', 'weight'] as const

/** An object with any of the known keys; others are for others. */
function readJson(text: string): Told | undefined {
  const map = parseObject(text)
  if (!map) return undefined
  const figures = FIGURES.flatMap((key) => (isFigure(map[key]) ? [[key, map[key]] as const] : []))
  const shares = SHARES.map((key) => map[key]).filter(isFigure)
  const report: Report = {
    ...Object.fromEntries(figures),
    ...(shares.length > 0 && shareOf(Math.min(...shares))),
  }
  return Object.keys(report).length > 0 ? { report } : undefined
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isMap ? { ...value } : undefined
  } catch {
    return undefined // Not JSON, which the caller says in its own words.
  }
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** The words of HAProxy's agent-check that have a meaning here; the gravest wins. */
const AGENT_WORDS: Readonly<Record<string, 'up' | 'drain' | 'down'>> = {
  up: 'up',
  ready: 'up',
  drain: 'drain',
  maint: 'down',
  down: 'down',
  fail: 'down',
  failed: 'down',
  stopped: 'down',
}
const GRAVITY = ['up', 'drain', 'down'] as const

/**
 * One line of words between blanks and commas: `75%`, `weight:50%`, `drain`, `stopped #why`. Words
 * that are not known are for other versions, and are passed over.
 */
function readAgent(text: string): Told | undefined {
  const [line = ''] = text.split(/[\r\n]/, 1)
  const [words = '', ...rest] = line.split('#')
  const found: { share?: number; word?: 'up' | 'drain' | 'down' } = {}
  for (const one of words.toLowerCase().split(/[\s,]+/)) {
    const percent = /^(?:weight:)?(\d{1,9})%$/.exec(one)?.[1]
    if (percent !== undefined) Object.assign(found, shareOf(Number(percent), found.word))
    const word = Object.hasOwn(AGENT_WORDS, one) ? AGENT_WORDS[one] : undefined
    if (word) found.word = graver(word, found.word)
  }
  if (Object.keys(found).length === 0) return undefined
  const reason = printable(rest.join('#')).trim().slice(0, REASON_MAX)
  return { report: found, ...(reason !== '' && { reason }) }
}

/** A reason is for a line of a log. */
const REASON_MAX = 200

/** A share of nothing is a drain; nobody carries more than the whole of its weight. */
function shareOf(percent: number, word?: 'up' | 'drain' | 'down') {
  const share = Math.min(100, percent)
  return share === 0 ? { share, word: graver('drain', word) } : { share }
}

function graver(a: (typeof GRAVITY)[number], b: (typeof GRAVITY)[number] = 'up') {
  return GRAVITY.indexOf(a) >= GRAVITY.indexOf(b) ? a : b
}
