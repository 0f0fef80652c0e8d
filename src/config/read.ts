/**
 * Reads a configuration: text in, a Config or every fault of it out. Nothing here opens a file, so
 * a text from anywhere can be judged; paths in it are resolved against the folder of `file`.
 */

import { hasErrors, sortDiagnostics } from '../base/diagnostic.ts'

import { buildConfig } from './build/build.ts'
import type { Reading } from './config.ts'
import { factsOf } from './facts/facts.ts'
import { type ShapeFault, shapeFaults, valueIn } from './faults.ts'
import type { Origin, Path } from './facts/origin.ts'
import { RULES } from './rules.ts'
import { LINTS } from './rules/lints.ts'
import { configSchema, type Draft, schema } from './schema/schema.ts'
import { settleBudgets } from './budget/settle.ts'
import { parseSource } from './source.ts'

/** Reads YAML. `file` is how the operator names it; diagnostics carry it as it is. */
export function readConfig(text: string, file: string): Reading {
  const source = parseSource(text, file)
  return 'diagnostics' in source
    ? { diagnostics: sortDiagnostics(source.diagnostics) }
    : readTree(source.tree, source.origin)
}

/** Reads a tree of plain values, wherever it was written. */
export function readTree(tree: unknown, origin: Origin): Reading {
  const { draft, faults } = readDraft(tree, origin)
  const diagnostics = faults.map(({ diagnostic }) => diagnostic)
  if (!draft) return { diagnostics: sortDiagnostics(diagnostics) }

  const paths = faults.map(({ path }) => path)
  const facts = factsOf(draft, origin, paths)
  // One by one: a call cannot take 100,000 arguments.
  for (const { find } of RULES) for (const found of find(facts)) diagnostics.push(found)
  for (const miss of settleBudgets(facts)) diagnostics.push(miss)
  if (hasErrors(diagnostics)) return { diagnostics: sortDiagnostics(diagnostics) }
  const config = buildConfig(facts)
  for (const { find } of LINTS) for (const found of find(facts, config)) diagnostics.push(found)
  return { config, warnings: sortDiagnostics(diagnostics) }
}

/**
 * Parses by the schema. What is faulty is taken out and the rest is parsed again, so that the rules
 * can judge it: one misspelt key must not hide an unknown pool at the other end of the file.
 */
function readDraft(
  tree: unknown,
  origin: Origin,
): { readonly draft?: Draft; readonly faults: readonly ShapeFault[] } {
  const first = schema.safeParse(tree)
  if (first.success) return { draft: first.data, faults: [] }

  const jsonSchema = configSchema()
  const faults = shapeFaults(first.error.issues, tree, origin, jsonSchema)
  const rest = structuredClone(tree)
  // Each round takes out at least one value or reaches the root, so this ends.
  for (let found = faults; removeAll(rest, found); ) {
    const again = schema.safeParse(rest)
    if (again.success) return { draft: again.data, faults }
    found = shapeFaults(again.error.issues, rest, origin, jsonSchema)
  }
  return { faults }
}

/** Takes out what is faulty; false where only taking out the root would do. */
function removeAll(tree: unknown, faults: readonly ShapeFault[]): boolean {
  // All are found before any is removed: a second fault inside a list must not look for its rest.
  const culprits = faults.map(({ path }) => culpritOf(tree, path))
  if (culprits.includes(undefined)) return false
  for (const culprit of culprits) {
    if (culprit) Reflect.deleteProperty(culprit.owner, culprit.key)
  }
  return true
}

/** What must go for a fault at `path` to go: a list as a whole, and the map that lacks a key. */
function culpritOf(tree: unknown, path: Path) {
  for (let length = path.length; length > 0; length--) {
    const owner = valueIn(tree, path.slice(0, length - 1))
    const key = path[length - 1]
    const isMap = typeof owner === 'object' && owner !== null && !Array.isArray(owner)
    if (isMap && Object.hasOwn(owner, key)) return { owner, key }
  }
  return undefined
}
