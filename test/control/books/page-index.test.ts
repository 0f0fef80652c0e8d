/** Goal: a member is found on the page that holds now, and on no other. */

import { describe, expect, it } from 'vitest'

import { PageIndex } from '../../../src/control/books/page-index.ts'

describe('what a page says of a member', () => {
  it('is found by its pool and its name', () => {
    const page = [
      { pool: 'web', member: 'a', word: 'down' },
      { pool: 'web', member: 'b', word: 'up' },
      { pool: 'main', member: 'a', word: 'drain' },
    ]
    const index = new PageIndex<(typeof page)[number]>()
    expect(page.map(({ pool, member }) => index.find(page, pool, member))).toEqual(page)
    expect(index.find(page, 'main', 'b')).toBeUndefined()
  })

  it('is gone with the page', () => {
    const index = new PageIndex<{ pool: string; member: string }>()
    const page = [{ pool: 'web', member: 'a' }]
    expect(index.find(page, 'web', 'a')).toBe(page[0])
    expect(index.find([], 'web', 'a')).toBeUndefined()
    expect(index.find(page, 'web', 'a')).toBe(page[0])
  })
})
