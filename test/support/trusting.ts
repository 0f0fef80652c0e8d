/** Probes that trust certificates of the tests. */

import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

import { createTarget } from '../../src/health/check.ts'
import type { ProbeSpec } from '../../src/health/probes/spec.ts'
import { checkWith } from './check.ts'
import { temporaryFolder } from './folder.ts'

/** Probes the loopback in a process of its own, since Node reads whom to trust when it starts. */
export async function probeTrusting(
  certificates: string,
  probes: readonly ProbeSpec[],
): Promise<unknown> {
  const folder = temporaryFolder('authority')
  onTestFinished(() => folder.remove())
  const authority = join(folder.path, 'authority.pem')
  await writeFile(authority, certificates)
  const module = resolve(import.meta.dirname, '../../src/health/probes/attempt.ts')
  const targets = probes.map((spec) => createTarget('127.0.0.1', checkWith({ probe: spec })))
  const script = `
    import { attempt } from ${JSON.stringify(module)}
    const { signal } = new AbortController()
    const attempts = ${JSON.stringify(targets)}.map((target) => attempt(target, signal, () => {}))
    console.log(JSON.stringify(await Promise.all(attempts)))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority } },
  )
  return JSON.parse(stdout)
}
