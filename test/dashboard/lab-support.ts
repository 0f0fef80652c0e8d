/** A clock that a test moves, and a small name server in a function, for clients of the lab. */

import { RCODE, TYPE } from '../../src/wire/registry.ts'
import type { Message, ResourceRecord } from '../../src/wire/message.ts'
import type { Clock } from '../../src/dashboard/lab/clock.ts'
import type { LabQuestion, Outcome } from '../../src/dashboard/lab/dns.ts'
import type { Reach, World } from '../../src/dashboard/lab/visitor.ts'

interface Alarm {
  readonly atMs: number
  readonly task: () => void
}

export const NOON = Date.UTC(2026, 0, 1, 12)

export class TestClock implements Clock {
  #nowMs = 0
  readonly #alarms = new Set<Alarm>()

  now(): number {
    return this.#nowMs
  }

  wall(): number {
    return NOON + this.#nowMs
  }

  after(delayMs: number, task: () => void): () => void {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), task }
    this.#alarms.add(alarm)
    return () => void this.#alarms.delete(alarm)
  }

  /** Moves time on, and runs each task at its moment, with all that follows from it. */
  async advance(spanMs: number): Promise<void> {
    const endMs = this.#nowMs + spanMs
    for (;;) {
      await settled()
      const due = [...this.#alarms].filter(({ atMs }) => atMs <= endMs)
      const next = due.sort((one, other) => one.atMs - other.atMs)[0]
      if (!next) break
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      this.#alarms.delete(next)
      next.task()
    }
    this.#nowMs = endMs
  }
}

/** More turns than any chain of promises here is long: every one that can settle has. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await undefined
}

export interface ServerParts {
  /** The addresses that are answered now, by type; none: NODATA. */
  readonly answer: (question: LabQuestion) => readonly string[]
  readonly ttlSeconds?: number
  /** How long each answer takes, by type. */
  readonly delayMs?: (type: number) => number
  /** Whether somebody is there, and after how long that is known; silence is for ever. */
  readonly reach?: (address: string) => { isServed: boolean; afterMs: number } | 'silence'
}

export function worldOf(clock: TestClock, parts: ServerParts) {
  const { answer, ttlSeconds = 30, delayMs = () => 0, reach } = parts
  const asked: { question: LabQuestion; atMs: number }[] = []
  const connected: { address: string; atMs: number }[] = []
  const world: World = {
    clock,
    onAnswer: () => {},
    async ask(question): Promise<Outcome> {
      asked.push({ question, atMs: clock.now() })
      await new Promise<void>((resolve) => void clock.after(delayMs(question.type), resolve))
      return { kind: 'answer', message: messageOf(question, answer(question), ttlSeconds), ms: 1 }
    },
    reach(address): Promise<Reach> {
      connected.push({ address, atMs: clock.now() })
      const outcome = reach?.(address) ?? { isServed: true, afterMs: 0 }
      if (outcome === 'silence') return new Promise(() => {})
      const { isServed, afterMs } = outcome
      const words = isServed ? `Connected to server ${address}` : 'cannot connect'
      return new Promise((resolve) => void clock.after(afterMs, () => resolve({ isServed, words })))
    },
  }
  return { world, asked, connected }
}

export function messageOf(
  { name, type }: LabQuestion,
  values: readonly string[],
  ttl: number,
): Message {
  const record = (text: string): ResourceRecord => ({
    ...{ name, type, class: 1, ttl, rdata: new Uint8Array(), text },
  })
  return {
    ...{ id: 0, opcode: 0, rcode: RCODE.NOERROR, question: [{ name, type, class: 1 }] },
    flags: { qr: true, aa: true, tc: false, rd: false, ra: false, ad: false, cd: false },
    ...{ answer: values.map(record), authority: [], additional: [], size: 64 },
  }
}

export const A = TYPE.A
export const AAAA = TYPE.AAAA
