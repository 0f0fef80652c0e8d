/** Rules of checks, whether named or written where they are used. */

import { printDuration } from '../../base/duration.ts'

import { spansOf } from '../build-checks.ts'
import type { CheckFacts } from '../check-facts.ts'
import type { Facts } from '../facts.ts'
import type { Rule } from '../rules.ts'
import { readWord, isFault } from '../values.ts'
import { createAdvisor, fault, unknownReference, warning } from './report.ts'

export const CHECK_RULES: readonly Rule[] = [
  { says: 'a check has a word for a name', find: badWords },
  { says: 'a check measures exactly one thing', find: wrongProbes },
  { says: 'a probe ends before the next one is due', find: lateTimeouts },
  { says: 'haste is never slower than rest', find: slowHaste },
  { says: 'a certificate that is verified has a host to be valid for', find: hostlessHttps },
  { says: 'a check that is named exists', find: unknownChecks },
  { says: 'a check is there for a reason', find: unusedChecks },
]

const KINDS = ['tcp', 'http', 'https'] as const

function* badWords({ draft, origin }: Facts) {
  for (const name of Object.keys(draft.checks ?? {})) {
    const path = ['checks', name]
    const word = readWord(name)
    if (isFault(word)) yield fault(origin.keyAt(path), `${origin.words(path)} ${word.fault}`)
  }
}

function* wrongProbes({ checks, origin, isFaulty }: Facts) {
  for (const { path, draft } of checks) {
    const [first, second] = KINDS.filter((kind) => draft[kind] !== undefined)
    if (first === undefined && !isFaulty(path)) {
      const message = `${origin.words(path)} measures nothing; it takes one of ${KINDS.join(', ')}`
      yield fault(origin.keyAt(path), message)
    }
    if (second === undefined) continue
    const other = `${first} (${origin.mention([...path, first])})`
    yield fault(
      origin.keyAt([...path, second]),
      `${origin.words([...path, second])} stands beside ${other}; a check measures one thing`,
    )
  }
}

function* lateTimeouts(facts: Facts) {
  for (const check of withSoundInterval(facts)) {
    const { timeoutMs, intervalMs } = spansOf(check.draft)
    if (timeoutMs > intervalMs) yield aboveInterval(facts, check, 'timeout', timeoutMs)
  }
}

function* slowHaste(facts: Facts) {
  for (const check of withSoundInterval(facts)) {
    const { fastIntervalMs, intervalMs } = spansOf(check.draft)
    if (fastIntervalMs <= intervalMs) continue
    yield aboveInterval(facts, check, 'fast_interval', fastIntervalMs)
  }
}

/** An interval that cannot be read says nothing about its neighbours, and nor does its default. */
function withSoundInterval({ checks, isFaulty }: Facts) {
  return checks.filter(({ path }) => !isFaulty([...path, 'interval']))
}

function aboveInterval(
  { origin }: Facts,
  { path, draft }: CheckFacts,
  key: 'timeout' | 'fast_interval',
  spanMs: number,
) {
  const { intervalMs } = spansOf(draft)
  const where = draft.interval !== undefined ? origin.mention([...path, 'interval']) : 'the default'
  return fault(
    origin.valueAt([...path, key]),
    `${origin.words([...path, key])} ${printDuration(spanMs)} is longer than interval ` +
      `${printDuration(intervalMs)} (${where})`,
  )
}

function* hostlessHttps({ checks, origin }: Facts) {
  for (const { path, draft } of checks) {
    const { https } = draft
    if (!https || https.host !== undefined || https.verify === false) continue
    yield warning(
      origin.keyAt([...path, 'https']),
      `${origin.words([...path, 'https'])} has no host, so the certificate must be valid for the ` +
        "member's address; set host, or verify: false",
    )
  }
}

function* unknownChecks({ users, draft, origin, isFaulty }: Facts) {
  const known = Object.keys(draft.checks ?? {})
  const isKnown = new Set(known)
  const adviceOn = createAdvisor(known, 'check')
  for (const user of users) {
    const reference = user.draft.check
    if (typeof reference !== 'string' || isKnown.has(reference)) continue
    if (isFaulty(['checks', reference])) continue
    yield unknownReference(origin, [...user.path, 'check'], reference, adviceOn)
  }
}

function* unusedChecks({ users, draft, origin, isFaulty }: Facts) {
  const used = new Set(users.map((user) => user.draft.check))
  // Whoever used it may be among what the schema has faulted.
  if (isFaulty(['pools']) || isFaulty(['names'])) return
  for (const name of Object.keys(draft.checks ?? {})) {
    if (used.has(name)) continue
    const path = ['checks', name]
    yield warning(origin.keyAt(path), `${origin.words(path)} is used by no pool and no name`)
  }
}
