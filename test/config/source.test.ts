/**
 * Goal: how long a text is makes no difference to what is read from it.
 * Method: configurations with and without hundreds of names after what is told of them.
 */

import { describe, expect, it } from 'vitest'

import { configOf, messagesOf } from './support.ts'

const NAMES = Array.from({ length: 2_000 }, (_, i) => `  n${i}.example.test: { pool: web }\n`)
const LONG = `${NAMES.join('')}  # The last.\n`

describe('a long configuration', () => {
  it('comes out as its beginning does when it stands alone', () => {
    const head = `zones: { example.test: example.test.zone }
pools: { web: { policy: weighted, members: { a: 192.0.2.1, 10: { v4: 192.0.2.2, weight: 2 } } } }
names:
  "*.app.example.test": { pool: web, answers: 1, ttl: 1m/5s }
`
    const [long, short] = [configOf(head + LONG), configOf(head)]
    expect(long.names).toHaveLength(2_001)
    expect({ ...long, names: long.names.slice(0, 1) }).toEqual(short)
    expect(long.names.at(-1)!.place).toMatchObject({ line: 2_004, column: 3, length: 18 })
  })

  it.each([
    ['that is not sound', 'zones: [', /^\d+:\d+ not valid YAML/],
    ['that says a key twice', 'zones: { a: b, a: c }\nnames:\n', /^1:16 key "a" is repeated/],
    ['with a key that is not known', 'zone: { a: b }\nnames:\n', /^1:1 unknown key "zone"/],
  ])('%s hears the same as a short one', (_, head, message) => {
    expect(messagesOf(head + LONG)[0]).toMatch(message)
    expect(messagesOf(`${head}  n0.example.test: { pool: web }\n`)[0]).toMatch(message)
  })
})
