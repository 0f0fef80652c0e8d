/**
 * PowerDNS with its BIND backend: static zones, and LUA records where a zone has some. Its caches
 * are left as they come, since that is how people run it.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ServerKind } from './server.ts'

export const powerdns: ServerKind = {
  name: 'powerdns',
  program: 'pdns_server',
  configure(folder, port, { zones, threads }) {
    const list = join(folder, 'zones.conf')
    writeFileSync(
      list,
      zones.map(({ apex, path }) => `zone "${apex}" { type master; file "${path}"; };\n`).join(''),
    )
    const config = `
launch=bind
bind-config=${list}
local-address=127.0.0.1
local-port=${port}
socket-dir=${folder}
receiver-threads=${threads}
reuseport=${threads > 1 ? 'yes' : 'no'}
enable-lua-records=yes
guardian=no
daemon=no
loglevel=3
`
    writeFileSync(join(folder, 'pdns.conf'), config)
    return { command: this.program, args: [`--config-dir=${folder}`] }
  },
}
