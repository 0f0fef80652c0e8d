/**
 * Programs that tests need beyond npm, found before a test leans on them. A workstation without one
 * skips and says so; in CI a missing program is a failure, so that nothing is skipped by accident.
 */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Daemons live in sbin, which an ordinary user's PATH leaves out. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The path of an installed program, or undefined. */
export function findTool(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SBIN]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

/**
 * Whether a program is installed, for `describe.skipIf(!requireTool('named'))`. Under `CI=true` a
 * missing one throws instead: the test file fails while it is being collected.
 */
export function requireTool(name: string): boolean {
  if (findTool(name) !== undefined) return true
  if (isContinuousIntegration()) throw new Error(`program "${name}" is missing, and CI needs it`)
  process.stderr.write(`skipped: program "${name}" is not installed\n`)
  return false
}

function isContinuousIntegration(): boolean {
  return process.env['CI'] !== undefined && process.env['CI'] !== 'false'
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // Absent or not ours to run: the same to whoever wants to start it.
  }
}
