/**
 * A value that changes, and those who show it. Models are functions over plain values; a store
 * holds the latest, so that a component reads it by a hook and everything else without a page.
 */

import { useEffect, useState } from 'preact/hooks'

export interface Store<T> {
  get(): T
  set(value: T): void
  /** Calls `listener` after each change; returns what takes it back. */
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState(0)
  useEffect(() => {
    let shown = store.get()
    const look = () => {
      if (Object.is(shown, store.get())) return
      shown = store.get()
      draw((count) => count + 1)
    }
    // It may have changed between the first drawing and now.
    draw((count) => count + 1)
    return store.subscribe(look)
  }, [store])
  return store.get()
}
