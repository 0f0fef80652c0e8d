/**
 * Goal: what does not fit is left out whole and told by TC; what fits is compressed and never more
 * than the message.
 * Method: sets of growing size, asked in datagrams; every message is decoded strictly.
 */

import { describe, expect, it } from 'vitest'

import { authority } from '../support/authority.ts'

const HEAD = `
$TTL 60
@      SOA ns1.example.org. hostmaster 1 7200 3600 1209600 60
@      NS  ns1.example.org.
`

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')
}

describe('an RRset that does not fit', () => {
  const { ask } = authority({
    'example.test': `${HEAD}
${lines(40, (host) => `wide A 192.0.2.${host}`)}
${lines(40, (host) => `wide6 AAAA 2001:db8::${host + 1}`)}
alias CNAME wide
${lines(30, (host) => `mx MX ${host} host${host}.mail`)}
${lines(30, (host) => `host${host}.mail A 192.0.2.${host}`)}
text TXT ${lines(6, () => `"${'x'.repeat(200)}"`).replaceAll('\n', ' ')}
`,
  })

  it('is left out whole, and TC tells so (RFC 2181 §9)', () => {
    expect(ask('wide.example.test A')).toMatchObject({ flags: 'qr aa tc', answer: [] })
    expect(ask('wide.example.test A', { tcp: true }).answer).toHaveLength(40)
  })

  it('leaves OPT where it was (RFC 6891 §7)', () => {
    const { flags, message } = ask('wide6.example.test AAAA', { payload: 600, nsid: true })
    expect(flags).toBe('qr aa tc')
    expect(message.edns?.payload).toBe(1232)
  })

  it('at the end of a chain leaves the chain', () => {
    expect(ask('alias.example.test A')).toMatchObject({
      flags: 'qr aa tc',
      answer: ['alias.example.test. 60 IN CNAME wide.example.test.'],
    })
  })

  it('of one record larger than any datagram is for TCP', () => {
    expect(ask('text.example.test TXT', { payload: 4096 })).toMatchObject({
      flags: 'qr aa tc',
      answer: [],
    })
    expect(ask('text.example.test TXT', { tcp: true }).octets.length).toBeGreaterThan(1232)
  })

  it('is no matter where it is only added: no TC, and only whole RRsets', () => {
    const { flags, answer, additional } = ask('mx.example.test MX', { payload: 1000 })
    expect([flags, answer.length]).toEqual(['qr aa', 30])
    expect(additional.length).toBeGreaterThan(0)
    expect(additional.length).toBeLessThan(30)
  })

  it('even by one octet sets TC, at every size', () => {
    const whole = ask('wide.example.test A', { payload: 1232 })
    expect(whole.flags).toBe('qr aa')
    // An OPT record leaves room for an extended error of 6 octets that did not come.
    const needed = whole.octets.length + 6
    for (let payload = 512; payload <= 1232; payload++) {
      const { flags, answer } = ask('wide.example.test A', { payload })
      expect([flags, answer.length]).toEqual(payload < needed ? ['qr aa tc', 0] : ['qr aa', 40])
    }
  })
})

describe('a negative answer', () => {
  it('whose SOA does not fit is truncated', () => {
    const long = lines(1, () => Array.from({ length: 4 }, () => 'm'.repeat(50)).join('.')).trim()
    const { ask } = authority({
      'example.test': `@ 60 SOA ${long} ${long.replaceAll('m', 'r')} 1 2 3 4 5\n`,
    })
    const name = Array.from({ length: 4 }, () => 'n'.repeat(55)).join('.')
    expect(ask(`${name}.example.test A`)).toMatchObject({
      rcode: 'NXDOMAIN',
      flags: 'qr aa tc',
      authority: [],
    })
  })
})

describe('a referral', () => {
  const { ask } = authority({
    'example.test': `${HEAD}
${lines(13, (server) => `sub NS server-${server}.sub`)}
${lines(13, (server) => `server-${server}.sub A 192.0.2.${server + 1}`)}
${lines(13, (server) => `server-${server}.sub AAAA 2001:db8::${server + 1}`)}
${lines(13, (server) => `far NS server-${server}.sub`)}
${lines(40, (server) => `huge NS another-quite-long-name-of-a-server-${server}.example.org.`)}
`,
  })

  it('whose glue does not fit sets TC (RFC 9471 §3.1)', () => {
    const { flags, authority, additional } = ask('www.sub.example.test A')
    expect([flags, authority.length]).toEqual(['qr tc', 13])
    expect(additional.length).toBeLessThan(26)
    expect(ask('www.sub.example.test A', { payload: 1232 })).toMatchObject({ flags: 'qr' })
  })

  it('whose glue of a sibling does not fit is complete without it (RFC 9471 §3.2)', () => {
    expect(ask('www.far.example.test A').flags).toBe('qr')
  })

  it('whose servers do not fit has none, and TC', () => {
    expect(ask('www.huge.example.test A')).toMatchObject({ flags: 'qr tc', authority: [] })
  })
})

