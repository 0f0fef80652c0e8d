/**
 * Goal: `rota check` says everything, shows where, counts, and exits as scripts expect.
 * Method: the command with files, output and exit of its own.
 */

import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'

import { type Diagnostic, headline } from '../../src/base/diagnostic.ts'
import { checkCommand } from '../../src/cli/check.ts'
import { written, zoneText } from '../control/configs.ts'

const RIGHT = `zones: { example.test: example.test.zone }
pools: { web: { members: [192.0.2.1, 192.0.2.2] } }
names: { www.example.test: { pool: web } }
`
const ODD = `${RIGHT}checks: { spare: { tcp: { port: 1 } } }\n`
const WRONG = `zones: { example.test: example.test.zone }
worker: 2
names: { www.example.test: { pool: web, answers: 99 } }
checks: { spare: { tcp: { port: 1 } } }
`

describe('rota check', () => {
  it('sums up a valid file and exits with 0', () => {
    expect(check(['-c', 'right.yaml'], { 'right.yaml': RIGHT })).toEqual({
      code: 0,
      output: `until nobody is sent to a dead member, at worst:
  www.example.test  web  never: no check

right.yaml: valid: 1 zone, 1 pool, 1 name, 2 members
`,
      errors: '',
    })
  })

  it('reads rota.yaml where no file is named', () => {
    expect(check([], { 'rota.yaml': RIGHT }).code).toBe(0)
  })

  it('shows every fault in its line, counts them, and exits with 1', () => {
    const { code, output } = check([], { 'rota.yaml': WRONG })
    expect(code).toBe(1)
    expect(output).toBe(`rota.yaml:2:1: unknown key "worker"; did you mean "workers"?
2 | worker: 2
  | ^^^^^^

rota.yaml:3:36: name "www.example.test": pool "web" is unknown; there is no pools section that defines it
3 | names: { www.example.test: { pool: web, answers: 99 } }
  |                                    ^^^

rota.yaml:3:50: name "www.example.test": answers 99 is outside 1–32
3 | names: { www.example.test: { pool: web, answers: 99 } }
  |                                                  ^^

3 errors
`)
  })

  it('takes a file with warnings for valid, and counts them', () => {
    const { code, output } = check([], { 'rota.yaml': ODD })
    expect(code).toBe(0)
    expect(output).toContain('rota.yaml:4:11: warning: check "spare" is used by no pool')
    expect(output.trimEnd().split('\n').slice(-2)).toEqual([
      'rota.yaml: valid: 1 zone, 1 pool, 1 name, 2 members',
      '1 warning',
    ])
  })

  it('shows what is wrong in a zone file, in the lines of that file', () => {
    const file = '/zones/example.test.zone'
    const found: Diagnostic = {
      ...{ file, line: 2, column: 7, length: 4 },
      ...{ severity: 'error', message: 'unknown type "AAAB"' },
    }
    const files = { 'rota.yaml': ODD, [file]: '$TTL 30\nwww   AAAB 192.0.2.1\n' }
    const { code, output } = check([], files, [found])
    expect(code).toBe(1)
    expect(output).toContain(`${file}:2:7: unknown type "AAAB"
2 | www   AAAB 192.0.2.1
  |       ^^^^
`)
    expect(output.endsWith('\n1 error, 1 warning\n')).toBe(true)
  })

  it('shows no line of a file that cannot be read', () => {
    const place = { file: '/zones/lost.zone', line: 1, column: 1 }
    const lost: Diagnostic = { ...place, severity: 'error', message: 'no such file' }
    const { output } = check([], { 'rota.yaml': RIGHT }, [lost])
    expect(output).toBe('/zones/lost.zone:1:1: no such file\n\n1 error\n')
  })

  it('does not open zones of a file that is wrong itself', () => {
    const { output } = check([], { 'rota.yaml': 'workers: 2' }, [
      { file: 'z', line: 1, column: 1, severity: 'error', message: 'never seen' },
    ])
    expect(output).not.toContain('never seen')
  })

  it('judges zone files as a server would, with warnings of both in the order of the files', () => {
    const { file } = written({
      'rota.yaml': `${ODD.replace('{ pool: web }', '{ pool: web }, bare.example.test: ')}`,
      'example.test.zone': zoneText('example.test', 'www IN CNAME ns1'),
    })
    const { code, headlines } = checkFile(file)
    expect(code).toBe(1)
    expect(headlines).toEqual([
      'rota.yaml:3:10: name "www.example.test" is a CNAME in zone example.test; take out one or the other',
      'rota.yaml:3:43: name "bare.example.test" has no pool, and no A or AAAA in zone example.test to be its members',
      'rota.yaml:4:11: warning: check "spare" is used by no pool and no name',
    ])
  })

  it('prints diagnostics as JSON, with the same exit code', () => {
    const { code, output } = check(['--json'], { 'rota.yaml': WRONG })
    expect(code).toBe(1)
    const { diagnostics, failovers } = JSON.parse(output)
    expect(diagnostics).toHaveLength(3)
    expect(failovers).toEqual([])
    expect(diagnostics[0]).toEqual({
      severity: 'error',
      file: 'rota.yaml',
      line: 2,
      column: 1,
      length: 6,
      message: 'unknown key "worker"; did you mean "workers"?',
    })
    const right = check(['--json'], { 'rota.yaml': RIGHT })
    expect(right.code).toBe(0)
    expect(JSON.parse(right.output)).toEqual({
      diagnostics: [],
      failovers: [{ name: 'www.example.test', pool: 'web', never: 'no check' }],
    })
  })

  it('sums up how long each name may lead to a dead member', () => {
    const checked = `zones: { example.test: z }
checks: { web: { http: , interval: 2s, fast_interval: 500ms, timeout: 1s } }
pools: { web: { check: web, members: [192.0.2.1, 192.0.2.2] } }
names:
  www.example.test: { pool: web, ttl: 6/5 }
  a.example.test: { check: web, ttl: 30/5 }
`
    const { output } = check([], { 'rota.yaml': checked })
    expect(output.split('\n').slice(0, 3)).toEqual([
      'until nobody is sent to a dead member, at worst:',
      '  www.example.test  web          10.3 s = 3.2 s until a probe fails + 2.0 s until it is believed + 0.1 s to publish + 5 s TTL (black hole; 8.4 s if it refuses)',
      '  a.example.test    (zone file)  33.3 s = 3.2 s until a probe fails + 0.1 s to publish + 30 s TTL (black hole; 32.3 s if it refuses)',
    ])
  })

  it('sums up pools where there are many names', () => {
    const names = Array.from({ length: 201 }, (_, i) => `n${i}.example.test: { pool: web }`)
    const many = RIGHT.replace('www.example.test: { pool: web }', names.join(', '))
    const { output } = check([], { 'rota.yaml': many })
    expect(output.split('\n')[1]).toBe('  web  201 names  never: no check')
  })

  it('prints the schema without any file', () => {
    const { code, output } = check(['--schema'], {})
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ type: 'object', required: ['zones'] })
  })

  it('exits with 2 where there is no file to judge', () => {
    expect(check(['-c', 'lost.yaml'], {})).toEqual({
      code: 2,
      output: '',
      errors: 'rota check: lost.yaml cannot be read: there is no such file\n',
    })
  })
})

/** Runs the command over files in memory. */
function check(args: string[], files: Record<string, string>, zoneFaults: Diagnostic[] = []) {
  const run = { code: -1, output: '', errors: '' }
  const command = checkCommand({
    write: (text) => {
      run.output += text
    },
    writeError: (text) => {
      run.errors += text
    },
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' })
      return text
    },
    checkZones: () => zoneFaults,
    exit: (code) => {
      run.code = code
    },
  })
  command.parse(args, { from: 'user' })
  return run
}

/** Runs the command over real files, with its own judges. */
function checkFile(file: string) {
  const run = { code: -1, output: '' }
  const command = checkCommand({
    write: (text) => {
      run.output += text
    },
    exit: (code) => {
      run.code = code
    },
  })
  command.parse(['-c', file, '--json'], { from: 'user' })
  const { diagnostics: found } = JSON.parse(run.output) as { diagnostics: Diagnostic[] }
  const folder = dirname(file)
  return {
    code: run.code,
    headlines: found.map(headline).map((line) => line.slice(folder.length + 1)),
  }
}
