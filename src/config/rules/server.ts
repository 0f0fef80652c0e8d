/** Rules of maps, and of what the prober trusts. */

import type { Facts } from '../facts/facts.ts'
import { isFault, readWord } from '../values/values.ts'
import type { Rule } from '../rules.ts'
import { fault, warning } from './report.ts'

export const SERVER_RULES: readonly Rule[] = [
  { says: 'a map has a word for a name', find: badWords },
  { says: 'a map is read from one place', find: wrongSources },
  { says: 'a map is there for a reason', find: unusedMaps },
]

function* badWords({ draft, origin }: Facts) {
  for (const name of Object.keys(draft.maps ?? {})) {
    const path = ['maps', name]
    const word = readWord(name)
    if (isFault(word)) yield fault(origin.keyAt(path), `${origin.words(path)} ${word.fault}`)
  }
}

function* wrongSources({ draft, origin, isFaulty }: Facts) {
  for (const [name, { file, mmdb }] of Object.entries(draft.maps ?? {})) {
    const path = ['maps', name]
    if (file === undefined && mmdb === undefined && !isFaulty(path)) {
      yield fault(origin.keyAt(path), `${origin.words(path)} is empty; it takes file or mmdb`)
    }
    if (file === undefined || mmdb === undefined) continue
    const other = `file (${origin.mention([...path, 'file'])})`
    const key = [...path, 'mmdb']
    const claim = `stands beside ${other}; a map is read from one of them`
    yield fault(origin.keyAt(key), `${origin.words(key)} ${claim}`)
  }
}

function* unusedMaps({ draft, drawn, origin, isFaulty }: Facts) {
  if (isFaulty(['pools']) || isFaulty(['names'])) return
  const used = new Set(drawn.map(({ draft: { map } }) => map))
  for (const name of Object.keys(draft.maps ?? {})) {
    const path = ['maps', name]
    if (used.has(name)) continue
    yield warning(origin.keyAt(path), `${origin.words(path)} is used by no pool`)
  }
}
