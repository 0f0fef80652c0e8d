/**
 * Any YAML, read by the yaml library: a tree of spots, or what is wrong with the text. This file
 * alone knows the library.
 */

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { type Range, visit } from 'yaml'

import type { Diagnostic } from '../../base/diagnostic.ts'

import { createPlaces, type Spot } from './spot.ts'

export type YamlReading = { readonly root: Spot } | { readonly diagnostics: readonly Diagnostic[] }

export function readYaml(text: string, file: string): YamlReading {
  // The parser would report a repeated key without saying where it stood first, and takes time
  // that grows with the square of a map: see oddNodes.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
  const placeOf = createPlaces(text, file)
  const page: Page = {
    document,
    lineAt: (offset) => placeOf(offset, offset).line,
    fault: (from, to, message) => ({ severity: 'error', ...placeOf(from, to), message }),
  }
  const diagnostics = [...syntaxFaults(page), ...oddNodes(page)]
  if (diagnostics.length > 0) return { diagnostics }
  try {
    return { root: spotsOf(document, document.toJS()) }
  } catch (cause) {
    // Aliases of aliases that would unfold into more values than any configuration has.
    const message = `not valid YAML: ${lowered(cause instanceof Error ? cause.message : '')}`
    return { diagnostics: [page.fault(0, 1, message)] }
  }
}

interface Page {
  readonly document: Document.Parsed
  lineAt(offset: number): number
  fault(from: number, to: number, message: string): Diagnostic
}

function syntaxFaults({ document, fault }: Page): Diagnostic[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos: [from, to] }) =>
    fault(
      from,
      to,
      code === 'MULTIPLE_DOCS'
        ? 'not valid YAML: a configuration is one document, and here a second begins'
        : `not valid YAML: ${lowered(message)}`,
    ),
  )
}

/** What YAML allows and a configuration cannot use: keys said twice, keys of maps, lost aliases. */
function oddNodes({ document, lineAt, fault }: Page): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = (node: unknown, message: string) => {
    const [from, to] = rangeOf(node)
    found.push(fault(from, to, message))
  }
  visit(document, {
    Alias(_, alias) {
      const target = alias.resolve(document)
      if (!target) report(alias, `alias "${alias.source}" has no anchor before it`)
      else if (isInside(alias, target)) report(alias, `alias "${alias.source}" stands for itself`)
    },
    Map(_, map) {
      const firsts = new Map<string, number>()
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          report(key, 'a key is a list or a map; keys are plain words')
          continue
        }
        const word = String(key.value)
        const first = firsts.get(word)
        if (first !== undefined) {
          report(key, `key "${word}" is repeated; it stands on line ${lineAt(first)}`)
        } else firsts.set(word, rangeOf(key)[0])
      }
    },
  })
  return found
}

/** The nodes of a document as spots, an alias as another view of what it stands for. */
function spotsOf(document: Document.Parsed, tree: unknown): Spot {
  const insides = new Map<unknown, Spot['inside']>()
  const spotOf = (key: unknown, node: unknown, value: unknown): Spot => {
    const [keyFrom, keyTo] = key === undefined ? [-1, -1] : rangeOf(key)
    const [from, to] = rangeOf(node)
    const isShown = key === undefined || isAlias(node) || (isScalar(node) && node.value !== null)
    const target = isAlias(node) ? node.resolve(document) : node
    // Each target is walked once, however many aliases have it.
    const inside = insides.get(target) ?? insideOf(target, value)
    insides.set(target, inside)
    return { keyFrom, keyTo, from, to, isShown, value, inside }
  }
  const insideOf = (node: unknown, value: unknown): Spot['inside'] => {
    const values = value as Record<string, unknown>
    if (isSeq(node)) {
      return new Map(
        node.items.map((item, at) => [String(at), spotOf(undefined, item, values[at])]),
      )
    }
    if (!isMap(node)) return undefined
    return new Map(
      node.items.map(({ key, value: item }) => {
        const word = wordOf(key)
        return [word, spotOf(key, item ?? undefined, values[word])]
      }),
    )
  }
  return spotOf(undefined, document.contents, tree)
}

/** The key as the tree has it: a number is its digits, and nothing is the empty word. */
function wordOf(key: unknown): string {
  return isScalar(key) ? String(key.value ?? '') : ''
}

function isInside(alias: Node, target: Node): boolean {
  const [from, to] = [rangeOf(target), rangeOf(alias)]
  return from[0] <= to[0] && to[1] <= from[1]
}

function rangeOf(node: unknown): Range {
  return (node as Partial<Node> | null | undefined)?.range ?? [0, 1, 1]
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
