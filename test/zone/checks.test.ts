/**
 * Goal: a zone that cannot be served right is refused, one that hides a mistake is served with a
 * warning, and a sound zone is passed in silence.
 * Method: a sound zone plus a few lines, and the exact findings. Severities follow BIND 9.18's
 * named-checkzone, except that a wildcard NS is a warning here and that BIND says nothing of records
 * that are never answered.
 */

import { describe, expect, it } from 'vitest'

import { type Diagnostic, headline, sortDiagnostics } from '../../src/base/diagnostic.ts'
import { createZoneBuilder } from '../../src/zone/builder.ts'
import { checkZone } from '../../src/zone/checks.ts'
import { FAULTS_MAX } from '../../src/base/faults.ts'
import { parseZone } from '../../src/zone/parse.ts'
import { nameOctets } from './reading.ts'

const SOUND = `$TTL 60
@ SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 192.0.2.53
host AAAA 2001:db8::1
`

describe('a sound zone', () => {
  it.each([
    ['nothing but what it needs', ''],
    ['name servers, mail and services elsewhere', '@ NS ns.example.org.\n@ MX 1 a.example.org.'],
    [
      'an alias that is signed',
      'a CNAME host\na RRSIG CNAME 8 3 60 20300101000000 20200101000000 1 . AA==',
    ],
    ['no mail and no service, said with the root', '@ MX 0 .\n_x._tcp SRV 0 0 0 .'],
    ['targets that a wildcard answers for', '*.w A 192.0.2.1\n@ MX 1 mail.w\n@ MX 2 a.b.w'],
    ['a delegation with glue', 'sub NS ns.sub\nsub NS host\nns.sub A 192.0.2.1'],
    ['a name server named as what it serves', 'sub NS sub\nsub A 192.0.2.1'],
    ['glue for a delegation beside', 'a NS ns.b\nb NS ns.b\nns.b AAAA 2001:db8::2'],
    ['a signed delegation', `sub NS host\nsub DS 1 8 2 ${'00'.repeat(32)}`],
    ['mail in a delegated zone', 'sub NS host\n@ MX 1 mail.sub'],
    ['a DNAME with data of its own', 'd DNAME example.org.\nd A 192.0.2.1'],
    ['a host that has a DNAME as well', 'd DNAME example.org.\nd A 192.0.2.1\n@ MX 1 d'],
    [
      'signatures of sets whose TTLs differ',
      [60, 90]
        .map((ttl) => `a ${ttl} RRSIG TYPE${ttl} 8 3 60 20300101000000 20200101000000 1 . AA==`)
        .join('\n'),
    ],
    ['a wildcard with addresses', '* A 192.0.2.1'],
    ['several records of one type', 'host AAAA 2001:db8::2\nhost A 192.0.2.1'],
  ])('may have %s', (_, lines) => {
    expect(findings(SOUND + lines)).toEqual([])
  })

  it('may name hosts that a pool is bound to, without a record of their own', () => {
    const zone = `${SOUND}@ MX 1 www\nwww TXT "bound"`
    expect(findings(zone, { bound: ['www.example.test.'] })).toEqual([])
    expect(findings(zone)).toHaveLength(1)
  })

  it('may be the root', () => {
    const zone = '$TTL 60\n. SOA ns. host. 1 2 3 4 5\n. NS ns.\n. MX 0 .\nns. A 192.0.2.1'
    expect(findings(zone, { apex: '.' })).toEqual([])
  })
})

describe('an error', () => {
  const head = '$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns\n'
  const needsAddress = 'which has no A or AAAA record'
  it.each([
    ['$TTL 60\n@ NS ns\nns A 192.0.2.1', '1:1: zone example.test. has no SOA record'],
    [
      '$TTL 60\n@ SOA ns host 1 2 3 4 5\nns A 192.0.2.1',
      '2:1: zone example.test. has no NS record at its apex',
    ],
    [
      `${SOUND}@ SOA ns hostmaster 2 7200 900 1209600 300`,
      '6:1: SOA of example.test. is given twice, and differs',
    ],
    [
      `${SOUND}sub SOA ns host 1 2 3 4 5`,
      '6:1: SOA of sub.example.test. is not at the apex, example.test.',
    ],
    [`${SOUND}a CNAME b\na CNAME c`, '7:1: CNAME of a.example.test. is given twice, and differs'],
    [`${SOUND}a DNAME b\na DNAME c`, '7:1: DNAME of a.example.test. is given twice, and differs'],
    [
      `${SOUND}a TXT "b"\na CNAME b`,
      '7:1: CNAME of a.example.test. stands beside TXT, and must stand alone',
    ],
    [`${SOUND}@ CNAME host`, '6:1: CNAME of example.test. stands beside SOA, and must stand alone'],
    [head, `3:1: NS of example.test. names ns.example.test., ${needsAddress}`],
    [`${head}ns TXT "here"`, `3:1: NS of example.test. names ns.example.test., ${needsAddress}`],
    [
      `${head}ns CNAME host\nhost A 192.0.2.1`,
      '3:1: NS of example.test. names ns.example.test., which is an alias (CNAME or DNAME) and must be a name with addresses',
    ],
    [
      `$TTL 60\n@ SOA ns host 1 2 3 4 5\n@ NS ns.sub\nsub NS ns.example.org.`,
      '3:1: NS of example.test. names ns.sub.example.test., which is in a delegated zone and has no glue (A or AAAA record) here',
    ],
  ])('is told of %j', (zone, expected) => {
    expect(findings(zone)).toEqual([`main:${expected}`])
  })
})

