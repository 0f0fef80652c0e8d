/** Whether answering allocates: ten million answers in this process, the heap before and after. */

import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { getHeapStatistics } from 'node:v8'

import type { Part } from '../part.ts'
import { openSubject, type Subject } from '../subject.ts'
import { figure, table } from '../table.ts'

export const heap: Part = {
  name: 'heap',
  title: 'Nothing allocated for a query',
  needs: [],
  async run({ isQuick }) {
    const subject = openSubject()
    answerMany(subject, WARM_UP)
    const result = await observeHeap(subject, isQuick ? 1_000_000 : ANSWERS)
    const head = ['answers', 'ns each', 'heap grown by KiB', 'octets each', 'collections']
    return [
      'The engine alone, in one thread, after warming up. An object in each answer would show as',
      'tens of octets for each and as hundreds of collections.\n',
      table(head, [
        [
          figure(result.answers),
          figure((result.elapsedMs * 1e6) / result.answers),
          figure(result.grownBytes / 1024, 1),
          figure(result.grownBytes / result.answers, 3),
          figure(result.collections),
        ],
      ]),
    ].join('\n')
  },
}

const ANSWERS = 10_000_000
/** Enough for the optimising compiler to have its last word. */
const WARM_UP = 500_000

interface HeapResult {
  readonly answers: number
  readonly elapsedMs: number
  readonly grownBytes: number
  readonly collections: number
}

async function observeHeap(subject: Subject, answers: number): Promise<HeapResult> {
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  observer.observe({ entryTypes: ['gc'] })
  const before = getHeapStatistics().used_heap_size
  const startedMs = performance.now()
  answerMany(subject, answers)
  const elapsedMs = performance.now() - startedMs
  const grownBytes = getHeapStatistics().used_heap_size - before
  await delay(0) // Entries are handed over between turns of the event loop.
  observer.disconnect()
  return { answers, elapsedMs, grownBytes, collections }
}

function answerMany(subject: Subject, answers: number): void {
  for (let i = 0; i < answers; i++) {
    if (subject.answer() === 0)
      throw new Error('the engine stayed silent, so there is nothing to measure')
  }
}
