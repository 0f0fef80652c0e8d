/** Why an address cannot be listened on, and what to do about it. */

import { type Endpoint, printEndpoint } from '../base/address.ts'

/** An address cannot be listened on; the message says why, and what to do about it. */
export class BindFault extends Error {
  override readonly name = 'BindFault'
  /** Somebody else has the port. */
  readonly isTaken: boolean

  constructor(protocol: 'UDP' | 'TCP', endpoint: Endpoint, code: string) {
    super(bindProblem(protocol, endpoint, code))
    this.isTaken = code === 'EADDRINUSE'
  }
}

/** `code` is the system's name for the error, as in `EADDRINUSE`. */
export function bindProblem(protocol: 'UDP' | 'TCP', endpoint: Endpoint, code: string): string {
  return `${protocol} ${printEndpoint(endpoint)}: ${reasonOf(code, endpoint, protocol)}`
}

function reasonOf(code: string, { address, port }: Endpoint, protocol: string): string {
  switch (code) {
    case 'EADDRINUSE': {
      const flag = protocol === 'UDP' ? '-lunp' : '-ltnp'
      return (
        'the port is taken; ' +
        `see who has it with "ss ${flag} sport = :${port}", or listen on another`
      )
    }
    case 'EACCES':
      return (
        `ports below 1024 need a privilege; run as root, or once ` +
        `"setcap cap_net_bind_service=+ep $(readlink -f $(command -v node))", or listen above 1023`
      )
    case 'EADDRNOTAVAIL':
      return (
        `this machine has no address ${address}; ` +
        'see "ip address", or listen on 0.0.0.0 or [::]'
      )
    case 'EAFNOSUPPORT':
      return 'this machine has no IPv6; take the address out of listen'
    default:
      return `cannot listen: ${code}`
  }
}