describe('a warning', () => {
  const alias = 'which is an alias (CNAME or DNAME) and must be a name with addresses'
  const bare = 'which has no A or AAAA record'
  const glueless = 'which is in a delegated zone and has no glue (A or AAAA record) here'
  it.each([
    ['a MX 10 b', `6:1: MX of a.example.test. names b.example.test., ${bare}`],
    ['a MX 10 192.0.2.1', `6:1: MX of a.example.test. names 192.0.2.1.example.test., ${bare}`],
    ['a SRV 1 1 1 b\nb CNAME host', `6:1: SRV of a.example.test. names b.example.test., ${alias}`],
    ['a MX 1 b.d\nd DNAME host', `6:1: MX of a.example.test. names b.d.example.test., ${alias}`],
    ['a MX 1 b.w\n*.w CNAME host', `6:1: MX of a.example.test. names b.w.example.test., ${alias}`],
    ['a MX 1 b.w\n*.w TXT "x"', `6:1: MX of a.example.test. names b.w.example.test., ${bare}`],
    [
      '*.w A 192.0.2.1\nx.y.w TXT "x"\na MX 1 y.w',
      `8:1: MX of a.example.test. names y.w.example.test., ${bare}`,
    ],
    ['sub NS ns2', `6:1: NS of sub.example.test. names ns2.example.test., ${bare}`],
    ['sub NS b\nb CNAME host', `6:1: NS of sub.example.test. names b.example.test., ${alias}`],
    ['sub NS ns.sub', `6:1: NS of sub.example.test. names ns.sub.example.test., ${glueless}`],
    ['sub NS sub', `6:1: NS of sub.example.test. names sub.example.test., ${glueless}`],
    ['a NS ns.b\nb NS host', `6:1: NS of a.example.test. names ns.b.example.test., ${glueless}`],
    [
      'a A 192.0.2.1\na 9 A 192.0.2.2',
      '6:1: A of a.example.test. has TTLs of 9 and 60 seconds: the lowest is used',
    ],
    [
      'a MX 1 host\na A 192.0.2.1\na MX 1 host',
      '8:1: MX of a.example.test. is given twice: 1 host.example.test.',
    ],
    ['*.x NS host', '6:1: NS of *.x.example.test. has a wildcard owner: no server agrees on it'],
    [
      '*.x DNAME host',
      '6:1: DNAME of *.x.example.test. has a wildcard owner: no server agrees on it',
    ],
    [
      'sub NS host\nx.sub TXT "a"\nx.sub A 192.0.2.1',
      '7:1: TXT of x.sub.example.test. is below the delegation of sub.example.test.: it is never answered',
    ],
    [
      'sub NS sub\nsub A 192.0.2.1\nb NS x.sub',
      `8:1: NS of b.example.test. names x.sub.example.test., ${glueless}`,
    ],
    [
      'sub NS host\nx.sub MX 1 nowhere',
      '7:1: MX of x.sub.example.test. is below the delegation of sub.example.test.: it is never answered',
    ],
    [
      'sub NS host\nsub MX 1 nowhere',
      '7:1: MX of sub.example.test. stands where the name is delegated: it is never answered',
    ],
    [
      'sub NS host\nx.sub NS nowhere\nx.sub TXT "a"',
      '7:1: NS of x.sub.example.test. is below the delegation of sub.example.test.: it is never answered',
    ],
    [
      'sub NS host\nx.sub A 192.0.2.1',
      '7:1: A of x.sub.example.test. is below the delegation of sub.example.test.: it is never answered',
    ],
    [
      'sub NS host\nsub TXT "a"',
      '7:1: TXT of sub.example.test. stands where the name is delegated: it is never answered',
    ],
    [
      'd DNAME example.org.\na.b.d TXT "a"',
      '7:1: TXT of a.b.d.example.test. is below the DNAME of d.example.test.: it is never answered',
    ],
    [
      'sub NS host\nx.sub NS ns.x.sub',
      '7:1: NS of x.sub.example.test. is below the delegation of sub.example.test.: it is never answered',
    ],
  ])('is told of %j', (lines, expected) => {
    const at = expected.indexOf(' ')
    expect(findings(SOUND + lines)).toEqual([
      `main:${expected.slice(0, at)} warning:${expected.slice(at)}`,
    ])
  })

  it('names the highest of several delegations, for it hides the others', () => {
    const found = findings(`${SOUND}sub NS host\nx.sub NS host\ny.x.sub TXT "a"`)
    expect(found.map((line) => /below the delegation of (\S+):/.exec(line)?.[1])).toEqual([
      'sub.example.test.',
      'sub.example.test.',
    ])
  })

  it('is told of the address of a name server that a DNAME hides: it is no glue', () => {
    const found = findings(`${SOUND}d DNAME example.org.\na.d A 192.0.2.1\nsub NS a.d`)
    expect(found).toEqual([
      'main:7:1: warning: A of a.d.example.test. is below the DNAME of d.example.test.: it is never answered',
      `main:8:1: warning: NS of sub.example.test. names a.d.example.test., ${alias}`,
    ])
  })

  it('is told once for each of many, up to a bound', () => {
    const lines = Array.from({ length: FAULTS_MAX + 5 }, (_, i) => `m${i} MX 1 nowhere`)
    const found = findings(SOUND + lines.join('\n'))
    expect(found).toHaveLength(FAULTS_MAX + 1)
    expect(found.at(-1)).toMatch(/warning: and 5 more warnings after this one$/)
  })
})

