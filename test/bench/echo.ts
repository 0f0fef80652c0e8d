/** The bare echo of `echo.c` as one more server: what the kernel alone takes for each datagram. */

import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'

import type { ServerKind } from '../support/servers/server.ts'

const SOURCE = resolve(import.meta.dirname, 'echo.c')

export const echo: ServerKind = {
  name: 'echo',
  program: 'cc', // Compiled anew for each run, so that no binary is kept beside the source.
  configure(folder, port) {
    const command = join(folder, 'echo')
    execFileSync('cc', ['-O2', '-o', command, SOURCE])
    return { command, args: [String(port)] }
  },
}
