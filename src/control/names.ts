/**
 * The balanced names of a world, in order: read out of the zone images when somebody first asks,
 * and kept as long as that world. A hundred thousand names take about 8 MB.
 */

import { printName } from '../wire/name.ts'

import { bindingOf, NODE, type ZoneImage } from '../zone/image.ts'

export interface ListedName {
  /** Without its final dot, as pools are labelled. */
  readonly name: string
  readonly binding: number
}

/** What is asked of a list that is told page by page. */
export interface PageWanted {
  readonly limit: number
  /** The last of the page before. */
  readonly after?: string | undefined
}

export interface Page<One> {
  readonly items: readonly One[]
  /** By which to ask for the next page; absent on the last. */
  readonly next?: string
}

export class NameList {
  readonly #names: readonly ListedName[]

  constructor(zones: readonly ZoneImage[]) {
    this.#names = zones.flatMap(namesOf).sort(byName)
  }

  find(name: string): ListedName | undefined {
    const wanted = plain(name)
    const found = this.#names[placeOf(this.#names, wanted)]
    return found?.name === wanted ? found : undefined
  }

  /** Those that hold `part`, in order. */
  page({ limit, after }: PageWanted, part = ''): Page<ListedName> {
    const wanted = plain(part)
    const items: ListedName[] = []
    for (let at = after === undefined ? 0 : placeAfter(this.#names, plain(after)); ; at++) {
      const one = this.#names[at]
      if (!one) return { items }
      if (!one.name.includes(wanted)) continue
      if (items.length === limit) return { items, next: items[limit - 1]!.name }
      items.push(one)
    }
  }
}

function namesOf(image: ZoneImage): ListedName[] {
  const names: ListedName[] = []
  const { nodes, octets, apex } = image
  for (let node = 0; node < nodes.length / NODE.SIZE; node++) {
    const at = nodes[node * NODE.SIZE + NODE.NAME]
    const binding = at === 0 ? -1 : bindingOf(image, node)
    if (binding < 0) continue
    const labels = octets.subarray(at + 1, at + 1 + octets[at])
    names.push({ name: plain(printName(Buffer.concat([labels, apex]))), binding })
  }
  return names
}

function byName(a: ListedName, b: ListedName): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

function plain(name: string): string {
  return name.toLowerCase().replace(/(?<=.)\.$/, '')
}

/** Where a name is, or would be. */
function placeOf(names: readonly ListedName[], wanted: string): number {
  let low = 0
  for (let high = names.length; low < high; ) {
    const middle = (low + high) >> 1
    if (names[middle]!.name < wanted) low = middle + 1
    else high = middle
  }
  return low
}

function placeAfter(names: readonly ListedName[], wanted: string): number {
  const place = placeOf(names, wanted)
  return names[place]?.name === wanted ? place + 1 : place
}
