/** What writes answer, and what a refusal looks like. */

import { z } from 'zod'

import { count, words } from './fields.ts'
import { registrationStatus } from './status.ts'

export const alive = z.object({ status: z.literal('alive') })
export const ready = z.object({ status: z.literal('ready') })

export const left = z.object({
  pool: words('The pool that it was in.', 'web'),
  member: words('Who left.', 'x'),
  left: z.literal(true),
})

export const beaten = z.object({
  pool: words('The pool that it is in.', 'web'),
  member: words('Whose sign of life it was.', 'x'),
  targets: count('Checks that took it for a heartbeat.'),
  lease: registrationStatus.optional(),
})

export const counted = z.object({ targets: count('Checks that it counted for.') })

export const returned = z.object({ pool: words('The pool that returned.', 'web') })

export const diagnostic = z
  .object({
    file: words('With its whole path.', '/etc/rota/rota.yaml'),
    line: count('From 1.'),
    column: count('From 1.'),
    length: count('Characters that the fault covers.').optional(),
    severity: z.enum(['error', 'warning']),
    message: words('What is wrong, with the legal range and the remedy.'),
  })
  .meta({ id: 'Diagnostic' })

export const reloaded = z
  .object({
    generation: count('Of the world that is answered from now.'),
    diagnostics: z.array(diagnostic),
  })
  .meta({ id: 'Reloaded' })

/** RFC 9457. */
export const problem = z
  .object({
    type: words('What kind of problem: none of its own.', 'about:blank'),
    title: words('The words of the status.', 'Not Found'),
    status: count('The status of the answer.'),
    detail: words('What is wrong.', 'there is no pool "wap"'),
    remedy: words('What to do about it.', 'did you mean "web"?').optional(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .meta({ description: 'Every fault of what was sent.' })
      .optional(),
    generation: count('Of the world that is still answered from, after a reload.').optional(),
    diagnostics: z.array(diagnostic).optional(),
  })
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457).' })
