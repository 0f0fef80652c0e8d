/**
 * The kinds of clients that meet a balanced name in the wild. They differ in what they ask, what
 * they keep, which record they take, and what they do when nobody is there.
 */

import { TYPE } from '../../wire/registry.ts'

import type { Found, Plan } from './visit.ts'

export type ModelKey = 'first' | 'any' | 'cache' | 'eyeballs'

export interface Model {
  readonly key: ModelKey
  readonly title: string
  /** For people: what is special about it, and what it does to the shares. */
  readonly what: string
  /** Whether it asks again only when the TTL of what it has is over. */
  readonly isCaching: boolean
  /** Whether it asks for A and AAAA, whatever type was chosen. */
  readonly isDual: boolean
  readonly plan: (type: number) => Plan
}

/** RFC 8305 §8: "Resolution Delay … recommended value is 50 milliseconds". */
export const RESOLUTION_DELAY_MS = 50
/** RFC 8305 §8: "Connection Attempt Delay … recommended value is 250 milliseconds". */
export const ATTEMPT_DELAY_MS = 250

export const MODELS: readonly Model[] = [
  {
    key: 'first',
    title: 'takes the first record',
    what: 'Asks each time, connects to the first record, and gives up if nobody is there.',
    ...{ isCaching: false, isDual: false },
    plan: (type) => single(type, 1, (values) => values),
  },
  {
    key: 'any',
    title: 'takes any record',
    what: 'Asks each time, picks one record by chance, and gives up if nobody is there.',
    ...{ isCaching: false, isDual: false },
    plan: (type) =>
      single(type, 1, (values, draw) => values.slice(Math.floor(draw * values.length))),
  },
  {
    key: 'cache',
    title: 'caching resolver',
    what:
      'Keeps an answer for its TTL, so that one answer stands for many visits; tries the next ' +
      'record if nobody is there.',
    ...{ isCaching: true, isDual: false },
    plan: (type) => single(type, Number.POSITIVE_INFINITY, (values) => values),
  },
  {
    key: 'eyeballs',
    title: 'Happy Eyeballs',
    what:
      'Asks for A and AAAA at once and tries both families in turn, the next after 250 ms or as ' +
      'soon as one is refused (RFC 8305).',
    ...{ isCaching: false, isDual: true },
    plan: () => ({
      types: [TYPE.AAAA, TYPE.A],
      order: interleaved,
      preferred: TYPE.AAAA,
      resolutionDelayMs: RESOLUTION_DELAY_MS,
      attemptDelayMs: ATTEMPT_DELAY_MS,
      triesMax: Number.POSITIVE_INFINITY,
    }),
  },
]

export function modelOf(key: string): Model {
  return MODELS.find((model) => model.key === key) ?? MODELS[0]!
}

function single(
  type: number,
  triesMax: number,
  order: (values: readonly string[], draw: number) => readonly string[],
): Plan {
  return {
    types: [type],
    order: (found, draw) => order(found.get(type) ?? [], draw),
    resolutionDelayMs: 0,
    attemptDelayMs: Number.POSITIVE_INFINITY,
    triesMax,
  }
}

/** RFC 8305 §4: IPv6 first, then the families in turn, each in the order of its answer. */
function interleaved(found: Found): string[] {
  const v6 = found.get(TYPE.AAAA) ?? []
  const v4 = found.get(TYPE.A) ?? []
  const pairs = Array.from({ length: Math.max(v6.length, v4.length) }, (_, index) => [
    ...v6.slice(index, index + 1),
    ...v4.slice(index, index + 1),
  ])
  return pairs.flat()
}
