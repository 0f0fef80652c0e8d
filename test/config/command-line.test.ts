/**
 * Goal: a few flags make a configuration as whole as a file does, and faults are told by flag.
 * Method: flags in, and of the Config only what the flags are about; then tables of slips.
 */

import { describe, expect, it } from 'vitest'

import { checkOf } from './support.ts'
import { parseAddress } from '../../src/base/address.ts'
import { configFromFlags } from '../../src/config/command-line.ts'
import type { Config } from '../../src/config/config.ts'
import type { Flags } from '../../src/config/flags.ts'
import { showName } from '../../src/config/values/names.ts'

const WWW = { name: 'www.example.test', member: '192.0.2.1' } as const

describe('configFromFlags', () => {
  it('makes a pool, a check, a name and a zone', () => {
    const config = made({
      name: 'www.example.test',
      member: ['192.0.2.1', '192.0.2.2=3', '2001:db8::3'],
      http: ':8080/healthz',
      interval: '2s',
      listen: ['127.0.0.1:0', '[::1]:0'],
      workers: '2',
      answers: '1',
      ttl: '10/2',
    })
    const [pool] = [...config.pools.values()]
    expect(config.listen.dns.map(({ address }) => address)).toEqual(['127.0.0.1', '::1'])
    expect(config.workers).toBe(2)
    expect(pool).toMatchObject({
      policy: 'weighted',
    })
    expect(checkOf(pool)).toMatchObject({
      probe: { kind: 'http', port: 8080, path: '/healthz' },
      intervalMs: 2000,
      fastIntervalMs: 1000,
      timeoutMs: 2000,
    })
    expect(pool!.members.map(({ name, v4, v6, weight }) => [name, v4 ?? v6, weight])).toEqual([
      ['192.0.2.1', parseAddress('192.0.2.1'), 1],
      ['192.0.2.2', parseAddress('192.0.2.2'), 3],
      ['2001:db8::3', parseAddress('2001:db8::3'), 1],
    ])
    expect(config.names).toMatchObject([{ pool: pool!.name, answers: 1, ttl: { max: 10, min: 2 } }])
    expect(showName(config.names[0]!.name)).toBe('www.example.test')
  })

  it('writes a zone that any server would serve: apex, name server and every member', () => {
    const { zones } = made({
      ...WWW,
      member: ['192.0.2.1', '2001:db8::2'],
      listen: '203.0.113.53:53',
      ttl: '9/3',
    })
    expect(zones.map(({ source }) => source)).toEqual([
      {
        text: `example.test. 3600 IN SOA ns.example.test. hostmaster.example.test. 1 3600 600 604800 5
example.test. 3600 IN NS ns.example.test.
ns.example.test. 3600 IN A 203.0.113.53
www.example.test. 9 IN A 192.0.2.1
www.example.test. 9 IN AAAA 2001:db8::2
`,
      },
    ])
  })

  it('says loopback for the name server of a host that listens everywhere', () => {
    expect(zoneText(made(WWW))).toMatch(/^ns\.example\.test\. 3600 IN A 127\.0\.0\.1$/m)
    expect(zoneText(made(WWW))).toMatch(/^ns\.example\.test\. 3600 IN AAAA ::1$/m)
  })

  it('leaves the name server alone where it is what is balanced', () => {
    const text = zoneText(made({ ...WWW, name: 'ns.example.test' }))
    expect(text.match(/^ns\.example\.test\. .* A .*$/gm)).toEqual([
      'ns.example.test. 30 IN A 192.0.2.1',
    ])
  })

  it.each([
    [{ name: 'www.example.test' }, 'example.test'],
    [{ name: '*.app.example.test' }, 'app.example.test'],
    [{ name: 'www.example.test', zone: 'www.example.test' }, 'www.example.test'],
    [{ name: 'a.b.example.test', zone: 'example.test.' }, 'example.test'],
    [{ name: ['a.example.test', 'b.example.test'] }, 'example.test'],
    [{ name: 'test' }, 'test'],
  ])('puts %j into the zone %s', (flags: Flags, apex) => {
    const { zones } = made({ ...WWW, ...flags })
    expect(zones.map((zone) => showName(zone.apex))).toEqual([apex])
  })

  it.each([
    [{ tcp: ':7000' }, { kind: 'tcp', port: 7000 }],
    [{ tcp: '7000' }, { kind: 'tcp', port: 7000 }],
    [{ http: ':8080' }, { kind: 'http', port: 8080, path: '/' }],
    [{ http: '8080' }, { kind: 'http', port: 8080, path: '/' }],
    [{ http: '/healthz' }, { kind: 'http', port: 80, path: '/healthz' }],
    [
      { http: ':80/a', expect: '204' },
      { kind: 'http', expect: [{ from: 204, to: 204 }] },
    ],
    [
      { https: 'www.example.org:8443/a:b' },
      { kind: 'https', host: 'www.example.org', port: 8443, path: '/a:b' },
    ],
  ])('reads the probe of %j', (flags: Flags, probe) => {
    expect(checkOf(made({ ...WWW, ...flags }).pools.get('pool'))!.probe).toMatchObject(probe)
  })

  it('takes a weight for a wish to weigh, unless a policy says otherwise', () => {
    const policy = (flags: Flags) => made({ ...WWW, ...flags }).pools.get('pool')!.policy
    expect(policy({})).toBe('rotate')
    expect(policy({ member: '192.0.2.1=2' })).toBe('weighted')
    expect(policy({ member: '192.0.2.1=2', policy: 'failover' })).toBe('failover')
  })
})

