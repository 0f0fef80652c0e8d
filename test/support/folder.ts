/** Temporary folders: one for each thing a test starts, gone when it is done with it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** Makes an empty folder whose name begins with `label`. */
export function temporaryFolder(label: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `rota-${label}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
