/**
 * Opens the sockets of the batched path, one for each worker, all bound to one address with
 * `SO_REUSEPORT` so that the kernel spreads resolvers over them. They are opened by the main thread
 * and handed to workers as numbers: when a worker dies its socket and the queries queued in it
 * remain, and the next worker goes on with them.
 */

import { type Endpoint, parseAddress } from '../../base/address.ts'

import { BindFault } from '../bind-problem.ts'
import { ERRNO, type Libc } from './libc.ts'

export interface UdpSocket {
  readonly fd: number
  readonly endpoint: Endpoint
  readonly isV6: boolean
  /** Bound to no one address: answers must leave from the address that was asked. */
  readonly isWildcard: boolean
}

const AF_INET = 2
const AF_INET6 = 10
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000
const SOL_SOCKET = 1
const IPPROTO_IP = 0
const IPPROTO_IPV6 = 41
const OPTION = {
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_REUSEPORT: 15,
  SO_RCVTIMEO: 20,
  SO_SNDBUFFORCE: 32,
  SO_RCVBUFFORCE: 33,
  IP_PKTINFO: 8,
  IP_MTU_DISCOVER: 10,
  IPV6_MTU_DISCOVER: 23,
  IPV6_V6ONLY: 26,
  IPV6_RECVPKTINFO: 49,
} as const

/** Ignores forged "packet too big" messages; our answers fit any path anyway. */
const PMTUDISC_OMIT = 5

/**
 * Ten milliseconds of queries at full speed, so that a pause of that length drops none. Without
 * root or CAP_NET_ADMIN the kernel gives no more than `net.core.rmem_max` says.
 */
const BUFFER_OCTETS = 8 * 1024 * 1024

/** How long a worker sleeps in the call when nothing comes: the longest that news waits for it. */
export const RECEIVE_TIMEOUT_MS = 100

/** Opens `count` sockets on one endpoint (port 0: a free one for all); throws a BindFault. */
export function openSockets(libc: Libc, endpoint: Endpoint, count: number): UdpSocket[] {
  // With SO_REUSEPORT a second server on this port would bind and take half of the queries. A
  // socket without it finds out whether the port is taken.
  const first = openSocket(libc, endpoint, false)
  const { port } = first.endpoint
  libc.close(first.fd)
  const sockets: UdpSocket[] = []
  try {
    while (sockets.length < count) sockets.push(openSocket(libc, { ...endpoint, port }, true))
  } catch (error) {
    for (const { fd } of sockets) libc.close(fd)
    throw error
  }
  return sockets
}

function openSocket(libc: Libc, endpoint: Endpoint, isShared: boolean): UdpSocket {
  const octets = parseAddress(endpoint.address)!
  const isV6 = octets.length === 16
  const isWildcard = octets.every((octet) => octet === 0)
  const fd = libc.socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM_CLOEXEC, 0)
  const address = encodeSockaddr(octets, endpoint.port)
  const isBound =
    fd >= 0 &&
    setOptions(libc, fd, isV6, isWildcard, isShared) &&
    libc.bind(fd, address, address.length) === 0
  if (!isBound) {
    const fault = new BindFault('UDP', endpoint, nameOf(libc.errno()))
    if (fd >= 0) libc.close(fd)
    throw fault
  }
  const length = Uint8Array.of(address.length, 0, 0, 0)
  libc.getsockname(fd, address, length)
  const bound = { address: endpoint.address, port: (address[2] << 8) | address[3] }
  return { fd, endpoint: bound, isV6, isWildcard }
}

/** False where an option that the socket cannot do without was refused. */
function setOptions(
  libc: Libc,
  fd: number,
  isV6: boolean,
  isWildcard: boolean,
  isShared: boolean,
): boolean {
  const set = (level: number, option: number, value: number) =>
    libc.setsockopt(fd, level, option, int32(value), 4)
  // The FORCE variants pass the system's ceiling, and need a privilege that we may not have.
  if (set(SOL_SOCKET, OPTION.SO_RCVBUFFORCE, BUFFER_OCTETS) < 0) {
    set(SOL_SOCKET, OPTION.SO_RCVBUF, BUFFER_OCTETS)
  }
  if (set(SOL_SOCKET, OPTION.SO_SNDBUFFORCE, BUFFER_OCTETS) < 0) {
    set(SOL_SOCKET, OPTION.SO_SNDBUF, BUFFER_OCTETS)
  }
  const timeout = new Uint8Array(16) // struct timeval: seconds, then microseconds
  new DataView(timeout.buffer).setUint32(8, RECEIVE_TIMEOUT_MS * 1000, true)
  libc.setsockopt(fd, SOL_SOCKET, OPTION.SO_RCVTIMEO, timeout, timeout.length)
  if (isV6) set(IPPROTO_IPV6, OPTION.IPV6_MTU_DISCOVER, PMTUDISC_OMIT)
  else set(IPPROTO_IP, OPTION.IP_MTU_DISCOVER, PMTUDISC_OMIT)

  // The above make it better; without the following it would answer wrongly, or not be shared.
  const needed: [number, number][] = []
  if (isShared) needed.push([SOL_SOCKET, OPTION.SO_REUSEPORT])
  if (isV6) needed.push([IPPROTO_IPV6, OPTION.IPV6_V6ONLY])
  if (isV6 && isWildcard) needed.push([IPPROTO_IPV6, OPTION.IPV6_RECVPKTINFO])
  if (!isV6 && isWildcard) needed.push([IPPROTO_IP, OPTION.IP_PKTINFO])
  return needed.every(([level, option]) => set(level, option, 1) === 0)
}

/** struct sockaddr_in or sockaddr_in6: family, port (network order), then the address. */
function encodeSockaddr(octets: Uint8Array, port: number): Uint8Array {
  const isV6 = octets.length === 16
  const sockaddr = new Uint8Array(isV6 ? 28 : 16)
  sockaddr[0] = isV6 ? AF_INET6 : AF_INET
  sockaddr[2] = port >> 8
  sockaddr[3] = port & 0xff
  sockaddr.set(octets, isV6 ? 8 : 4)
  return sockaddr
}

function int32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}

function nameOf(errno: number): string {
  const known = Object.entries(ERRNO).find(([, number]) => number === errno)
  return known?.[0] ?? `error ${errno}`
}
