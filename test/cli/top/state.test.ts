/**
 * Goal: keys do what the last line says, whatever is open at the time.
 * Method: keys one after the other, and the state and wishes that come of them; and what a terminal
 * sends for a key.
 */

import { describe, expect, it } from 'vitest'

import { keysOf } from '../../../src/cli/top/keys.ts'
import { ratesOf, withSample } from '../../../src/cli/top/rates.ts'
import { later, sceneOf, statusOf, typed } from './scene.ts'

const keysIn = (...keys: string[]) => sceneOf(statusOf(), typed(...keys).state).rows.map(keyOf)
const keyOf = ({ key }: { readonly key: string }) => key

describe('keys', () => {
  it('are told by name, several at once, and the rest is left out', () => {
    expect(keysOf('a\x1b[A\x1b[6~\x1bOB\r\x7f\x03é😀')).toEqual([
      ...['a', 'up', 'page down', 'down', 'enter', 'backspace', 'ctrl-c', 'é', '😀'],
    ])
    expect(keysOf('\x1b')).toEqual(['escape'])
    expect(keysOf('\x1b[1;5C\x01x')).toEqual(['x'])
  })
})

describe('the selection', () => {
  const selected = (...keys: string[]) => typed(...keys).state.selected

  it('moves by rows and pages, and stops at both ends', () => {
    expect(selected('down')).toBe('web/a/v4')
    expect(selected('down', 'down', 'up')).toBe('web/a/v4')
    expect(selected('up')).toBe('web')
    expect(selected('end')).toBe('mail/d/v4')
    expect(selected('page down', 'home')).toBe('web')
  })

  it('stays on its member when the order changes', () => {
    expect(typed('down', 's').state).toMatchObject({ selected: 'web/a/v4', sort: 'trouble' })
    expect(keysIn('s').slice(0, 4)).toEqual(['web', 'web/c/v4', 'web/b/v4', 'web/a/v4'])
  })
})

describe('a pool', () => {
  it('is folded and unfolded from any of its rows', () => {
    expect(keysIn('down', 'p')).toEqual(['web', 'mail', 'mail/d/v4'])
    expect(keysIn('down', 'p', 'enter')).toHaveLength(6)
  })
})

describe('a filter', () => {
  it('holds while it is typed, by name, verdict or evidence, with the pools of what is left', () => {
    expect(keysIn('/', 'R', 'E', 'F', 'u')).toEqual(['web', 'web/c/v4'])
    expect(keysIn('/', 'm', 'a', 'i', 'l', 'enter')).toEqual(['mail', 'mail/d/v4'])
    expect(keysIn('/', 'd', 'r', 'a', 'i')).toEqual(['web', 'web/b/v4'])
  })

  it('goes with Esc, typed or not', () => {
    expect(typed('/', 'x', 'escape').state.filter).toBe('')
    expect(typed('/', 'x', 'enter', 'escape').state.filter).toBe('')
    expect(typed('/', 'x', 'y', 'backspace', 'enter').state.filter).toBe('x')
    expect(typed('/', 'x', 'y', 'ctrl-u').state.filter).toBe('')
  })

  it('takes q for a letter', () => {
    expect(typed('/', 'q')).toMatchObject({ wishes: [], state: { filter: 'q' } })
  })
})

describe('a drain', () => {
  it('is wished with its reason', () => {
    expect(typed('down', 'd', 'h', 'o', 't', ' ', 'enter').wishes).toEqual([
      { kind: 'drain', pool: 'web', member: 'a', reason: 'hot' },
    ])
  })

  it('is none without a reason, after Esc, or of a pool', () => {
    expect(typed('down', 'd', 'enter')).toMatchObject({
      ...{ wishes: [], state: { message: 'not drained: a drain has a reason' } },
    })
    expect(typed('down', 'd', 'x', 'escape', 'enter').wishes).toEqual([])
    expect(typed('d').state.message).toBe('select a member to drain it')
  })

  it('is ended after a yes, where there is one', () => {
    expect(typed('down', 'down', 'u', 'y').wishes).toEqual([
      { kind: 'undrain', pool: 'web', member: 'b' },
    ])
    expect(typed('down', 'down', 'u', 'n').wishes).toEqual([])
    expect(typed('down', 'u').state.message).toBe('web/a has no override')
  })
})

describe('other keys', () => {
  it('ask for a name to explain, and offer it again', () => {
    const asked = typed('e', 'w', '.', 'enter')
    expect(asked.wishes).toEqual([{ kind: 'explain', name: 'w.' }])
    expect(typed('e', 'w', '.', 'enter', 'e').state.prompt).toEqual({ kind: 'explain', text: 'w.' })
  })

  it('end it from everywhere', () => {
    expect(typed('q').wishes).toEqual([{ kind: 'quit' }])
    expect(typed('down', 'd', 'x', 'ctrl-c').wishes).toEqual([{ kind: 'quit' }])
    expect(typed('ctrl-z').wishes).toEqual([{ kind: 'suspend' }])
  })
})

describe('rates', () => {
  const status = statusOf()

  it('are of the last seconds alone', () => {
    const first = later(status, 5, { 'web/a': 50 })
    const second = later(first, 8, { 'web/b': 8 })
    const rates = ratesOf([status, first, second].reduce(withSample, [] as never))
    expect(rates.queries).toBe(1)
    expect(rates.share('web', 'a', 'v4')).toBe(0)
    expect(rates.share('web', 'b', 'v4')).toBe(100)
    expect(rates.share('mail', 'd', 'v4')).toBeUndefined()
  })

  it('begin anew with another process, and count no status twice', () => {
    const restarted = { ...later(status, 1, {}), startedAt: later(status, 1, {}).now }
    expect(withSample(withSample([], status), restarted)).toHaveLength(1)
    expect(withSample(withSample([], status), status)).toHaveLength(1)
    expect(ratesOf(withSample([], status)).queries).toBeUndefined()
  })
})
