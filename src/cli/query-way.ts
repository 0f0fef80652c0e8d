/** How `rota query` asks, by its flags: over what, whom, and how it knows that it is they. */

import type { Server } from './ask.ts'
import type { Secure } from './ask-secure.ts'
import { printServer } from './query-text.ts'

/** What the options of the command line say, as commander hands them over. */
export interface WayOptions {
  readonly tcp?: boolean
  readonly tls?: boolean
  /** True where no URL was given. */
  readonly https?: string | boolean
  readonly insecure?: boolean
}

/** `rota serve` listens here unless told otherwise. */
const DEFAULT_SERVER: Server = { host: '127.0.0.1', port: 5300 }

/** A server that is named without a port is asked where DNS lives. */
const DNS_PORT = 53
const TLS_PORT = 853
const HTTPS_PORT = 443
const HTTP_PORT = 80
const LOOPBACK = '127.0.0.1'

/** How to ask: whom, unless a server is named, and how to know it. */
export interface Way {
  /** Those that are no URL: commander takes the word after --https for one. */
  readonly words: readonly string[]
  /** Its port is that of each server which is named without one. */
  readonly server: Server
  readonly secureAt: (server: Server) => Secure | undefined
}

/** The way, or what is wrong with the flags. */
export function readWay(words: readonly string[], options: WayOptions): Way | string {
  const { tcp, tls, https, insecure } = options
  const isVerified = insecure !== true
  const chosen = [tcp && '--tcp', tls && '--tls', https && '--https'].filter((flag) => flag)
  if (chosen.length > 1) return `${chosen.join(' and ')} are two ways to ask; give one of them`
  if (tls) {
    const secureAt = ({ host }: Server) => ({ name: host, isVerified })
    return { words, server: { host: LOOPBACK, port: TLS_PORT }, secureAt }
  }
  if (https === undefined || https === false) {
    if (!isVerified) return '--insecure is for --tls or --https'
    const isNamed = words.some((word) => word.startsWith('@'))
    const server = isNamed ? { ...DEFAULT_SERVER, port: DNS_PORT } : DEFAULT_SERVER
    return { words, server, secureAt: () => undefined }
  }
  if (typeof https === 'string' && !https.includes('://')) {
    return readWay([https, ...words], { ...options, https: true })
  }
  if (https === true) {
    const secureAt = (server: Server) => ({
      url: new URL(`https://${printServer(server)}/dns-query`),
      ...{ name: server.host, isVerified },
    })
    return { words, server: { host: LOOPBACK, port: HTTPS_PORT }, secureAt }
  }
  const url = URL.canParse(https) ? new URL(https) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    return `URL "${https}" is not one such as https://dns.example.org/dns-query`
  }
  // An address of IPv6 has brackets in a URL, and nowhere else.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port) || (url.protocol === 'http:' ? HTTP_PORT : HTTPS_PORT)
  return { words, server: { host, port }, secureAt: () => ({ url, name: host, isVerified }) }
}
