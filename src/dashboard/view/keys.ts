/** What the keyboard can do besides going from one thing to the next. */

import { useEffect } from 'preact/hooks'

import type { Store } from '../shared/store.ts'
import type { Asked } from './desk.ts'

export const KEYS = [
  { key: '/', says: 'find a pool, member or address' },
  { key: 'n', says: 'find a name' },
  { key: 'e', says: 'explain a name' },
  { key: 'j', says: 'to the next member’s button' },
  { key: 'k', says: 'to the one before' },
  { key: 'Esc', says: 'close what is open' },
  { key: '?', says: 'show these keys' },
] as const

export function useKeys(asked: Store<Asked | undefined>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event
      if (ctrlKey || metaKey || altKey || isWriting(target)) return
      if (document.querySelector('dialog[open]')) return
      const act = actionOf(key, asked)
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [asked])
}

function actionOf(key: string, asked: Store<Asked | undefined>): (() => void) | undefined {
  switch (key) {
    case '/':
      return () => focusOn('#find')
    case 'n':
      return () => focusOn('#find-name')
    case 'e':
      return () => asked.set({ kind: 'explain', name: '' })
    case '?':
      return () => asked.set({ kind: 'help' })
    case 'j':
      return () => step(1)
    case 'k':
      return () => step(-1)
    default:
      return undefined
  }
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type)
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}

function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector)
  element?.focus()
  element?.scrollIntoView({ block: 'nearest' })
}

/** Through the buttons of the members, as they stand. */
function step(by: 1 | -1): void {
  const buttons = [...document.querySelectorAll<HTMLElement>('button.act')]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  const next = at === -1 ? (by === 1 ? 0 : buttons.length - 1) : at + by
  buttons[next]?.focus()
}
