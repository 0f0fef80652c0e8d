/** Rota as people run it: the built command line, one configuration file, its own process. */

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Pool, ServerKind, Setup } from './server.ts'

const MAIN = resolve(import.meta.dirname, '../../../dist/cli/main.js')

export const rota: ServerKind = {
  name: 'rota',
  program: 'node',
  configure(folder, port, setup) {
    const path = join(folder, 'rota.yaml')
    writeFileSync(path, configText(port, setup))
    return { command: process.execPath, args: [MAIN, 'serve', '-c', path], folder }
  },
}

/** The text of `rota.yaml`. YAML takes a JSON string for a string, so names are quoted that way. */
export function configText(port: number, { zones, pools, names, threads }: Setup): string {
  const zoneLines = zones.map(({ apex, path }) => `  ${quote(apex)}: ${quote(path)}\n`)
  const poolLines = (pools ?? []).map(
    (pool) =>
      `  ${quote(pool.name)}: { policy: weighted, members: ${members(pool)}${check(pool)} }\n`,
  )
  const nameLines = [...(names ?? [])].map(
    ([name, pool]) => `  ${quote(name)}: { pool: ${quote(pool)}, answers: 1 }\n`,
  )
  return [
    `listen: { dns: ["127.0.0.1:${port}"] }\n`,
    `workers: ${threads}\n`,
    'zones:\n',
    ...zoneLines,
    ...(poolLines.length > 0 ? ['pools:\n', ...poolLines] : []),
    ...(nameLines.length > 0 ? ['names:\n', ...nameLines] : []),
  ].join('')
}

function members(pool: Pool): string {
  const rows = pool.members.map(
    ({ name, v4, weight }) => `${quote(name)}: { v4: ${v4}, weight: ${weight} }`,
  )
  return `{ ${rows.join(', ')} }`
}

function check({ check }: Pool): string {
  if (!check) return ''
  const { port, intervalMs } = check
  return `, check: { http: { port: ${port}, path: / }, interval: ${intervalMs}ms, timeout: ${intervalMs}ms }`
}

function quote(text: string): string {
  return JSON.stringify(text)
}
