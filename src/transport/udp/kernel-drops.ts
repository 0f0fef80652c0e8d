/**
 * What nobody here ever saw: datagrams that the kernel dropped because the buffer of a UDP socket
 * was full. Linux tells it of each socket (proc(5), `/proc/net/udp`), and so by either path of UDP;
 * elsewhere nothing is known. The counters of the whole machine, as `UdpRcvbufErrors`, tell of
 * every program together, and are no measure of one server.
 */

import { readFile } from 'node:fs/promises'

import { type Endpoint, parseAddress } from '../../base/address.ts'

/** Since the sockets were opened; absent where the kernel does not tell. */
export interface KernelDrops {
  readonly v4?: number
  readonly v6?: number
}

/** Of this network namespace, with a line for each socket. */
const TABLES = { v4: '/proc/self/net/udp', v6: '/proc/self/net/udp6' } as const

/** Reads what was dropped of what came to these endpoints; never throws. */
export async function readKernelDrops(endpoints: readonly Endpoint[]): Promise<KernelDrops> {
  const [v4, v6] = await Promise.all([
    readFile(TABLES.v4, 'latin1').catch(() => undefined),
    readFile(TABLES.v6, 'latin1').catch(() => undefined),
  ])
  return {
    ...(v4 !== undefined && { v4: dropsOf(v4, endpoints) }),
    ...(v6 !== undefined && { v6: dropsOf(v6, endpoints) }),
  }
}

/** The sum over the sockets of a table that are bound to one of these endpoints. */
export function dropsOf(table: string, endpoints: readonly Endpoint[]): number {
  const own = new Set(endpoints.map(localAddress))
  const [, ...lines] = table.split('\n')
  return lines.reduce((sum, line) => {
    const fields = line.trim().split(/\s+/)
    return own.has(fields[LOCAL_ADDRESS]!) ? sum + Number(fields.at(-1)) : sum
  }, 0)
}

/** The column; the drops are in the last. */
const LOCAL_ADDRESS = 1

/** As the kernel prints it: words of 32 bits as this machine reads them, a colon, the port. */
function localAddress({ address, port }: Endpoint): string {
  const words = new Uint32Array(Uint8Array.from(parseAddress(address)!).buffer)
  const hex = (value: number, digits: number) =>
    value.toString(16).toUpperCase().padStart(digits, '0')
  return `${[...words].map((word) => hex(word, 8)).join('')}:${hex(port, 4)}`
}
