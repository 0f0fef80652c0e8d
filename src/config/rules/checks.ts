/** Rules of checks, whether named or written where they are used. */

import { parseAddress } from '../../base/address.ts'
import { printDuration } from '../../base/duration.ts'

import { spansOf } from '../build/build-checks.ts'
import type { CheckFacts } from '../facts/check-facts.ts'
import { COMBINATIONS } from '../schema/check-schema.ts'
import type { Facts } from '../facts/facts.ts'
import type { Path } from '../facts/origin.ts'
import { PROBE_KINDS } from '../schema/probe-schema.ts'
import type { Rule } from '../rules.ts'
import { readWord, isFault } from '../values/values.ts'
import { fault, warning } from './report.ts'

export const CHECK_RULES: readonly Rule[] = [
  { says: 'a check has a word for a name', find: badWords },
  { says: 'a check measures exactly one thing', find: wrongProbes },
  { says: 'a probe ends before the next one is due', find: lateTimeouts },
  { says: 'haste is never slower than rest', find: slowHaste },
  { says: 'a certificate that is verified has a host to be valid for', find: hostlessHttps },
  { says: 'a report comes from where there is one', find: reportsFromNowhere },
  { says: 'an answer without a body is not looked through', find: bodiesOfHead },
  { says: 'a certificate is for TLS', find: tlsTermsInClear },
  { says: 'a heartbeat comes by itself', find: heartbeatsElsewhere },
]

const KINDS = [...PROBE_KINDS, ...COMBINATIONS]

function* badWords({ draft, origin }: Facts) {
  for (const name of Object.keys(draft.checks ?? {})) {
    const path = ['checks', name]
    const word = readWord(name)
    if (isFault(word)) yield fault(origin.keyAt(path), `${origin.words(path)} ${word.fault}`)
  }
}

function* wrongProbes({ checks, origin, isFaulty }: Facts) {
  for (const { path, draft } of checks) {
    const [first, ...others] = KINDS.filter((kind) => draft[kind] !== undefined)
    if (first === undefined && !isFaulty(path)) {
      const message = `${origin.words(path)} measures nothing; it takes one of ${KINDS.join(', ')}`
      yield fault(origin.keyAt(path), message)
    }
    for (const other of others) {
      yield fault(
        origin.keyAt([...path, other]),
        `${origin.words([...path, other])} stands beside ${first} ` +
          `(${origin.mention([...path, first!])}); a check measures one thing`,
      )
    }
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
    const { https, tls, grpc } = draft
    for (const [kind, terms] of Object.entries({ https, tls, ...(grpc?.tls && { grpc }) })) {
      // Whoever is looked up by a name is asked for by that name.
      if (!terms || terms.host !== undefined || terms.verify === false) continue
      if (draft.address !== undefined && parseAddress(draft.address) === undefined) continue
      yield warning(
        origin.keyAt([...path, kind]),
        `${origin.words([...path, kind])} has no host, so the certificate must be valid for the ` +
          "member's address; set host, or verify: false",
      )
    }
  }
}

function* reportsFromNowhere(facts: Facts) {
  const { checks, origin } = facts
  for (const { path, draft } of checks) {
    const { report } = draft
    if (!report) continue
    const at = [...path, 'report']
    if ((report.header === undefined) === (report.body === undefined)) {
      if (facts.isFaulty(at)) continue
      yield fault(origin.keyAt(at), `${origin.words(at)} takes one of header and body`)
    }
    const kind = PROBE_KINDS.find((one) => draft[one] !== undefined)
    if (kind === undefined || kind === 'http' || kind === 'https') continue
    if (kind !== 'tcp') {
      yield useless(facts, at, [...path, kind], 'only tcp, http and https are read for a report')
    } else if (report.header !== undefined) {
      yield useless(facts, at, [...path, kind], 'only http and https have headers')
    }
  }
}

function* bodiesOfHead(facts: Facts) {
  for (const { path, draft } of facts.checks) {
    for (const kind of ['http', 'https'] as const) {
      if (draft[kind]?.method !== 'HEAD') continue
      const method = [...path, kind, 'method']
      const why = 'HEAD is answered without a body'
      if (draft[kind].body !== undefined) {
        yield useless(facts, [...path, kind, 'body'], method, why)
      }
      if (draft.report?.body) yield useless(facts, [...path, 'report'], method, why)
    }
  }
}

function* tlsTermsInClear(facts: Facts) {
  for (const { path, draft } of facts.checks) {
    if (!draft.grpc || draft.grpc.tls) continue
    for (const key of ['host', 'verify', 'cert_warn'] as const) {
      if (draft.grpc[key] === undefined) continue
      yield useless(facts, [...path, 'grpc', key], [...path, 'grpc'], 'write tls: true')
    }
  }
}

function* heartbeatsElsewhere(facts: Facts) {
  for (const { path, draft } of facts.checks) {
    if (!draft.heartbeat) continue
    for (const key of ['address', 'every', 'timeout'] as const) {
      if (draft[key] === undefined) continue
      const why = 'nothing is sent that could have it'
      yield useless(facts, [...path, key], [...path, 'heartbeat'], why)
    }
  }
}

/** A setting that another leaves without meaning. */
function useless({ origin }: Facts, path: Path, cause: Path, why: string) {
  const beside = `${String(cause.at(-1))} (${origin.mention(cause)})`
  return fault(origin.keyAt(path), `${origin.words(path)} means nothing beside ${beside}: ${why}`)
}