describe('what could never be answered', () => {
  it('is an RRset that no message holds', () => {
    const line = (i: number) => `big TXT "${'x'.repeat(200)}${i}"\n`
    const text = SOUND + Array.from({ length: 400 }, (_, i) => line(i)).join('')
    expect(findings(text)).toEqual([
      expect.stringMatching(
        /^main:6:1: TXT of big\.example\.test\. takes 8\d{4} octets; a message holds/,
      ),
    ])
  })

  it('is a signed zone, whose signatures are not served', () => {
    const signature = 'RRSIG SOA 13 2 60 20300101000000 20200101000000 1 example.test. AAAA'
    expect(findings(`${SOUND}@ ${signature}`)).toEqual([
      expect.stringMatching(
        /^main:6:1: zone example\.test\. is signed, and signatures are not served/,
      ),
    ])
  })
})

it('a finding is shown in the file that its record stands in', () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`f${i}`, `f${i} A 192.0.2.1`]),
  )
  const text = `${SOUND}${Object.keys(many)
    .map((name) => `$INCLUDE ${name}\n`)
    .join('')}$INCLUDE last`
  expect(findings(text, { files: { ...many, last: '\na CNAME b\na TXT "c"' } })).toEqual([
    'last:2:1: CNAME of a.example.test. stands beside TXT, and must stand alone',
  ])
})

it('a finding is shown by the line of an included file', () => {
  const files = { more: '\na CNAME b\na TXT "c"' }
  expect(findings(`${SOUND}$INCLUDE more`, { files })).toEqual([
    'more:2:1: CNAME of a.example.test. stands beside TXT, and must stand alone',
  ])
})

interface FindingsOptions {
  readonly apex?: string
  readonly bound?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

/** What the checks find in a zone whose text has no faults of its own, in the order of the text. */
function findings(text: string, options: FindingsOptions = {}): string[] {
  const apex = nameOctets(options.apex ?? 'example.test.')
  const builder = createZoneBuilder(apex)
  const found: Diagnostic[] = []
  const encode = (words: string) => new TextEncoder().encode(words)
  const { files } = parseZone({
    file: 'main',
    octets: encode(text),
    apex,
    sink: builder,
    include: (path) => ({ octets: encode(options.files?.[path] ?? ''), file: path }),
    report: (fault) => {
      throw new Error(headline(fault))
    },
  })
  for (const name of options.bound ?? []) builder.bind(nameOctets(name), 0)
  checkZone({ builder, files, report: (diagnostic) => found.push(diagnostic) })
  return sortDiagnostics(found).map(headline)
}
