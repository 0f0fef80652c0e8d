/**
 * Goal: SRV, SVCB and HTTPS records lead to nobody who may not be answered, and to somebody while
 * anybody may.
 * Method: the lines of a zone, who is out, and the records that are left, as people write them.
 */

import { describe, expect, it } from 'vitest'

import { loadZone } from '../../../src/zone/load.ts'
import { NO_NODE, nodeAtDepth } from '../../../src/zone/lookup.ts'
import { servicesOf } from '../../../src/zone/services.ts'
import { followHealth } from '../../../src/control/judgement/services.ts'
import { foldName, parseName } from '../../../src/wire/name.ts'
import { createPath, setPath } from '../../../src/wire/name-path.ts'
import { printRdata } from '../../../src/wire/rdata/print.ts'
import { typeName } from '../../../src/wire/registry.ts'
import { zoneText } from '../configs.ts'

const HOSTS = ['a A 192.0.2.1', 'a AAAA 2001:db8::1', 'b A 192.0.2.2', 'c A 192.0.2.3']
const MEMBERS = ['192.0.2.1', '2001:db8::1', '192.0.2.2']

describe('SRV', () => {
  const SRV = ['_sip._tcp SRV 0 5 5060 a', '_sip._tcp SRV 1 5 5060 b']

  it('leads to whom may be answered', () => {
    expect(left('_sip._tcp', SRV, [])).toEqual([
      '30 SRV 0 5 5060 a.example.test.',
      '30 SRV 1 5 5060 b.example.test.',
    ])
    expect(left('_sip._tcp', SRV, ['192.0.2.2'])).toEqual(['30 SRV 0 5 5060 a.example.test.'])
  })

  it('stays while one address of its target may be answered', () => {
    expect(left('_sip._tcp', SRV, ['192.0.2.1'])).toHaveLength(2)
    expect(left('_sip._tcp', SRV, ['192.0.2.1', '2001:db8::1'])).toEqual([
      '30 SRV 1 5 5060 b.example.test.',
    ])
  })

  it('stays where the pool knows nothing of its target', () => {
    const lines = [...SRV, '_sip._tcp SRV 2 5 5060 c', '_sip._tcp SRV 2 5 5060 far.example.org.']
    expect(left('_sip._tcp', lines, MEMBERS)).toEqual([
      '30 SRV 2 5 5060 c.example.test.',
      '30 SRV 2 5 5060 far.example.org.',
    ])
  })

  it('leads to all where every target is out and the pool answers all the same', () => {
    expect(left('_sip._tcp', SRV, MEMBERS)).toHaveLength(2)
  })

  it('leads nowhere where the pool answers nobody', () => {
    expect(left('_sip._tcp', SRV, MEMBERS, { isAnybody: false })).toEqual([])
  })

  it('is kept no longer than an address would be, nor than its zone says', () => {
    expect(left('_sip._tcp', ['_sip._tcp 7 SRV 0 5 5060 a'], [])[0]).toMatch(/^7 /)
    expect(left('_sip._tcp', ['_sip._tcp 600 SRV 0 5 5060 a'], [], { ttl: 5 })[0]).toMatch(/^5 /)
  })
})

describe('HTTPS', () => {
  const HINTS = 'ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1'

  it('hints at whom may be answered', () => {
    const lines = [`www HTTPS 1 . alpn=h2 ${HINTS}`]
    expect(left('www', lines, ['192.0.2.2'])).toEqual([
      '30 HTTPS 1 . alpn="h2" ipv4hint=192.0.2.1 ipv6hint=2001:db8::1',
    ])
  })

  it('loses a hint of which nothing is left, and keeps what stands around it', () => {
    const lines = [`www HTTPS 1 . alpn=h2 port=8443 ${HINTS} key65000=x`]
    expect(left('www', lines, ['192.0.2.1', '192.0.2.2'])).toEqual([
      '30 HTTPS 1 . alpn="h2" port=8443 ipv6hint=2001:db8::1 key65000="x"',
    ])
    expect(left('www', lines, ['2001:db8::1'])).toEqual([
      '30 HTTPS 1 . alpn="h2" port=8443 ipv4hint=192.0.2.1,192.0.2.2 key65000="x"',
    ])
  })

  it('goes as a whole where a hint that it calls mandatory would', () => {
    const lines = [`www HTTPS 1 . mandatory=ipv6hint ${HINTS}`, 'www HTTPS 2 . alpn=h2']
    expect(left('www', lines, ['2001:db8::1'])).toEqual(['30 HTTPS 2 . alpn="h2"'])
  })

  it('stays without hints where it leads to its own name, which somebody else answers', () => {
    const lines = [`www HTTPS 1 . alpn=h2 ${HINTS}`]
    expect(left('www', lines, MEMBERS)).toEqual(['30 HTTPS 1 . alpn="h2"'])
  })

  it('goes where all that it leads to is out', () => {
    const lines = [`www HTTPS 1 a ${HINTS}`, 'www HTTPS 2 b']
    expect(left('www', lines, ['192.0.2.2'])).toHaveLength(1)
    expect(left('www', lines, ['192.0.2.2'])[0]).toMatch('HTTPS 1 a.example.test.')
  })
})

/** The records left at a name while `out` may not be answered, as `ttl type data`. */
function left(
  name: string,
  lines: readonly string[],
  out: readonly string[],
  { ttl = 30, isAnybody = true } = {},
): string[] {
  const standing = (address: string) =>
    MEMBERS.includes(address) ? !out.includes(address) : undefined
  const sets = followHealth(recordsAt(name, lines), standing, ttl, isAnybody)
  return sets.flatMap(({ octets }) => printed(octets))
}

function recordsAt(name: string, lines: readonly string[]) {
  const text = zoneText('example.test', ...HOSTS, ...lines)
  const place = { file: 'rota.yaml', line: 1, column: 1 }
  const { image, diagnostics } = loadZone({
    place,
    apex: octetsOf('example.test.'),
    source: { text },
    bound: [],
  })
  if (!image) throw new Error(diagnostics[0]?.message)
  const path = createPath()
  const octets = octetsOf(`${name}.example.test.`)
  setPath(path, octets, 0, octets.length)
  const node = nodeAtDepth(image, path, path.depth)
  if (node === NO_NODE) throw new Error('the name has records')
  return servicesOf(image, node)
}

function octetsOf(name: string): Uint8Array {
  const octets = parseName(name)
  if (typeof octets === 'number') throw new Error(name)
  return foldName(octets)
}

/** Reads an RRset as a zone image holds it. */
function printed(rrset: Uint8Array): string[] {
  const view = new DataView(rrset.buffer)
  const lines: string[] = []
  let at = 8
  while (at < rrset.length) {
    const [type, length] = [view.getUint16(at + 2), view.getUint16(at + 10)]
    const data = printRdata(type, rrset, at + 12, length)
    lines.push(`${view.getUint32(at + 6)} ${typeName(type)} ${data}`)
    at += 12 + length
  }
  expect(lines).toHaveLength(view.getUint16(2))
  return lines
}
