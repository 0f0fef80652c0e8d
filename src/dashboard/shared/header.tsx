/** The header of both pages: the ways between them, how the line to the server is, the theme. */

import type { ComponentChildren } from 'preact'

import { Mark, Wheel } from './icons.tsx'
import { useStore } from './store.ts'
import { nextTheme, type Theme, theme } from './theme.ts'

const WAYS = [
  { href: '/', word: 'Dashboard' },
  { href: '/lab', word: 'Lab' },
] as const

const THEME_WORDS: Record<Theme, string> = { system: 'Auto', light: 'Light', dark: 'Dark' }

export interface HeaderProps {
  readonly current: (typeof WAYS)[number]['href']
  /** What the link's state is; absent where the page needs none. */
  readonly link?: { readonly isLive: boolean; readonly words: string; readonly title?: string }
  /** More buttons, before that of the theme. */
  readonly children?: ComponentChildren
}

export function Header({ current, link, children }: HeaderProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="header">
        <div class="header-inner">
          <span class="brand">
            <Wheel />
            <span class="brand-word">Rota</span>
          </span>
          <nav class="ways" aria-label="Pages">
            {WAYS.map(({ href, word }) => (
              <a key={href} href={href} {...(href === current && { 'aria-current': 'page' })}>
                {word}
              </a>
            ))}
          </nav>
          <div class="header-end">
            {link && (
              <span
                class={link.isLive ? 'link-state' : 'link-state lost'}
                role="status"
                title={link.title}
              >
                <Mark shape={link.isLive ? 'open' : 'lost'} />
                {link.words}
              </span>
            )}
            {children}
            <ThemeButton />
          </div>
        </div>
      </header>
    </>
  )
}

function ThemeButton() {
  const current = useStore(theme)
  const words = THEME_WORDS[current]
  return (
    <button
      type="button"
      class="plain"
      title="Light, dark, or as the system has it"
      aria-label={`Theme: ${words}`}
      onClick={() => theme.set(nextTheme(current))}
    >
      {words}
    </button>
  )
}
