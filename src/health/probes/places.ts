/** A number of places that no more may hold at once; who finds none waits his turn. */

export interface Places {
  /** Resolves with the way to give the place back; undefined if `signal` fires before that. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>
}

export function createPlaces(count: number): Places {
  let free = count
  /** In order of arrival. Bounded by the probes in flight. */
  const waiting: ((give: () => void) => void)[] = []
  const give = () => {
    const next = waiting.shift()
    if (next) next(once(give))
    else free++
  }
  return {
    take(signal) {
      if (signal.aborted) return Promise.resolve(undefined)
      if (free > 0) {
        free--
        return Promise.resolve(once(give))
      }
      return new Promise((resolve) => {
        waiting.push(resolve)
        signal.addEventListener(
          'abort',
          () => {
            const at = waiting.indexOf(resolve)
            if (at >= 0) waiting.splice(at, 1)
            resolve(undefined) // Of no effect where it has a place already.
          },
          { once: true },
        )
      })
    },
  }
}

function once(task: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) task()
    isDone = true
  }
}
