/** A steady stream of one question, asked whatever happens to the server, and what came of it. */

import { setTimeout as delay } from 'node:timers/promises'

import { eventually } from './eventually.ts'
import { askerOf, askFor, dataOf } from './resolver.ts'

export interface Stream {
  /** Resolves when so many more answers have come. */
  answered(count: number): Promise<void>
  /** Asks no more, and waits for what is under way. */
  end(): Promise<StreamResult>
}

export interface StreamResult {
  readonly asked: number
  /** Questions that nobody answered in time. */
  readonly lost: number
  /** All that was answered, each once. */
  readonly data: ReadonlySet<string>
}

/** Resolvers that ask one question after the other, each from a socket of its own. */
const RESOLVERS = 4
/** A server that is alive answers in far less. */
const LOST_AFTER_MS = 4_000

export async function streamOf(port: number, question: string): Promise<Stream> {
  let isOver = false
  let asked = 0
  let lost = 0
  let answers = 0
  const data = new Set<string>()
  const askers = await Promise.all(Array.from({ length: RESOLVERS }, () => askerOf(port)))
  const resolvers = askers.map(async (asker) => {
    while (!isOver) {
      asked++
      const reply = await askFor(asker, question, { timeoutMs: LOST_AFTER_MS })
      if (reply) {
        answers++
        data.add(dataOf(reply))
      } else lost++
      // A breath, so that the test's own process has time for what it does to the server.
      await delay(1)
    }
  })
  return {
    answered(count) {
      const goal = answers + count
      return eventually(() => answers >= goal)
    },
    async end() {
      isOver = true
      await Promise.all(resolvers)
      return { asked, lost, data }
    },
  }
}
