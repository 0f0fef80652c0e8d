/**
 * Sockets for ICMP, which Node does not offer: the kind that any process of a granted group may
 * open, or else the raw kind. Where neither can be had this says why.
 */

import { parseAddress } from '../../base/address.ts'
import { openLibc } from '../../base/libc.ts'

export interface IcmpSocket {
  /** 0, or the number of the error. */
  send(packet: Uint8Array): number
  /** The next packet that has come from the target; undefined if there is none. */
  receive(): Uint8Array | undefined
  close(): void
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number
  connect(fd: number, address: Uint8Array, length: number): number
  send(fd: number, octets: Uint8Array, length: number, flags: number): number | bigint
  recv(fd: number, octets: Uint8Array, length: number, flags: number): number | bigint
  close(fd: number): number
  errno(): number
}

/** Linux's numbers. */
const [AF_INET, AF_INET6, SOCK_DGRAM, SOCK_RAW] = [2, 10, 2, 3] as const
const [IPPROTO_ICMP, IPPROTO_ICMPV6] = [1, 58] as const
const SOCK_NONBLOCK_CLOEXEC = 0x80800
const PACKET_OCTETS_MAX = 256

let loaded: Libc | undefined | 'absent'

/** A socket that sends to `address` and hears from it alone; or the number of an error. */
export function openIcmpSocket(address: string): IcmpSocket | 'absent' | { errno: number } {
  loaded ??= loadLibc()
  const libc = loaded
  const octets = parseAddress(address)
  if (libc === 'absent' || !octets) return 'absent'
  const isV6 = octets.length === 16
  const domain = isV6 ? AF_INET6 : AF_INET
  const protocol = isV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP
  let fd = libc.socket(domain, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, protocol)
  if (fd < 0) fd = libc.socket(domain, SOCK_RAW | SOCK_NONBLOCK_CLOEXEC, protocol)
  if (fd < 0) return { errno: libc.errno() }

  const to = socketAddress(octets)
  if (libc.connect(fd, to, to.length) < 0) {
    const errno = libc.errno()
    libc.close(fd)
    return { errno }
  }
  const buffer = new Uint8Array(PACKET_OCTETS_MAX)
  return {
    send: (packet) => (Number(libc.send(fd, packet, packet.length, 0)) < 0 ? libc.errno() : 0),
    receive() {
      const length = Number(libc.recv(fd, buffer, buffer.length, 0))
      return length < 0 ? undefined : buffer.subarray(0, length)
    },
    close: () => void libc.close(fd),
  }
}

/** sockaddr_in or sockaddr_in6, without port, flow or scope. */
function socketAddress(octets: Uint8Array): Uint8Array {
  const isV6 = octets.length === 16
  const address = new Uint8Array(isV6 ? 28 : 16)
  address[0] = isV6 ? AF_INET6 : AF_INET
  address.set(octets, isV6 ? 8 : 4)
  return address
}

function loadLibc(): Libc | 'absent' {
  const libc = openLibc<Libc>((library, koffi) => {
    const out = koffi.pointer('void')
    return {
      socket: library.func('socket', 'int', ['int', 'int', 'int']),
      connect: library.func('connect', 'int', ['int', out, 'unsigned int']),
      send: library.func('send', 'intptr_t', ['int', out, 'size_t', 'int']),
      recv: library.func('recv', 'intptr_t', ['int', out, 'size_t', 'int']),
      close: library.func('close', 'int', ['int']),
      errno: () => koffi.errno(),
    }
  })
  return 'problem' in libc ? 'absent' : libc // A program `ping` does as well.
}
