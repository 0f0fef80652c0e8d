/** An explanation in lines, each a statement by itself: for a terminal, and for TXT records. */

import type { Balanced, ExplainedAnswer, Explanation } from './explain.ts'
import type { ExplainedFamily, ExplainedMember, ExplainedPool } from './explained.ts'
import type { ExplainedRung } from './explained.ts'
import { FAMILIES, type Family } from '../judgement/targets.ts'

/** The lines of an explanation, in the order in which they are read. */
export function explanationLines({ name, client, answers, balanced }: Explanation): string[] {
  if (!balanced) {
    return [
      `${name} for ${client}: not balanced; its zone answers, if it is here`,
      ...answers.map(answerLine),
    ]
  }
  const { pool, policy, answersMax, ttl, pools } = balanced
  const most = `at most ${answersMax} record${answersMax === 1 ? '' : 's'}`
  return [
    `${name} for ${client}: pool ${pool}, ${policy}, ${most}`,
    ...answers.map(answerLine),
    `ttl ${ttl.seconds}: ${ttl.reason}`,
    ...pools.flatMap((one) => poolLines(one, balanced)),
  ]
}

function answerLine({ type, rcode, data, scope }: ExplainedAnswer): string {
  const said = data.length > 0 ? data.join(' ') : rcode === 'NOERROR' ? 'nobody (NODATA)' : rcode
  return `next ${type}: ${said}${scope > 0 ? ` (good for all of the client's /${scope})` : ''}`
}

function poolLines(pool: ExplainedPool, { pool: root, policy }: Balanced): string[] {
  const by = pool.pool === root ? policy : pool.policy
  return FAMILIES.flatMap((family) => {
    const overview = pool[family]
    return overview ? familyLines(pool.pool, by, WORD[family], overview) : []
  })
}

const WORD: Record<Family, string> = { v4: 'A', v6: 'AAAA' }

function familyLines(
  pool: string,
  policy: string,
  type: string,
  family: ExplainedFamily,
): string[] {
  const { healthyCount, memberCount, neededCount, failedSince, ladder = [], members } = family
  const drawn = members.filter(({ effectiveWeight }) => effectiveWeight !== undefined)
  const among = drawn.map(({ name, effectiveWeight }) => `${name} (${effectiveWeight})`)
  const standIns = family.standIns.map((name) => `pool ${name}`)
  const whom = [...standIns, ...among].join(', ') || 'nobody'
  const health = `${healthyCount} of ${memberCount} healthy, ${neededCount} needed`
  return [
    `pool ${pool} ${type}: ${health}; ${policy} draws from ${whom}`,
    ...(failedSince === undefined
      ? []
      : [`  failed since ${timeText(failedSince)}; ladder: ${ladder.map(rungText).join(', ')}`]),
    ...members.map((member) => memberLine(member, policy)),
  ]
}

function rungText({ step, state, reason, until }: ExplainedRung): string {
  const end = until === undefined ? '' : ` until ${timeText(until)}`
  return `${step} ${state}${reason === undefined ? '' : ` (${reason})`}${end}`
}

function memberLine(member: ExplainedMember, policy: string): string {
  const { name, address, exclusion, effectiveWeight } = member
  const isDrawn = effectiveWeight !== undefined
  // By a ladder, members are answered whose checks fail.
  const place = exclusion
    ? `${isDrawn ? 'in though' : 'out'} (${exclusion})`
    : isDrawn
      ? 'in'
      : 'waits'
  const parts = [
    place,
    ...weightParts(member),
    ...figureParts(member, policy),
    ...evidenceParts(member),
  ]
  return `  ${name} ${address}: ${parts.join('; ')}`
}

function weightParts(member: ExplainedMember): string[] {
  const { weight, effectiveWeight, earnedPercent, keptPercent, wantedPercent } = member
  if (weight === 0) return ['standby']
  const factors = [
    earnedPercent < 100 ? [`slow start ${earnedPercent}%`] : [],
    keptPercent < 100 ? [`sheds ${100 - keptPercent}%`] : [],
    wantedPercent < 100 ? [`asks for ${wantedPercent}%`] : [],
  ].flat()
  const now = effectiveWeight === undefined || effectiveWeight === weight ? '' : ` of ${weight}`
  return [`weight ${effectiveWeight ?? weight}${now}`, ...factors]
}

/** What its policy compares it by. */
function figureParts({ loadFigure, timeMs }: ExplainedMember, policy: string): string[] {
  if (policy === 'least-load') {
    return [loadFigure === undefined ? 'no load known' : `load ${rounded(loadFigure)}`]
  }
  if (policy !== 'fastest') return []
  return [timeMs === undefined ? 'no time known' : `${rounded(timeMs)} ms`]
}

function evidenceParts({ verdict, evidence, since, override }: ExplainedMember): string[] {
  const from = since === undefined ? '' : ` since ${timeText(since)}`
  const end = override?.until === undefined ? '' : ` until ${timeText(override.until)}`
  return [
    ...(override
      ? [`override ${override.word} by ${override.author}${end}: ${override.reason}`]
      : []),
    `${verdict}${from}: ${evidence}`,
  ]
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** In UTC, to the second. */
function timeText(moment: string): string {
  return moment.replace(/\.\d+Z$/, 'Z')
}