describe('a slip', () => {
  it.each<[Flags, string[]]>([
    [
      {},
      [
        'there is no name to balance; give --name www.example.test',
        'there is no member to answer; give --member 192.0.2.1',
      ],
    ],
    [{ ...WWW, name: 'a b' }, ['--name "a b" has white space in it']],
    [
      { ...WWW, zone: 'example.org' },
      ['--name "www.example.test" is in no zone; the only zone is example.org'],
    ],
    [{ ...WWW, zone: 'a..b' }, ['--zone "a..b" has an empty label']],
    [
      { ...WWW, member: '192.0.2.300' },
      ['--member "192.0.2.300" is not an IP address such as 192.0.2.1 or 2001:db8::1'],
    ],
    [
      { ...WWW, member: '192.0.2.300=3' },
      ['--member "192.0.2.300" is not an IPv4 address such as 192.0.2.1'],
    ],
    [
      { ...WWW, member: '192.0.2.1=many' },
      ['--member 192.0.2.1: weight must be a whole number (0–1000), not "many"'],
    ],
    [{ ...WWW, member: ['192.0.2.1', '192.0.2.1=3'] }, ['--member 192.0.2.1 is repeated']],
    [{ ...WWW, name: [WWW.name, WWW.name] }, ['--name www.example.test is repeated']],
    [{ ...WWW, tcp: 'x' }, ['--tcp: port must be a whole number (1–65535), not "x"']],
    [{ ...WWW, http: ':0/' }, ['--http: port 0 is outside 1–65535']],
    [
      { ...WWW, tcp: ':1', http: ':2' },
      ['--http stands beside tcp (--tcp); a check measures one thing'],
    ],
    [
      { ...WWW, tcp: ':1', interval: '1s', timeout: '2s' },
      ['--timeout 2s is longer than interval 1s (--interval)'],
    ],
    [
      { ...WWW, tcp: ':1', interval: '5' },
      ['--interval must be a span of time with its unit, such as 5s or 250ms, not 5'],
    ],
    [
      { ...WWW, rise: '2' },
      [expect.stringMatching(/^--rise measures nothing; it takes one of tcp, tls, http, https,/)],
    ],
    [{ ...WWW, policy: 'weigthed' }, ['--policy "weigthed" is unknown; did you mean "weighted"?']],
    [{ ...WWW, answers: '99' }, ['--answers 99 is outside 1–32']],
    [{ ...WWW, ttl: '5/30' }, ['--ttl "5/30" has a least (30) above its most (5); write 30/5']],
    [{ ...WWW, listen: '127.0.0.1' }, ['--listen "127.0.0.1" has no port; write 127.0.0.1:53']],
    [{ ...WWW, 'min-healthy': '2' }, ['--min-healthy 2 is more than its 1 member']],
  ])('in %j is told by its flag', (flags, messages) => {
    expect(messagesOf(flags)).toEqual(messages)
  })

  it('does not hide another, and all are told in the order of the help', () => {
    const flags = { ...WWW, listen: 'x', answers: '0', policy: 'best', tcp: ':0' }
    expect(messagesOf(flags).map((message) => message.split(' ')[0])).toEqual([
      '--tcp:',
      '--policy',
      '--answers',
      '--listen',
    ])
  })
})

function made(flags: Flags): Config {
  const reading = configFromFlags(flags)
  if (!reading.config) throw new Error(messagesOf(flags).join('\n'))
  return reading.config
}

function messagesOf(flags: Flags): string[] {
  const reading = configFromFlags(flags)
  if (reading.config) return []
  expect(reading.diagnostics.every(({ file }) => file === 'command line')).toBe(true)
  return reading.diagnostics.map(({ message }) => message)
}

function zoneText({ zones: [zone] }: Config): string {
  return zone && 'text' in zone.source ? zone.source.text : ''
}
