/**
 * Goal: each mistake in a configuration is told where it is, with what would be right; and what
 * cannot go together, with the lines of both.
 * Method: tables of mistakes, written into files that `rota check` reads. `@` marks where in its
 * text a mistake is to be told, `%` the line that it must name as well.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { written, zoneText } from '../control/configs.ts'
import { run } from './rota.ts'

/** A section, a text for it, and what is to be said: `#` is the line of `%`. Empty: it is right. */
type Mistake = readonly [section: string, text: string, says: string]

const VALUES: readonly Mistake[] = [
  ['prober', 'suspect_when: @5%', 'suspect_when "5%" is outside 10%–100%'],
  ['prober', 'freeze: @2d', 'freeze "2d" is outside 1s–1d'],
  ['explain', 'allow: [@127.0.0.1/8]', 'has bits set past its prefix; write 127.0.0.0/8'],
  ['maps', 'two: { %file: a.map, @mmdb: b.mmdb }', 'mmdb stands beside file (line #)'],
  ['checks', 'two:\n    %tcp: { port: 80 }\n    @http: {}', 'http stands beside tcp (line #)'],
  ['checks', '@nothing: { interval: 5s }', 'measures nothing; it takes one of tcp, tls, http'],
  [
    'checks',
    'slow:\n    tcp: { port: 80 }\n    %interval: 1s\n    timeout: @3s',
    'timeout 3s is longer than interval 1s (line #)',
  ],
  ['checks', 'eager: { tcp: { port: 80 }, every: @5 answers }', 'outside 10–1000000000 answers'],
  ['checks', 'loud: { tcp: { port: 80 }, report: @loud }', 'it takes two-numbers, json or agent'],
  [
    'checks',
    'header: { %tcp: { port: 80 }, @report: { header: X-Load } }',
    'report means nothing beside tcp (line #): only http and https have headers',
  ],
  [
    'checks',
    'soon: { tls: { verify: false, cert_warn: @1m } }',
    'cert_warn "1m" is outside 1h–365d',
  ],
  ['checks', 'program: { exec: { command: @ping } }', '"ping" is not an absolute path'],
  [
    'checks',
    'parts: { at_least: @3, %of: [loud, eager] }',
    'more than the 2 checks in "of" (line #)',
  ],
  [
    'checks',
    '%knot:\n    all_of: [tied]\n  tied: { any_of: [@knot] }',
    'any_of "knot" leads back to check "knot" (line #)',
  ],
  ['checks', 'pattern: { http: { body: @"/(/" } }', 'is not a regular expression'],
  ['checks', 'far: { http: { redirects: @9 } }', 'redirects 9 is outside 0–5'],
  [
    'pools',
    'bound: { policy: sticky, load_bound: @1.01, members: [192.0.2.1] }',
    'load_bound 1.01 is outside 1.05–10',
  ],
  [
    'pools',
    'map: { policy: nearest, map: @world, members: [192.0.2.1] }',
    'map "world" is unknown',
  ],
  ['pools', 'shed: { members: { a: { v4: 192.0.2.1, shed: @95% } } }', '"95%" is outside 0%–90%'],
  ['pools', 'place: { members: { a: { v4: 192.0.2.1, at: @"95,20" } } }', 'outside -90–90'],
  ['pools', 'land: { members: { a: { v4: 192.0.2.1, country: @Norway } } }', 'two letters such as'],
  [
    'pools',
    'kinds:\n    members:\n      a:\n        %v4: 192.0.2.1\n        @pool: bound',
    'pool stands beside v4 (line #)',
  ],
  ['pools', 'ladder: { when_all_down: [%nodata, @all], members: [192.0.2.1] }', '"nodata" always'],
  [
    'pools',
    'steps: { when_all_down: [@last_good for 10m], members: [192.0.2.1] }',
    'and nothing follows it',
  ],
  [
    'pools',
    'lease: { register: { networks: 192.0.2.0/24, lease: @1s }, members: [192.0.2.1] }',
    'lease "1s" is outside 5s–1h',
  ],
  ['pools', 'ramp: { slow_start: @500ms, members: [192.0.2.1] }', '"500ms" is outside 1s–1h'],
  ['pools', 'floor: { min_serving: @5, members: [192.0.2.1] }', 'more than its 1 member'],
  ['names', 'within.example.test: { pool: bound, failover_within: @100ms }', 'outside 1s–1h'],
  ['names', 'mode.example.test: { pool: bound, ttl_mode: @stepp }', 'did you mean "step"?'],
  ['names', 'both.example.test: { pool: bound, @check: slow }', 'check is decided by pool "bound"'],
]

