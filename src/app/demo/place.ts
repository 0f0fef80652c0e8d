/**
 * Where the demo's files are. As installed they lie in the package's own folder, and state is kept
 * beside them; where nobody may write there, the demo serves from a copy that may be written.
 */

import { constants } from 'node:fs'
import { access, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { STATE_FILE } from '../../control/state/state-file.ts'

export interface DemoPlace {
  readonly config: string
  /** Whether it is a copy, which goes with the demo. */
  readonly isCopy: boolean
  /** Takes the copy away, where it is one. */
  leave(): Promise<void>
}

/** As the quick start's configuration calls it. */
const STATE = 'state'

/** `config` itself, or a copy of its folder under `temporary` where it can keep no state. */
export async function demoPlace(config: string, temporary: string): Promise<DemoPlace> {
  const folder = dirname(config)
  if (await canKeepState(folder)) {
    // Its backends begin anew each time, so what was believed of those before them means nothing.
    await rm(join(folder, STATE, STATE_FILE), { force: true })
    return { config, isCopy: false, leave: async () => {} }
  }
  const copy = await mkdtemp(join(temporary, 'rota-demo-'))
  const isWanted = (path: string) => path === folder || basename(path) !== STATE
  await cp(folder, copy, { recursive: true, filter: isWanted })
  return {
    config: join(copy, basename(config)),
    isCopy: true,
    leave: () => rm(copy, { recursive: true, force: true }),
  }
}

async function canKeepState(folder: string): Promise<boolean> {
  const state = join(folder, STATE)
  try {
    await mkdir(state, { recursive: true, mode: 0o700 })
    await access(state, constants.R_OK | constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
