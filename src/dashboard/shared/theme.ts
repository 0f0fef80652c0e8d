/** Light or dark: as the system has it, until the reader decides, which this browser remembers. */

import { createStore, type Store } from './store.ts'

const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'rota.theme'

/** What the page is drawn in; components that draw by script follow it. */
export const theme: Store<Theme> = createStore<Theme>('system')

/** Reads what was chosen and follows what is. Called once, before the page is drawn. */
export function startTheme(): void {
  const chosen = localStorage.getItem(KEY)
  theme.subscribe(() => {
    apply(theme.get())
    localStorage.setItem(KEY, theme.get())
  })
  if (THEMES.some((one) => one === chosen)) theme.set(chosen as Theme)
}

/** The theme that comes after one, as the button goes through them. */
export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length]!
}

function apply(chosen: Theme): void {
  const { dataset } = document.documentElement
  if (chosen === 'system') delete dataset['theme']
  else dataset['theme'] = chosen
}
