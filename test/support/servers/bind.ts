/** BIND: static zones, no recursion. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ServerKind } from './server.ts'

export const bind: ServerKind = {
  name: 'bind',
  program: 'named',
  configure(folder, port, { zones, threads }) {
    const path = join(folder, 'named.conf')
    const config = `
options {
  directory "${folder}";
  pid-file none;
  session-keyfile none;
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  minimal-responses yes;
  minimal-any yes;
  notify no;
  max-records-per-type 0;
  zero-no-soa-ttl no;
  check-names primary ignore;
  check-integrity no;
  check-mx ignore;
  check-srv-cname ignore;
  check-mx-cname ignore;
  empty-zones-enable no;
  allow-transfer { any; };
};
controls { };
${zones.map(({ apex, path }) => `zone "${apex}" { type primary; file "${path}"; };`).join('\n')}
`
    writeFileSync(path, config)
    return { command: this.program, args: ['-g', '-n', String(threads), '-c', path] }
  },
}
