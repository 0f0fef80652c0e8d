/**
 * How a client reaches the address that DNS gave it: by asking the backend who it is where there is
 * one to ask, or by supposing what its verdict says.
 */

import { type DemoBackend, reachBackend } from './demo-api.ts'
import type { Target } from './target.ts'
import type { World } from './visitor.ts'

export interface Reachable {
  /** Absent where clients do not connect. */
  readonly backends: readonly DemoBackend[] | undefined
  readonly target: Target
}

export function reacher(fetchPage: typeof fetch, current: () => Reachable): World['reach'] {
  return async (address) => {
    const { backends, target } = current()
    const backend = backends?.find((one) => one.address === address)
    if (backend) return reachBackend(fetchPage, backend.page)
    const member = target.members.find((one) => one.address === address)
    return member?.verdict === 'down'
      ? { isServed: false, words: 'nobody there, by its verdict' }
      : { isServed: true, words: 'not connected to' }
  }
}
