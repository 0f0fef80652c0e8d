/** What every part of the page may reach: what is known, the API, what is asked of the reader. */

import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'

import type { OverrideStatus } from '../../admin/status.ts'

import type { Live } from '../live/live.ts'
import type { Api } from '../shared/api.ts'
import type { Store } from '../shared/store.ts'

/** What a dialog is open for. */
export type Asked =
  | { readonly kind: 'override'; readonly pool: string; readonly member: string }
  | { readonly kind: 'undo'; readonly override: OverrideStatus }
  | { readonly kind: 'reload' }
  | { readonly kind: 'fail-back'; readonly pool: string }
  | { readonly kind: 'explain'; readonly name: string }
  | { readonly kind: 'help' }

export interface Desk {
  readonly live: Live
  readonly api: Api
  readonly asked: Store<Asked | undefined>
}

export const DeskContext = createContext<Desk | undefined>(undefined)

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a part of the page stands outside of its desk')
  return desk
}

/** Of when what is shown is, drawn anew each second: what is not known any more does not go on. */
export function useNow(): number {
  const { live } = useDesk()
  useSeconds()
  return live.shownAt()
}

/** Draws anew each second. */
export function useSeconds(): void {
  const [, draw] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 1_000)
    return () => clearInterval(timer)
  }, [])
}

/** Who the reader says they are, kept for the next time in this browser. */
const AUTHOR_KEY = 'rota.author'

export function lastAuthor(): string {
  return localStorage.getItem(AUTHOR_KEY) ?? ''
}

export function rememberAuthor(author: string): void {
  localStorage.setItem(AUTHOR_KEY, author)
}
