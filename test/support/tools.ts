/**
 * What tests need of a machine beyond npm, found before a test leans on it. A workstation without it
 * skips and says so; in CI what is missing is a failure, so that nothing is skipped by accident.
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

/** Whether a program is installed, for `describe.skipIf(!requireTool('named'))`. */
export function requireTool(name: string): boolean {
  const isHere = findTool(name) !== undefined
  return isGranted(isHere ? undefined : `program "${name}" is not installed`)
}

/**
 * Whether tests may go on: they may if there is no problem. Under `CI=true` a problem throws instead;
 * where it is found while a test file is collected, the whole file fails.
 */
export function isGranted(problem: string | undefined): boolean {
  if (problem === undefined) return true
  if (isContinuousIntegration()) throw new Error(`${problem}, and CI needs it`)
  process.stderr.write(`skipped: ${problem}\n`)
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
