/** NSD: static zones, compiled to answers when they are loaded. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ServerKind } from './server.ts'

export const nsd: ServerKind = {
  name: 'nsd',
  program: 'nsd',
  configure(folder, port, { zones, threads }) {
    const path = join(folder, 'nsd.conf')
    const config = `
server:
  ip-address: 127.0.0.1@${port}
  server-count: ${threads}
  reuseport: ${threads > 1 ? 'yes' : 'no'}
  username: ""
  chroot: ""
  database: ""
  zonesdir: "${folder}"
  pidfile: ""
  xfrdfile: ""
  xfrdir: "${folder}"
  zonelistfile: "${join(folder, 'zone.list')}"
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
${zones.map(({ apex, path }) => `zone:\n  name: "${apex}"\n  zonefile: "${path}"`).join('\n')}
`
    writeFileSync(path, config)
    return { command: this.program, args: ['-d', '-c', path] }
  },
}
