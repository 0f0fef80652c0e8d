/**
 * Goal: what the kernel dropped is summed over our own sockets and no others, whatever else the
 * machine has open.
 * Method: tables as Linux prints them, on a machine that is little-endian.
 */

import { describe, expect, it } from 'vitest'

import { dropsOf } from '../../src/transport/udp/kernel-drops.ts'

const HEAD =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout ' +
  'inode ref pointer drops             '

describe('what the kernel dropped', () => {
  it('is that of all sockets of an address, as its workers share it', () => {
    const own = ['0100007F:14B4', '0100007F:14B4', '0B7100CB:0035']
    const table = tableOf([own[0]!, 3], ['0100007F:14B5', 100], [own[1]!, 4], [own[2]!, 5])
    expect(dropsOf(table, [{ address: '127.0.0.1', port: 5300 }])).toBe(7)
    const both = [
      { address: '127.0.0.1', port: 5300 },
      { address: '203.0.113.11', port: 53 },
    ]
    expect(dropsOf(table, both)).toBe(12)
  })

  it('is not that of another address of the same port, nor of who asks there', () => {
    const table = tableOf(['0200007F:14B4', 9], ['00000000:14B4', 9], ['00000000:0001', 9])
    expect(dropsOf(table, [{ address: '127.0.0.1', port: 5300 }])).toBe(0)
    expect(dropsOf(table, [{ address: '0.0.0.0', port: 5300 }])).toBe(9)
    expect(dropsOf(table, [])).toBe(0)
  })

  it('is found for IPv6, whose address is four words', () => {
    const table = tableOf(['B80D0120000000000000000001000000:0035', 2_147_483_648])
    expect(dropsOf(table, [{ address: '2001:db8::1', port: 53 }])).toBe(2_147_483_648)
    expect(dropsOf(table, [{ address: '2001:db8::2', port: 53 }])).toBe(0)
  })
})

/** A line for each socket, by its local address, with what was dropped of what came to it. */
function tableOf(...sockets: readonly (readonly [local: string, drops: number])[]): string {
  const lines = sockets.map(([local, drops], index) => {
    const remote = local.replace(/[^:]/g, '0')
    const rest = '00000000:00000000 00:00000000 00000000     0        0 5385444 2 0000000089'
    return `${String(4_278 + index).padStart(5)}: ${local} ${remote} 07 ${rest} ${drops}       `
  })
  return [HEAD, ...lines, ''].join('\n')
}