const RULES: readonly Mistake[] = [
  ['prober', 'anchors: { addresses: 192.0.2.1, check: @none }', 'check "none" is unknown'],
  [
    'pools',
    'stick:\n    %policy: rotate\n    @sticky: { v4: 24 }\n    members: [192.0.2.1]',
    'sticky means nothing to policy rotate (line #)',
  ],
  [
    'pools',
    'bound: { %policy: weighted, @load_bound: 1.5, members: [192.0.2.1] }',
    'load_bound means nothing to policy weighted (line #)',
  ],
  [
    'pools',
    'back: { %policy: rotate, @fail_back: false, members: [192.0.2.1] }',
    'fail_back means nothing to policy rotate (line #)',
  ],
  ['pools', 'ramp: { @slow_start: 5s, members: [192.0.2.1] }', 'means nothing without a check'],
  ['pools', 'near: { policy: @nearest, members: [192.0.2.1] }', 'needs a map'],
  [
    'names',
    'a.example.test: { pool: ramp, clients: [@{ subnet: 192.0.2.0/24 }] }',
    'it takes pool, policy or both',
  ],
  [
    'names',
    'b.example.test:\n    pool: ramp\n    clients:\n      - { %subnet: 192.0.2.0/24, pool: back }\n' +
      '      - { @subnet: 192.0.2.0/25, pool: stick }',
    '192.0.2.0/24 (line #) is before it',
  ],
]

const BUDGET: readonly Mistake[] = [
  ['checks', 'web: { tcp: { port: 80 }, interval: 30s, timeout: 10s }', ''],
  ['pools', 'web: { check: web, members: [192.0.2.1, 192.0.2.2] }', ''],
  [
    'names',
    'a.example.test: { pool: web, failover_within: @20s }',
    'cannot be kept: 55.1 s = 43.0 s until a probe fails (interval, line 3; timeout, line 3)',
  ],
]

describe.each([
  ['a value', VALUES],
  ['a rule', RULES],
  ['a budget', BUDGET],
])('%s', (_, mistakes) => {
  const endings: (() => Promise<void>)[] = []
  let told: readonly Diagnostic[] = []

  beforeAll(async () => {
    told = await diagnosticsOf(textOf(mistakes), (ending) => void endings.push(ending))
  })
  afterAll(async () => {
    for (const ending of endings) await ending()
  })

  it.each(mistakes.filter(([, , says]) => says !== ''))('%s: %s', (...mistake) => {
    const place = placeOf(mistakes, mistake)
    const here = told.filter(({ line, column }) => `${line}:${column}` === place.at)
    const says = mistake[2].replace('#', String(place.otherLine))
    expect(here.map(({ message }) => message).join('\n')).toContain(says)
  })
})

it('a map file is read as well: its lines have places of their own', async () => {
  const map = '192.0.2.0/24 berlin\nnonsense\n192.0.2.0/24 oslo\n'
  const yaml =
    'maps: { offices: { file: offices.map } }\n' +
    'pools: { web: { policy: nearest, map: offices, members: { a: { v4: 192.0.2.1, near: berlin } } } }\n' +
    'names: { www.example.test: { pool: web } }\n'
  const files = { 'offices.map': map }
  const told = await diagnosticsOf(`${HEAD}${yaml}`, undefined, files)
  expect(told.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    expect.stringMatching(/^2:1 "nonsense" is no subnet/),
    expect.stringMatching(/^3:1 192\.0\.2\.0\/24 is oslo here and berlin on line 1/),
  ])
})

const HEAD = 'zones: { example.test: example.test.zone }\n'

/** The file of all these mistakes, section by section, with the marks still in it. */
function markedOf(mistakes: readonly Mistake[]): string {
  const sections = [...new Set(mistakes.map(([section]) => section))]
  const texts = sections.map((section) => {
    const lines = mistakes.filter(([one]) => one === section).map(([, text]) => `  ${text}\n`)
    return `${section}:\n${lines.join('')}`
  })
  return HEAD + texts.join('')
}

function textOf(mistakes: readonly Mistake[]): string {
  return unmarked(markedOf(mistakes))
}

/** A percent sign after a digit is one of the YAML's own. */
function unmarked(text: string): string {
  return text.replace(/@|(?<!\d)%/g, '')
}

function placeOf(mistakes: readonly Mistake[], [, text]: Mistake) {
  const all = markedOf(mistakes)
  const start = all.indexOf(text)
  const before = unmarked(all.slice(0, start + text.indexOf('@'))).split('\n')
  const other = text.search(/(?<!\d)%/)
  return {
    at: `${before.length}:${before.at(-1)!.length + 1}`,
    otherLine: all.slice(0, start + other).split('\n').length,
  }
}

async function diagnosticsOf(
  yaml: string,
  until?: (ending: () => Promise<void>) => void,
  more: Readonly<Record<string, string>> = {},
): Promise<readonly Diagnostic[]> {
  const texts = { 'rota.yaml': yaml, 'example.test.zone': zoneText('example.test'), ...more }
  const files = written(texts, until)
  const child = run(['check', '--json', '-c', files.file], { ...(until && { until }) })
  expect(await child.ended).toBe(1)
  return (JSON.parse(child.output()) as { diagnostics: Diagnostic[] }).diagnostics
}
