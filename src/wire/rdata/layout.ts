/** Where names stand inside RDATA, for those who compress them or look up their addresses. */

import { TYPE } from '../registry.ts'

import { rowOf } from './schema.ts'

export interface NameLayout {
  /** Octets before the first name. */
  readonly skip: number
  /** How many names follow one another from there. */
  readonly names: number
  /** Whether an answer may compress them. */
  readonly compressible: boolean
}

/**
 * The layout of a type that has names after a fixed number of octets; undefined for the others.
 * NAPTR is among those: its name follows three strings.
 */
export function nameLayout(type: number): NameLayout | undefined {
  return LAYOUTS.get(type)
}

/**
 * RFC 3597 §4: "servers MUST NOT compress domain names embedded in the RDATA of types that are
 * class-specific or not well-known", and well-known are those of RFC 1035. These are still in use.
 */
const COMPRESSIBLE: ReadonlySet<number> = new Set([
  TYPE.NS,
  TYPE.CNAME,
  TYPE.SOA,
  TYPE.PTR,
  TYPE.MX,
])

const LAYOUTS: ReadonlyMap<number, NameLayout> = new Map(
  Object.values(TYPE).flatMap((type) => {
    const layout = layoutOf(type)
    return layout ? [[type, layout] as const] : []
  }),
)

function layoutOf(type: number): NameLayout | undefined {
  const fields = rowOf(type)?.fields ?? []
  const first = fields.findIndex(({ isName }) => isName)
  if (first < 0) return undefined
  let skip = 0
  for (const { width } of fields.slice(0, first)) {
    if (width === undefined) return undefined
    skip += width
  }
  const after = fields.findIndex(({ isName }, index) => index > first && !isName)
  const names = (after < 0 ? fields.length : after) - first
  return { skip, names, compressible: COMPRESSIBLE.has(type) }
}
