/** The report of a failover test as one page, which asks for nothing from elsewhere. */

import type { FailoverFigures, PhaseFigures, WindowFigures } from '../figures.ts'
import { backendsOf } from '../plan.ts'
import type { FailoverRun } from '../run.ts'
import { courseChart } from './course-chart.ts'
import { methodOf } from './method.ts'
import { phaseChart } from './phase-chart.ts'
import { STYLE } from './style.ts'
import { box, crosses, escaped, hatches, marks, picture } from './svg.ts'
import { windowChart } from './window-chart.ts'
import { countText, headlineOf, leadOf, msText, secondsText } from './words.ts'

export interface Report {
  readonly figures: FailoverFigures
  readonly run: FailoverRun
  readonly version: string
}

/** Keeps the promise that the page asks for nothing: browsers would refuse it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

export function reportPage(report: Report): string {
  const { figures, run, version } = report
  const { plan, startedAt, isKept } = figures
  const when = `${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>Failover test, ${when}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
${hatches(backendsOf(plan).length)}
<main>
<header>
<p class="kicker"><b>Rota failover test</b>, ${when}</p>
<h1>${escaped(headlineOf(figures))}</h1>
<p class="lead">${escaped(leadOf(figures))}</p>
${keyFigures(figures)}
</header>

<h2>The whole run</h2>
<p class="note">Requests each second, by who served them. The shaded time is the failover:
from the kill until no cache that keeps to the TTL can hold the dead backend.</p>
<div class="scroll">${courseChart(report)}</div>
${key(backendsOf(plan))}

${run.windows.map((_, at) => windowPart(report, at)).join('\n')}
${figures.failures.length > 0 && !isKept ? strays(figures) : ''}
<h2>Phase by phase</h2>
<div class="scroll">${phaseTable(figures)}</div>
<div class="pair">
${run.phases.map((_, phase) => phasePart(report, phase)).join('\n')}
</div>
<p class="note">How long each request took, with its lookup, over the time of the phase; the scale
is logarithmic. Crosses below it are requests that failed.</p>

${methodOf(report)}
<footer>Rota ${escaped(version)}. This page is whole: it loads nothing and runs no script.</footer>
</main>
</html>
`
}

function keyFigures(figures: FailoverFigures): string {
  const { failed, requests, windows, failures, rescued, plan, promisedMs } = figures
  const strays = failures.filter(({ isWithinWindow }) => !isWithinWindow).length
  const downMs = longest(windows.map((window) => window.downMs))
  const letsGoMs = longest(windows.map((window) => window.letsGoMs))
  const rows = [
    ['failed requests', `${countText(failed)} <small>of ${countText(requests)}</small>`],
    ['of them outside the failover', countText(strays)],
    ...(plan.retry === 'next' ? [['served by the next address', countText(rescued)]] : []),
    ...(downMs === undefined ? [] : [['until no answer named the dead', secondsText(downMs)]]),
    ...(letsGoMs === undefined
      ? []
      : [['until the last cache let go', ofPromise(letsGoMs, promisedMs)]]),
  ]
  const items = rows.map(([what, value]) => `<div><dt>${what}</dt><dd>${value}</dd></div>`)
  return `<dl class="figures">${items.join('')}</dl>`
}

/** Where there were several failovers, the longest is the one that counts. */
function longest(spans: readonly (number | undefined)[]): number | undefined {
  const known = spans.filter((span) => span !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

/** Whether it took as long as the configuration says at most; a busy machine may take longer. */
function ofPromise(ms: number, promisedMs: number): string {
  const word = ms <= promisedMs ? 'promised at most' : 'and longer than the promised'
  return `${secondsText(ms)} <small>${word} ${secondsText(promisedMs)}</small>`
}

function key(backends: readonly string[]): string {
  const items = backends.map((name, rank) => {
    const sample = [box(0, 1, 14, 12, `b${rank}`), marks(rank, [{ x: 24, y: 7 }])]
    return `<li>${picture(30, 14, name, sample)}served by ${name}</li>`
  })
  const lost = picture(30, 14, 'failed', [box(0, 1, 14, 12, 'lost'), crosses([{ x: 24, y: 7 }])])
  return `<ul class="key">${items.join('')}<li>${lost}failed</li></ul>`
}

function windowPart(report: Report, at: number): string {
  const { figures, run } = report
  const window = figures.windows[at]!
  return `<h2>The failover of ${window.backend}</h2>
<p class="note">Each request is a mark, each user has a height. ${escaped(windowWords(window))}</p>
<div class="scroll">${windowChart(report, run.windows[at]!)}</div>`
}

function windowWords({ evidence, backend, backMs }: WindowFigures): string {
  const saw = evidence === undefined ? '' : `What the server saw: ${evidence}. `
  const back =
    backMs === undefined
      ? ''
      : `Started again, ${backend} was answered after ${secondsText(backMs)}.`
  return saw + back
}

/** In full, but for those that nobody would read. */
const STRAYS_MAX = 50

function strays({ failures }: FailoverFigures): string {
  const all = failures.filter(({ isWithinWindow }) => !isWithinWindow)
  const rows = all.slice(0, STRAYS_MAX).map(({ at, phase, user, tried, reason }) => {
    const cells = [at.slice(11, 23), phase + 1, user + 1, tried.join(', '), reason]
    return `<tr>${cells.map((cell) => `<td>${escaped(String(cell))}</td>`).join('')}</tr>`
  })
  const more = all.length > STRAYS_MAX ? `<p>And ${all.length - STRAYS_MAX} more.</p>` : ''
  const head = ['time (UTC)', 'phase', 'user', 'went to', 'what happened']
  return `<h2 class="broken">Failed outside every failover</h2>
${tableOf(head, rows)}${more}`
}

function phaseTable({ phases, plan }: FailoverFigures): string {
  const head = [
    'phase',
    'requests',
    'succeeded',
    'failed',
    'average',
    '95 %',
    'per second',
    'served by',
  ]
  const rows = phases.map((phase, number) => {
    const { name, requests, succeeded, failed, averageMs, p95Ms, requestsPerSecond } = phase
    const cells = [
      ...[`${number + 1}: ${escaped(name)}`, countText(requests), countText(succeeded)],
      ...[countText(failed), msText(averageMs), msText(p95Ms), requestsPerSecond.toFixed(1)],
      servedCell(phase, backendsOf(plan)),
    ]
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return tableOf(head, rows)
}

function tableOf(head: readonly string[], rows: readonly string[]): string {
  const cells = head.map((cell) => `<th>${cell}</th>`)
  return `<table><tr>${cells.join('')}</tr>\n${rows.join('\n')}</table>`
}

function servedCell({ served, succeeded }: PhaseFigures, backends: readonly string[]): string {
  let from = 0
  const parts = backends.map((name, rank) => {
    const width = ((served[name] ?? 0) / Math.max(1, succeeded)) * 200
    const part = box(from, 0, Math.max(0, width - 1), 12, `b${rank}`)
    from += width
    return part
  })
  const words = backends
    .filter((name) => served[name])
    .map((name) => `${name} ${countText(served[name]!)}`)
  const title = words.join(', ') || 'nobody'
  const bar = picture(200, 12, title, parts).replace('<svg ', '<svg preserveAspectRatio="none" ')
  return `${bar}${title}`
}

function phasePart(report: Report, phase: number): string {
  const { name, averageMs } = report.figures.phases[phase]!
  const average = averageMs === undefined ? '' : ` <small>${msText(averageMs)} on average</small>`
  const head = `<h3>${phase + 1}: ${escaped(name)}${average}</h3>`
  return `<section>${head}${phaseChart(report, phase)}</section>`
}
