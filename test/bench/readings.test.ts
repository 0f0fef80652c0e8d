/**
 * Goal: the bench reads the right numbers out of what dnsperf, volley and the kernel print.
 * Method: texts that they really printed, shortened, and the cases that would mislead.
 */

import { describe, expect, it } from 'vitest'

import { parseStat } from './cpu.ts'
import { parseDnsperf } from './load.ts'
import { parseKiB } from './memory.ts'
import { parseVolley } from './volley.ts'

/** dnsperf 2.10.0, of 2026-11-21. */
const DNSPERF = `DNS Performance Testing Tool
Version 2.10.0

[Status] Command line: dnsperf -s 127.0.0.1 -p 36093 -d www.queries -l 3 -e -q 500
[Timeout] Query timed out: msg id 45702
[Status] Testing complete (time limit)

Statistics:

  Queries sent:         509387
  Queries completed:    508585 (99.84%)
  Queries lost:         802 (0.16%)

  Response codes:       NOERROR 508585 (100.00%)
  Average packet size:  request 45, response 61
  Run time (s):         3.000073
  Queries per second:   169524.208244

  Average Latency (s):  0.000365 (min 0.000012, max 0.004886)
  Latency StdDev (s):   0.000367
`

describe('parseDnsperf', () => {
  it('reads counts as they stand and latencies in microseconds', () => {
    expect(parseDnsperf(DNSPERF)).toEqual({
      answered: 508_585,
      lost: 802,
      perSecond: 169_524.208244,
      latencyAvgUs: expect.closeTo(365),
      latencyMaxUs: expect.closeTo(4_886),
      latencyStddevUs: expect.closeTo(367),
    })
  })

  it('gives nothing where dnsperf ended without its statistics', () => {
    expect(parseDnsperf('Error: unable to open input file: www.queries\n')).toBeUndefined()
  })
})

describe('parseVolley', () => {
  it('reads answered, lost and seconds, and tells the rate', () => {
    expect(parseVolley('1000 3 2.000000\n')).toEqual({ answered: 1000, lost: 3, perSecond: 500 })
  })

  it('gives nothing for anything else', () => {
    expect(parseVolley('bind: Address already in use\n')).toBeUndefined()
  })
})

describe('parseStat', () => {
  const rest = 'S 41 4242 4242 0 -1 4194560 100 0 0 0 1234 567 0 0 20 0 11 0 8675309'

  it('reads parent, user and system time', () => {
    const stat = { parent: 41, userTicks: 1234, systemTicks: 567 }
    expect(parseStat(`4242 (gdnsd) ${rest}`)).toEqual(stat)
  })

  it('is not misled by a name with spaces and brackets in it', () => {
    expect(parseStat(`4242 (nsd: (server) 1) ${rest}`).parent).toBe(41)
  })
})

describe('parseKiB', () => {
  const status = 'Name:\tnode\nVmHWM:\t   81920 kB\nVmRSS:\t   40960 kB\n'

  it('reads the line of a key and no other', () => {
    expect(parseKiB(status, 'VmHWM')).toBe(81_920)
    expect(parseKiB(status, 'VmRSS')).toBe(40_960)
  })

  it('finds no memory in a process that has ended', () => {
    expect(parseKiB('', 'VmRSS')).toBe(0)
  })
})
