/** The servers whose answers Rota's are held against, and Rota itself, all with the same zones. */

import { type Asker, openAsker } from '../support/ask.ts'
import { encodeQuery, type Query } from '../support/query.ts'
import { bind } from '../support/servers/bind.ts'
import { knot } from '../support/servers/knot.ts'
import { nsd } from '../support/servers/nsd.ts'
import { rota } from '../support/servers/rota.ts'
import { type RunningServer, type ServerKind, startServer } from '../support/servers/server.ts'
import { type Reply, readReply } from './reply.ts'
import type { ZoneFile } from './zone-names.ts'

export const RIVALS: readonly ServerKind[] = [nsd, knot, bind]

/** Some rivals say nothing to some queries. */
const SILENT_AFTER_MS = 2_000

export interface Respondent {
  /** The reply, or undefined if there was none after two tries. */
  ask(query: Query): Promise<Reply | undefined>
  stop(): Promise<void>
}

export function startRota(zones: readonly ZoneFile[]): Promise<Respondent> {
  return startRespondent(rota, zones)
}

/** Starts a server with the zones and waits until it answers for each. */
export async function startRespondent(
  kind: ServerKind,
  zones: readonly ZoneFile[],
): Promise<Respondent> {
  const server = await startServer(kind, { zones, threads: 1 })
  const asker = await openAsker(server.port)
  return respondent(server, asker)
}

function respondent(server: RunningServer, asker: Asker): Respondent {
  return {
    async ask(query) {
      const message = encodeQuery(query)
      // A busy machine may lose a datagram; a server that is silent stays so when asked twice.
      const ask = () => asker.ask(message, SILENT_AFTER_MS)
      const octets = (await ask()) ?? (await ask())
      return octets && readReply(octets)
    },
    async stop() {
      asker.close()
      await server.stop()
    },
  }
}
