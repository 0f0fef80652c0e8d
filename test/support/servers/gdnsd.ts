/** gdnsd: the nearest relative. Pools become resources of its `weighted` plugin. */

import { constants, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Pool, ServerKind } from './server.ts'

export const gdnsd: ServerKind = {
  name: 'gdnsd',
  program: 'gdnsd',
  configure(folder, port, { zones, pools = [], threads }) {
    for (const name of ['zones', 'run', 'state']) mkdirSync(join(folder, name))
    for (const { apex, path } of zones) {
      // A zone's file must have the zone's name.
      const file = join(folder, 'zones', apex.replace(/\.$/, ''))
      copyFileSync(path, file, constants.COPYFILE_FICLONE)
    }
    const config = `
options => {
  listen => [ 127.0.0.1:${port} ]
  udp_threads => ${threads}
  tcp_threads => 1
  run_dir => ${join(folder, 'run')}
  state_dir => ${join(folder, 'state')}
}
${pools.length > 0 ? `plugins => { weighted => {\n${pools.map(resource).join('')}} }` : ''}
`
    writeFileSync(join(folder, 'config'), config)
    return { command: this.program, args: ['-c', folder, 'start'] }
  },
}

/** Without `multi`, one member leads each answer alone, in proportion to its weight. */
function resource({ name, members }: Pool): string {
  const rows = members.map((member) => `${member.name} => [ ${member.v4}, ${member.weight} ]`)
  return `  ${name} => { service_types => up, ${rows.join(', ')} }\n`
}
