/**
 * The bench: `npm run bench -- [--quick] [--write] [names of parts]`; every part without names.
 * Results are printed, and with `--write` kept in the README beside this file.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { temporaryFolder } from '../support/folder.ts'
import { findTool } from '../support/tools.ts'
import { describeMachine } from './machine.ts'
import type { Part } from './part.ts'
import { answers } from './parts/answers.ts'
import { echo } from './parts/echo.ts'
import { heap } from './parts/heap.ts'
import { names } from './parts/names.ts'
import { prober } from './parts/prober.ts'
import { reload } from './parts/reload.ts'
import { scrape } from './parts/scrape.ts'
import { zone } from './parts/zone.ts'
import { replaceSection } from './readme.ts'

const PARTS: readonly Part[] = [answers, names, echo, zone, reload, prober, heap, scrape]
const README = resolve(import.meta.dirname, 'README.md')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' } },
})

const unknown = positionals.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  const known = PARTS.map(({ name }) => name).join(', ')
  fail(`no part is named ${unknown.join(', ')}; the parts are ${known}`)
} else {
  const chosen = PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  for (const part of chosen) await runPart(part)
}

async function runPart(part: Part): Promise<void> {
  const missing = part.needs.filter((tool) => findTool(tool) === undefined)
  if (missing.length > 0) {
    process.stdout.write(`part ${part.name} is left out: it needs ${missing.join(' and ')}\n`)
    return
  }
  const folder = temporaryFolder('bench')
  try {
    process.stdout.write(`\n## ${part.title}\n\n`)
    const body = await part.run({ folder: folder.path, isQuick: values.quick === true })
    process.stdout.write(`${body}\n`)
    if (!values.write) return
    const section = `## ${part.title}\n\n${body}\n\n*${describeMachine()}*`
    writeFileSync(README, replaceSection(readFileSync(README, 'utf8'), part.name, section))
  } finally {
    folder.remove()
  }
}

function fail(reason: string): void {
  process.stderr.write(`bench: ${reason}\n`)
  process.exitCode = 2
}
