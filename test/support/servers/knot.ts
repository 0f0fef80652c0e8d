/** Knot DNS: static zones. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ServerKind } from './server.ts'

export const knot: ServerKind = {
  name: 'knot',
  program: 'knotd',
  configure(folder, port, { zones, threads }) {
    const path = join(folder, 'knot.conf')
    mkdirSync(join(folder, 'run'))
    const config = `
server:
  rundir: "${join(folder, 'run')}"
  listen: 127.0.0.1@${port}
  udp-workers: ${threads}
  tcp-workers: 1
  background-workers: 1
  edns-client-subnet: off
log:
  - target: stderr
    any: error
database:
  storage: "${folder}"
template:
  - id: default
    storage: "${folder}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
    semantic-checks: soft
zone:
${zones.map(({ apex, path }) => `  - domain: "${apex}"\n    file: "${path}"`).join('\n')}
`
    writeFileSync(path, config)
    return { command: this.program, args: ['-c', path] }
  },
}
