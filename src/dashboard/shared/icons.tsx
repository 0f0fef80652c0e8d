/**
 * Small drawings that go with words: each state has a shape of its own, so that it is known without
 * its colour. They are hidden from screen readers, which have the word.
 */

export type Shape = 'up' | 'down' | 'unknown' | 'drain' | 'open' | 'lost' | 'warning'

/** Drawn in a square of 12, in the colour of the text. */
const PATHS: Record<Shape, { readonly d: string; readonly isLine?: boolean }> = {
  up: { d: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z' },
  down: { d: 'M1 2h10L6 11z' },
  unknown: { d: 'M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z', isLine: true },
  drain: { d: 'M2 2h8v3H2zM4.5 6h3v3H9.5L6 11.8L2.5 9h2z' },
  open: { d: 'M6 3a3 3 0 1 1 0 6a3 3 0 1 1 0-6z' },
  lost: { d: 'M2.5 2.5l7 7M9.5 2.5l-7 7', isLine: true },
  warning: { d: 'M6 1L11.5 11H.5zM5.4 4.4v3.4h1.2V4.4zM5.4 8.6v1.2h1.2V8.6z' },
}

export function Mark({ shape }: { readonly shape: Shape }) {
  const { d, isLine } = PATHS[shape]
  return (
    <svg class="mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {isLine ? (
        <path d={d} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" />
      ) : (
        <path d={d} fill="currentColor" fill-rule="evenodd" />
      )}
    </svg>
  )
}

/** The wheel: what the name means. */
export function Wheel() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <g fill="none" stroke="currentColor" stroke-width="1.7">
        <circle cx="10" cy="10" r="8.2" />
        <path d="M10 1.8v16.4M2.9 5.9l14.2 8.2M17.1 5.9L2.9 14.1" stroke-width="1.2" />
      </g>
      <circle cx="10" cy="10" r="2.6" fill="currentColor" />
    </svg>
  )
}
