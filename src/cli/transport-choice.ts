/** `ROTA_TRANSPORT`: which UDP path to take, for those who compare the two or doubt one. */

import type { UdpPath } from '../transport/udp/workers.ts'

/** `batched` insists on it, `portable` leaves it; anything else takes what can be had. */
export function udpPath(environment: NodeJS.ProcessEnv): UdpPath | 'auto' {
  const wanted = environment['ROTA_TRANSPORT']
  return wanted === 'batched' || wanted === 'portable' ? wanted : 'auto'
}
