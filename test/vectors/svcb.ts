/**
 * RFC 9460 appendix D: [figure, text, hexadecimal]. The name of its figures' owner plays no part in
 * the RDATA. Figure 10 has two texts for one record.
 */

const FOO_COM = '03666f6f076578616d706c6503636f6d00'
const FOO_ORG = '03666f6f076578616d706c65036f726700'

export const SVCB_VECTORS: readonly (readonly [string, string, string])[] = [
  ['figure 2: AliasMode', 'HTTPS 0 foo.example.com.', `0000${FOO_COM}`],
  ['figure 3: TargetName is "."', 'SVCB 1 .', '000100'],
  ['figure 4: a port', 'SVCB 16 foo.example.com. port=53', `0010${FOO_COM}000300020035`],
  [
    'figure 5: a generic key and unquoted value',
    'SVCB 1 foo.example.com. key667=hello',
    `0001${FOO_COM}029b000568656c6c6f`,
  ],
  [
    'figure 6: a generic key and quoted value with a decimal escape',
    'SVCB 1 foo.example.com. key667="hello\\210qoo"',
    `0001${FOO_COM}029b000968656c6c6fd2716f6f`,
  ],
  [
    'figure 7: two quoted IPv6 hints',
    'SVCB 1 foo.example.com. ( ipv6hint="2001:db8::1,2001:db8::53:1" )',
    `0001${FOO_COM}00060020${'20010db8000000000000000000000001'}${'20010db8000000000000000000530001'}`,
  ],
  [
    'figure 8: an IPv6 hint in embedded IPv4 syntax',
    'SVCB 1 example.com. ( ipv6hint="2001:db8:122:344::192.0.2.33" )',
    '0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221',
  ],
  [
    'figure 9: keys in any order',
    'SVCB 16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )',
    `0010${FOO_ORG}000000040001000400010009026832${'0568332d3139'}00040004c0000201`,
  ],
  [
    'figure 10: an escaped comma and backslash, quoted',
    'SVCB 16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"',
    `0010${FOO_ORG}0001000c08665c6f6f2c626172026832`,
  ],
  [
    'figure 10: an escaped comma and backslash, unquoted',
    'SVCB 16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2',
    `0010${FOO_ORG}0001000c08665c6f6f2c626172026832`,
  ],
]

/** RFC 9460 appendix D.3: [figure, text]; none of them may be accepted. */
export const SVCB_FAILURES: readonly (readonly [string, string])[] = [
  ['figure 11: a key twice', 'SVCB 1 foo.example.com. ( key123=abc key123=def )'],
  ['figure 12: mandatory without a value', 'SVCB 1 foo.example.com. mandatory'],
  ['figure 12: alpn without a value', 'SVCB 1 foo.example.com. alpn'],
  ['figure 12: port without a value', 'SVCB 1 foo.example.com. port'],
  ['figure 12: ipv4hint without a value', 'SVCB 1 foo.example.com. ipv4hint'],
  ['figure 12: ipv6hint without a value', 'SVCB 1 foo.example.com. ipv6hint'],
  ['figure 13: no-default-alpn with a value', 'SVCB 1 foo.example.com. no-default-alpn=abc'],
  ['figure 14: a mandatory key is missing', 'SVCB 1 foo.example.com. mandatory=key123'],
  ['figure 15: mandatory lists itself', 'SVCB 1 foo.example.com. mandatory=mandatory'],
  [
    'figure 16: mandatory lists a key twice',
    'SVCB 1 foo.example.com. ( mandatory=key123,key123 key123=abc )',
  ],
]
