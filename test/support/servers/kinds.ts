/** Every kind of server that tests and benches know, and which of them this machine has. */

import { findTool } from '../tools.ts'
import { bind } from './bind.ts'
import { gdnsd } from './gdnsd.ts'
import { knot } from './knot.ts'
import { nsd } from './nsd.ts'
import { powerdns } from './powerdns.ts'
import { rota } from './rota.ts'
import type { ServerKind } from './server.ts'

export const KINDS = { rota, gdnsd, knot, nsd, bind, powerdns } as const

/** Whether a kind can be started here. Rota needs no more than the Node that asks. */
export function isInstalled(kind: ServerKind): boolean {
  return kind === rota || findTool(kind.program) !== undefined
}