describe('compression', () => {
  it('points at the question and at what was written before', () => {
    const { ask } = authority({
      'example.test': `${HEAD}\n${lines(3, (host) => `@ MX ${host} mx${host}.mail`)}
${lines(3, (host) => `mx${host}.mail A 192.0.2.${host}`)}`,
    })
    const { octets, message } = ask('example.test MX')
    expect(message.answer).toHaveLength(3)
    // Question 12 + 18; MX 2 + 10 + 2 + mx0(4) + mail(5) + pointer, then 4 + pointer; A 2 + 14.
    expect(octets).toHaveLength(30 + (14 + 11) + 2 * (14 + 6) + 3 * 16)
  })

  it('leaves names alone in types that nobody may compress (RFC 3597 §4)', () => {
    const { ask } = authority({ 'example.test': `${HEAD}\n@ SRV 0 0 443 www.example.test.\n` })
    const { octets } = ask('example.test SRV')
    const name = [3, 119, 119, 119, 7, 101, 120, 97, 109, 112, 108, 101, 4, 116, 101, 115, 116, 0]
    expect([...octets.slice(-name.length)]).toEqual(name)
  })

  it('stays within what a pointer can reach in the largest message', () => {
    const { ask } = authority({
      'example.test': `${HEAD}\n${lines(1200, (host) => `@ MX ${host} host-number-${host}.of.many`)}
${lines(1200, (host) => `host-number-${host}.of.many A 192.0.${host >> 8}.${host & 255}`)}`,
    })
    const { octets, answer } = ask('example.test MX', { tcp: true })
    expect(octets.length).toBeGreaterThan(0x4000)
    expect(answer.at(-1)).toBe('example.test. 60 IN MX 1199 host-number-1199.of.many.example.test.')
  })

  it('points at no name that stands too far from the start', () => {
    const { ask } = authority({
      'example.test': `${HEAD}\n${lines(500, (host) => `@ SRV 0 0 443 host-${host}.of.many`)}
${lines(500, (host) => `host-${host}.of.many A 192.0.${host >> 8}.${host & 255}`)}`,
    })
    const { octets, answer, additional } = ask('example.test SRV', { tcp: true })
    expect([answer.length, additional.length]).toEqual([500, 500])
    expect(octets.length).toBeGreaterThan(0x4000)
    expect(additional.every((record) => /^host-\d+\.of\.many\.example\.test\. /.test(record))).toBe(
      true,
    )
  })

  it('never points into the name that is being written, whatever stood there before', () => {
    const { ask } = authority({
      'example.test': `${HEAD}\none CNAME a.b.example.org.\ntwo CNAME a.a.b.example.org.\n`,
    })
    for (const _ of [1, 2, 3]) {
      expect(ask('one.example.test A').answer).toEqual([
        'one.example.test. 60 IN CNAME a.b.example.org.',
      ])
      expect(ask('two.example.test A').answer).toEqual([
        'two.example.test. 60 IN CNAME a.a.b.example.org.',
      ])
    }
  })

  it('is sound where a set was written and taken back', () => {
    // The addresses of the first host never fit, and those of the second always do: what the first
    // left behind must not be pointed at. (Targets of SRV are not compressed, nor pointed at.)
    const { ask: locate } = authority({
      'example.test': `${HEAD}
@ SRV 0 0 443 one.of.many.hosts
@ SRV 0 0 443 two.of.many.hosts
${lines(90, (host) => `one.of.many.hosts A 192.0.2.${host}`)}
two.of.many.hosts A 198.51.100.2`,
    })
    expect(locate('example.test SRV').additional).toEqual([
      'two.of.many.hosts.example.test. 60 IN A 198.51.100.2',
    ])
    const { ask } = authority({
      'example.test': `${HEAD}
${lines(20, (server) => `sub NS server-${server}.of.sub`)}
${lines(20, (server) => `server-${server}.of.sub A 192.0.2.${server}`)}
${lines(20, (server) => `server-${server}.of.sub AAAA 2001:db8::${server + 1}`)}`,
    })
    for (let payload = 512; payload <= 1232; payload += 3) {
      const { additional } = ask('www.sub.example.test A', { payload })
      expect(additional.every((record) => / (192\.0\.2\.|2001:db8::)/.test(record))).toBe(true)
    }
  })
})
