/** A run as files to take away: all of it as JSON, one line for each visit as CSV (RFC 4180). */

import { typeName } from '../../wire/registry.ts'

import type { Run } from './run.ts'
import type { VisitRecord } from './visitor.ts'

/** Grows by one when a reader of older files would misread newer ones. */
const FORMAT = 1

export function jsonOf(run: Run, endedMs: number): string {
  const { settings, startedMs, tallies, markers, visits, forgotten } = run
  const { queries, count, failed } = run
  return JSON.stringify(
    {
      format: FORMAT,
      ...{ settings, startedAt: moment(startedMs), endedAt: moment(endedMs) },
      ...{ visits: count, queries, failed },
      members: Object.fromEntries(tallies),
      markers: markers.map(({ atMs, words }) => ({ at: moment(atMs), words })),
      forgotten,
      records: visits.map(({ atMs, answers, ...rest }) => ({
        at: moment(atMs),
        ...rest,
        answers: answers.map(({ type, ...answer }) => ({ type: typeName(type), ...answer })),
      })),
    },
    null,
    1,
  )
}

const COLUMNS: readonly (readonly [string, (record: VisitRecord) => string | number])[] = [
  ['at', ({ atMs }) => moment(atMs)],
  ['client', ({ client }) => client],
  ['subnet', ({ subnet = '' }) => subnet],
  ['queries', ({ queries }) => queries],
  ['answer', ({ answers }) => answers.flatMap(({ values }) => values).join(' ')],
  ['ttl', ({ answers }) => answers.map(({ ttlSeconds }) => ttlSeconds).join(' ')],
  ['chosen', ({ chosen = '' }) => chosen],
  ['tried', ({ tries }) => tries.map(({ address }) => address).join(' ')],
  ['served', ({ served = '' }) => served],
  ['said', ({ tries }) => tries.at(-1)?.words ?? ''],
  ['ms', ({ ms }) => ms.toFixed(1)],
  ['failure', ({ why = '' }) => why],
]

export function csvOf(run: Run): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...run.visits.map((record) => COLUMNS.map(([, read]) => cell(String(read(record))))),
  ]
  return lines.map((line) => `${line.join(',')}\r\n`).join('')
}

/** Quoted where it must be; what a spreadsheet would take for a formula is made text. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

function moment(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
