/**
 * Carries out what a visit's state machine wants, in a world that is given: questions by DNS, what
 * the client has cached, connections, and time. One visit is one record of what a user met.
 */

import { printSubnet } from '../../wire/edns-options.ts'

import { lookUp } from './cache.ts'
import type { Clock } from './clock.ts'
import { findingOf, type Finding, type LabQuestion, type Outcome } from './dns.ts'
import type { Client } from './fleet.ts'
import type { Model } from './models.ts'
import { advance, createVisit, type Happening, type Step } from './visit.ts'

/** What became of an attempt to reach an address. */
export interface Reach {
  readonly isServed: boolean
  /** What the backend said of itself, or what a user would have read. */
  readonly words: string
}

export interface World {
  readonly clock: Clock
  readonly ask: (question: LabQuestion) => Promise<Outcome>
  readonly reach: (address: string) => Promise<Reach>
  /** Hears of each answer that came over the wire. */
  readonly onAnswer: (outcome: Outcome, question: LabQuestion) => void
}

export interface Try extends Reach {
  readonly address: string
  readonly ms: number
}

export interface AnswerRecord {
  readonly type: number
  readonly values: readonly string[]
  readonly ttlSeconds: number
  /** False where the client had it already. */
  readonly isSent: boolean
}

export interface VisitRecord {
  /** Milliseconds since 1970, when it began. */
  readonly atMs: number
  readonly client: number
  readonly subnet?: string
  /** Sent over the wire, whether they were answered by the end or not. */
  readonly queries: number
  readonly answers: readonly AnswerRecord[]
  /** In the order in which they ended. */
  readonly tries: readonly Try[]
  /** The address that the client tried first: whom DNS had sent it to. */
  readonly chosen?: string
  /** The address that served it; absent where nobody did. */
  readonly served?: string
  /** Why nobody did. */
  readonly why?: string
  readonly ms: number
}

export interface Errand {
  readonly client: Client
  readonly model: Model
  readonly name: string
  readonly type: number
  /** In [0, 1). */
  readonly draw: number
}

/** Resolves when the client is served, or has given up; it always does. */
export function visit(errand: Errand, world: World): Promise<VisitRecord> {
  const { client, model, type, draw } = errand
  const { clock } = world
  const [startedMs, atMs] = [clock.now(), clock.wall()]
  const answers: AnswerRecord[] = []
  const tries: Try[] = []
  let queries = 0
  const counting: World = {
    ...world,
    ask(question) {
      queries++
      return world.ask(question)
    },
  }
  let state = createVisit(model.plan(type), draw)
  let why: string | undefined

  return new Promise((resolve) => {
    const meet = (happening: Happening) => {
      const next = advance(state, happening, clock.now())
      state = next.state
      for (const step of next.steps) perform(step)
    }

    const perform = (step: Step) => {
      switch (step.kind) {
        case 'ask':
          void resolveType(errand, step.type, counting).then((found) => {
            answers.push({ type: step.type, ...found })
            why ??= found.why
            meet({ kind: 'answered', type: step.type, values: found.values })
          })
          return
        case 'connect': {
          const begunMs = clock.now()
          void world.reach(step.address).then((reach) => {
            tries.push({ address: step.address, ...reach, ms: clock.now() - begunMs })
            const kind = reach.isServed ? 'connected' : 'refused'
            meet({ kind, address: step.address })
          })
          return
        }
        case 'wake':
          clock.after(step.atMs - clock.now(), () => meet({ kind: 'woken' }))
          return
        case 'served':
          return end({ served: step.address })
        case 'failed':
          return end({ why: tries.at(-1)?.words ?? why ?? 'no answer' })
      }
    }

    const end = (outcome: { served: string } | { why: string }) => {
      const [chosen] = state.tried
      resolve({
        ...{ atMs, client: client.number },
        ...(client.subnet && { subnet: printSubnet(client.subnet) }),
        ...{ queries, answers, tries, ...(chosen !== undefined && { chosen }), ...outcome },
        ms: clock.now() - startedMs,
      })
    }

    meet({ kind: 'begin' })
  })
}

async function resolveType(
  { client, model, name }: Errand,
  type: number,
  { clock, ask, onAnswer }: World,
): Promise<Finding & { readonly isSent: boolean }> {
  const send = async () => {
    const question = { name, type, subnet: client.subnet }
    const outcome = await ask(question)
    onAnswer(outcome, question)
    if (outcome.kind === 'failure') return { values: [], ttlSeconds: 0, why: outcome.why }
    return findingOf(outcome.message, type)
  }
  if (!model.isCaching) return { ...(await send()), isSent: true }
  const { finding, isSent } = await lookUp(client.cache, `${name}/${type}`, () => clock.now(), send)
  return { ...finding, isSent }
}
