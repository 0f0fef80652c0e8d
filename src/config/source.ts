/**
 * YAML text as a tree of plain values, each of which remembers where it stands. A text that is not
 * sound YAML, or says the same key twice, yields diagnostics and no tree.
 */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair } from 'yaml'
import { type Document, parseDocument, type Range, visit, type YAMLMap } from 'yaml'

import type { Diagnostic, Place } from '../base/diagnostic.ts'

import { type Origin, type Path, wordsOfPath } from './facts/origin.ts'

export type Source =
  | { readonly tree: unknown; readonly origin: Origin }
  | { readonly tree?: undefined; readonly diagnostics: readonly Diagnostic[] }

export function parseSource(text: string, file: string): Source {
  // The parser would report a repeated key without saying where it stood first, in time that grows
  // with the square of a map: 100,000 names took minutes. See oddNodes.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false })
  const page: Page = { text, file, lineCounter: linesOf(text), document }

  const diagnostics = [...syntaxFaults(page), ...oddNodes(page)]
  if (diagnostics.length > 0) return { diagnostics }
  try {
    return { tree: document.toJS(), origin: originOf(page) }
  } catch (cause) {
    // Aliases of aliases that would unfold into more values than any configuration has.
    const message = `not valid YAML: ${lowered(cause instanceof Error ? cause.message : '')}`
    return { diagnostics: [{ severity: 'error', ...placeOf(page, [0, 1, 1]), message }] }
  }
}

interface Page {
  readonly text: string
  readonly file: string
  readonly lineCounter: LineCounter
  readonly document: Document.Parsed
}

function syntaxFaults(page: Page): Diagnostic[] {
  const { errors, warnings } = page.document
  return [...errors, ...warnings].map(({ code, message, pos: [from, to] }) => ({
    severity: 'error',
    ...placeOf(page, [from, to, to]),
    message:
      code === 'MULTIPLE_DOCS'
        ? 'not valid YAML: a configuration is one document, and here a second begins'
        : `not valid YAML: ${lowered(message)}`,
  }))
}

/** What YAML allows and a configuration cannot use: keys said twice, keys of maps, lost aliases. */
function oddNodes(page: Page): Diagnostic[] {
  const { document } = page
  const found: Diagnostic[] = []
  const report = (node: unknown, message: string) => {
    found.push({ severity: 'error', ...placeOf(page, rangeOf(node)), message })
  }
  visit(document, {
    Alias(_, alias) {
      const target = alias.resolve(document)
      if (!target) report(alias, `alias "${alias.source}" has no anchor before it`)
      else if (isInside(alias, target)) report(alias, `alias "${alias.source}" stands for itself`)
    },
    Map(_, map) {
      const firsts = new Map<string, Node>()
      for (const { key } of map.items) {
        if (!isScalar(key)) {
          report(key, 'a key is a list or a map; keys are plain words')
          continue
        }
        const word = String(key.value)
        // What has this name in a map of JavaScript is no key, and would be lost on the way.
        if (word === '__proto__') report(key, `key "${word}" is not legal`)
        const first = firsts.get(word)
        if (first) {
          const { line } = placeOf(page, rangeOf(first))
          report(key, `key "${word}" is repeated; it stands on line ${line}`)
        } else firsts.set(word, key)
      }
    },
  })
  return found
}

function originOf(page: Page): Origin {
  const step = createWalk(page.document)
  const keyAt = (path: Path): Place => {
    for (let length = path.length; length > 0; length--) {
      const { key, value } = step(path.slice(0, length))
      const node = key ?? value
      if (node) return placeOf(page, rangeOf(node))
    }
    return placeOf(page, [0, 1, 1])
  }
  const valueAt = (path: Path): Place => {
    const { key, value } = step(path)
    const isShown = (isScalar(value) && value.value !== null) || isAlias(value) || !key
    return isShown && value ? placeOf(page, rangeOf(value)) : keyAt(path)
  }
  return {
    file: page.file,
    keyAt,
    valueAt,
    words: wordsOfPath,
    mention: (path) => `line ${keyAt(path).line}`,
  }
}

interface Found {
  /** Absent in a list. */
  readonly key?: unknown
  readonly value?: unknown
}

/**
 * Returns a walk from the root along a path, through aliases, to the last key and its value. Maps
 * are indexed as they are met, so that a file of thousands of names is still read in one breath.
 */
function createWalk(document: Document.Parsed): (path: Path) => Found {
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Pair>>()
  const pairsOf = (map: YAMLMap) => {
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [wordOf(pair), pair]))
    indexes.set(map, index)
    return index
  }
  return (path) => {
    let found: Found = { value: document.contents }
    for (const part of path) {
      const node = isAlias(found.value) ? found.value.resolve(document) : found.value
      if (isSeq(node)) found = { value: node.items[Number(part)] }
      else if (isMap(node)) found = pairsOf(node).get(String(part)) ?? {}
      else return {}
    }
    return found
  }
}

/** Where lines begin; the parser itself loses count where a quote is never closed. */
function linesOf(text: string): LineCounter {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    lines.addNewLine(end + 1)
  }
  return lines
}

/** The key as the tree has it: a number is its digits, and nothing is the empty word. */
function wordOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value ?? '') : ''
}

function isInside(alias: Node, target: Node): boolean {
  const [from, to] = [rangeOf(target), rangeOf(alias)]
  return from[0] <= to[0] && to[1] <= from[1]
}

function rangeOf(node: unknown): Range {
  return (node as Partial<Node> | undefined)?.range ?? [0, 1, 1]
}

/** The place of a range, cut at the end of its first line: a marker stands under one line. */
function placeOf({ text, file, lineCounter }: Page, [from, to]: Range): Place {
  const { line, col } = lineCounter.linePos(from)
  const length = text.slice(from, Math.max(to, from + 1)).search(/[\r\n]|$/)
  return { file, line, column: col, length: Math.max(1, length) }
}

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
