/** `ROTA_TRANSPORT`: which UDP path to take, for those who compare the two or doubt one. */

import type { Command } from 'commander'

import type { UdpPath } from '../transport/udp/workers.ts'

const CHOICES = ['batched', 'portable', 'auto'] as const

/**
 * `batched` insists on it, `portable` leaves it, `auto` (as if unset) takes what can be had. Ends
 * the command as a fault of usage where the variable says anything else.
 */
export function udpPath(command: Command, environment: NodeJS.ProcessEnv): UdpPath | 'auto' {
  const wanted = environment['ROTA_TRANSPORT'] || 'auto'
  const choice = CHOICES.find((name) => name === wanted)
  if (choice) return choice
  return command.error(
    `rota ${command.name()}: ROTA_TRANSPORT "${wanted}" is none of ${CHOICES.join(', ')}`,
    { exitCode: 2 },
  )
}
