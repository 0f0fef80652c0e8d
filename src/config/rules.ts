/**
 * What must hold between settings, one row one rule. Each rule judges what it can and is silent on
 * what the schema has faulted already, so that one slip makes one message.
 */

import type { Diagnostic } from '../base/diagnostic.ts'

import type { Facts } from './facts/facts.ts'
import { CHECK_RULES } from './rules/checks.ts'
import { COMBINATION_RULES } from './rules/combinations.ts'
import { CLIENT_RULES } from './rules/clients.ts'
import { LISTEN_RULES } from './rules/listen.ts'
import { LADDER_RULES } from './rules/ladders.ts'
import { MEMBER_RULES } from './rules/members.ts'
import { NAME_RULES } from './rules/names.ts'
import { NESTING_RULES } from './rules/nesting.ts'
import { POLICY_RULES } from './rules/policies.ts'
import { POOL_RULES } from './rules/pools.ts'
import { SERVER_RULES } from './rules/server.ts'
import { WEBHOOK_RULES } from './rules/webhooks.ts'

export interface Rule {
  /** What is always true of a configuration that passes. */
  readonly says: string
  find(facts: Facts): Iterable<Diagnostic>
}

export const RULES: readonly Rule[] = [
  ...LISTEN_RULES,
  ...CHECK_RULES,
  ...COMBINATION_RULES,
  ...POOL_RULES,
  ...MEMBER_RULES,
  ...LADDER_RULES,
  ...NESTING_RULES,
  ...POLICY_RULES,
  ...SERVER_RULES,
  ...WEBHOOK_RULES,
  ...NAME_RULES,
  ...CLIENT_RULES,
]
