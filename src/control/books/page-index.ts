/**
 * Finds what a page of a book says of a member. Judgement asks for every member of every pool, and
 * a page may have ten thousand entries; but a page never changes, so it is sorted once.
 */

interface Entry {
  readonly pool: string
  readonly member: string
}

export class PageIndex<T extends Entry> {
  #page: readonly T[] = []
  #entries: ReadonlyMap<string, T> = new Map()

  /** `page` is the one that holds now; each is sorted when it is first asked for. */
  find(page: readonly T[], pool: string, member: string): T | undefined {
    if (page !== this.#page) {
      this.#page = page
      this.#entries = new Map(page.map((entry) => [keyOf(entry), entry]))
    }
    return page.length === 0 ? undefined : this.#entries.get(keyOf({ pool, member }))
  }
}

/** No slash is part of a pool's name or of a member's. */
function keyOf({ pool, member }: Entry): string {
  return `${pool}/${member}`
}
