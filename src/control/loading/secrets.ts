/**
 * Whether the secrets of webhooks can be read. They are read again for each delivery, so that a new
 * one counts at once; one that is not there is a fault that is told before anything is posted.
 */

import { readFileSync } from 'node:fs'

import type { Diagnostic } from '../../base/diagnostic.ts'
import { reasonOf } from '../../base/read-problem.ts'

import type { Config } from '../../config/config.ts'

import { readSecret } from '../history/webhooks/signature.ts'

export function lostSecrets({ webhooks = [] }: Config): Diagnostic[] {
  return webhooks.flatMap(({ secretFile }) => {
    if (!secretFile) return []
    const problem = problemOf(secretFile.path)
    if (problem === undefined) return []
    const message = `webhooks: secret_file: ${secretFile.path} ${problem}`
    return [{ ...secretFile.place, severity: 'error', message }]
  })
}

function problemOf(path: string): string | undefined {
  try {
    const secret = readSecret(readFileSync(path))
    return 'fault' in secret ? secret.fault : undefined
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`
  }
}
