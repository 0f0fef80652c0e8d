/**
 * Goal: a report says what its backend meant and nothing else, whatever arrives.
 * Method: tables of texts in each language, and texts of all kinds from fast-check.
 */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readLoad, readReport } from '../../../src/health/probes/report.ts'
import type { ReportFormat } from '../../../src/health/probes/spec.ts'

const TOLD: readonly (readonly [ReportFormat, string, object])[] = [
  ['two-numbers', '1000 3', { requests: 1000, errors: 3 }],
  ['two-numbers', ' 7,0\n', { requests: 7, errors: 0 }],
  [
    'json',
    '{"requests":10,"errors":1,"connections":5}',
    { requests: 10, errors: 1, connections: 5 },
  ],
  ['json', '{"load":0.25,"host":"a","errors":"many"}', { load: 0.25 }],
  ['json', '{"percent":40}', { share: 40 }],
  ['json', '{"weight":0}', { share: 0, word: 'drain' }],
  ['agent', '75%', { share: 75 }],
  ['agent', 'weight:50%', { share: 50 }],
  ['agent', '300%', { share: 100 }],
  ['agent', '0%', { share: 0, word: 'drain' }],
  ['agent', 'ready', { word: 'up' }],
  ['agent', 'READY\tUP,80%', { word: 'up', share: 80 }],
  ['agent', 'up drain', { word: 'drain' }],
  ['agent', 'down up', { word: 'down' }],
  ['agent', '0% up', { share: 0, word: 'drain' }],
  ['agent', 'maint', { word: 'down' }],
  ['agent', 'fail', { word: 'down' }],
  ['agent', 'maxconn:30 up', { word: 'up' }],
]

const SILENT: readonly (readonly [ReportFormat, string])[] = [
  ['two-numbers', '1000'],
  ['two-numbers', '1 2 3'],
  ['two-numbers', '1 -2'],
  ['two-numbers', '1e3 0'],
  ['json', '5'],
  ['json', 'null'],
  ['json', '[1,2]'],
  ['json', '{"load":-1}'],
  ['json', '{"load":1e999}'],
  ['json', '{"__proto__":{"load":1}}'],
  ['json', '{'],
  ['agent', ''],
  ['agent', 'toString'],
  ['agent', '# up'],
  ['agent', '50'],
]

describe('a report', () => {
  it.each(TOLD)('in %s of %j', (format, text, report) => {
    expect(readReport(text, format)?.report).toEqual(report)
  })

  it.each(SILENT)('in %s is not %j', (format, text) => {
    expect(readReport(text, format)).toBeUndefined()
  })

  it('of an agent has its reason, without what a terminal obeys', () => {
    expect(readReport('stopped #disk \u001b[31mfull\nup', 'agent')).toEqual({
      report: { word: 'down' },
      reason: 'disk  [31mfull',
    })
  })

  it('is made of figures, or there is none', () => {
    const formats = fc.constantFrom<ReportFormat>('two-numbers', 'json', 'agent')
    const texts = fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[0-9%a-z:#, ]*$/))
    fc.assert(
      fc.property(texts, formats, (text, format) => {
        const { word, ...figures } = readReport(text, format)?.report ?? {}
        for (const figure of Object.values(figures)) {
          expect(Number.isFinite(figure) && figure >= 0).toBe(true)
        }
        expect(['up', 'drain', 'down', undefined]).toContain(word)
      }),
    )
  })
})

describe('a load figure', () => {
  it.each([
    ['0.75', { load: 0.75 }],
    [' 12 ', { load: 12 }],
  ])('%j', (text, report) => expect(readLoad(text)).toEqual(report))

  it.each(['', '75%', '-1', '1e9', 'NaN', '1,5', '0x10'])('is not %j', (text) => {
    expect(readLoad(text)).toBeUndefined()
  })
})
