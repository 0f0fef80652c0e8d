/**
 * One receiver of events: they are posted to it one after another, each until it is taken, refused,
 * or has been tried too often. A receiver may get an event twice, if its answer was lost.
 */

import { readFile } from 'node:fs/promises'

import type { Clock } from '../../../base/clock.ts'
import type { Random } from '../../../base/random.ts'
import { reasonOf } from '../../../base/read-problem.ts'

import type { WebhookConfig } from '../../../config/config.ts'

import type { Event } from '../event.ts'
import { type Answer, post } from './post.ts'
import { answerText, delayMs, type Outcome, outcomeOf } from './retry.ts'
import { readSecret, signatureOf } from './signature.ts'

export interface WebhookOptions {
  readonly clock: Clock
  readonly random: Random
  /** Of this program, for the receiver's log. */
  readonly version: string
  /** Hears when a receiver begins to fail or to refuse, is well again, or loses events. */
  readonly onWord: (word: WebhookWord) => void
  /** Called when an event needs no more of it. */
  readonly onDone: () => void
}

export interface WebhookWord {
  readonly isTrouble: boolean
  /** The receiver, without the rest of its address, which may be a secret. */
  readonly host: string
  readonly message: string
}

/** Counts for the metrics. */
export interface WebhookFigures {
  readonly host: string
  readonly delivered: number
  /** Tries that came to nothing and were followed by another. */
  readonly retried: number
  /** Given up: refused, or tried too often. */
  readonly failed: number
  /** Lost because too many waited. */
  readonly dropped: number
  readonly waiting: number
}

/** Of two receivers at one host. */
export function sumOf(a: WebhookFigures, b: WebhookFigures): WebhookFigures {
  return {
    host: a.host,
    delivered: a.delivered + b.delivered,
    retried: a.retried + b.retried,
    failed: a.failed + b.failed,
    dropped: a.dropped + b.dropped,
    waiting: a.waiting + b.waiting,
  }
}

/** Half an hour of minutes in which a receiver is down; past that the oldest are lost. */
export const WAITING_MAX = 1_000
/** An event that a receiver cannot take shall not keep all others from it for ever. */
export const TRIES_MAX = 12
export const TIMEOUT_MS = 10_000

export class Webhook {
  readonly #options: WebhookOptions
  #config: WebhookConfig
  readonly #waiting: Event[] = []
  #current: Event | undefined
  /** The last that it was told of, wanted or not. */
  #lastId: number
  #failureCount = 0
  #mood: Outcome = 'delivered'
  #isDropping = false
  readonly #counts = { delivered: 0, retried: 0, failed: 0, dropped: 0 }
  #delivering: Promise<void> | undefined
  #isEnding = false
  #isOver = false
  /** Ends what is under way: a pause, or the wait for an answer. */
  #abort = new AbortController()
  #endPause = () => {}

  /** `sinceId` is the last event that it needs nothing more of. */
  constructor(config: WebhookConfig, sinceId: number, options: WebhookOptions) {
    this.#config = config
    this.#lastId = sinceId
    this.#options = options
  }

  /** The last event of which, and of all before it, nothing more is to be delivered. */
  get doneId(): number {
    const first = this.#current ?? this.#waiting[0]
    return first ? first.id - 1 : this.#lastId
  }

  get figures(): WebhookFigures {
    const waiting = this.#waiting.length + (this.#current ? 1 : 0)
    return { host: this.#host, ...this.#counts, waiting }
  }

  /** Goes on by other terms; what waits and is wanted no more is let go. */
  configure(config: WebhookConfig): void {
    this.#config = config
    const wanted = this.#waiting.filter(({ kind }) => config.events.includes(kind))
    this.#waiting.splice(0, this.#waiting.length, ...wanted)
  }

  /** Delivers the event after those before it, if it is of a kind that is wanted. */
  note(event: Event): void {
    if (this.#isEnding) return
    this.#lastId = event.id
    if (!this.#config.events.includes(event.kind)) return
    this.#waiting.push(event)
    if (this.#waiting.length > WAITING_MAX) this.#drop()
    this.#delivering ??= this.#deliverAll()
  }

  /** Delivers what waits within `graceMs`, unless the receiver fails; what is left stays undone. */
  async stop(graceMs: number): Promise<void> {
    this.#isEnding = true
    this.#endPause()
    let cancel = () => {}
    const over = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(graceMs, () => {
        this.#isOver = true
        this.#abort.abort()
        resolve()
      })
    })
    // Not for the delivery alone: the file of a secret may hang.
    await Promise.race([this.#delivering, over])
    cancel()
  }

  get #host(): string {
    return new URL(this.#config.url).host
  }

  #drop(): void {
    this.#waiting.shift()
    this.#counts.dropped++
    if (!this.#isDropping) this.#tell(true, `more than ${WAITING_MAX} events wait; the oldest go`)
    this.#isDropping = true
  }

  async #deliverAll(): Promise<void> {
    await Promise.resolve() // Whoever notes an event waits for nothing.
    while (this.#waiting.length > 0) {
      this.#current = this.#waiting.shift()!
      const isDone = await this.#deliver(this.#current)
      if (!isDone) return // It stays the current one: undone.
      this.#current = undefined
      this.#options.onDone()
    }
    this.#isDropping = false
    this.#delivering = undefined // At once: who is noted a moment later begins anew.
  }

  /** False where the end came first. */
  async #deliver(event: Event): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#post(event)
      const outcome = outcomeOf(answer)
      if (outcome === 'failed' && this.#isOver) return false // It was not given its time.
      this.#noteMood(outcome, answer)
      if (outcome !== 'failed') {
        this.#failureCount = 0
        this.#counts[outcome === 'delivered' ? 'delivered' : 'failed']++
        return true
      }
      if (this.#isEnding) return false
      const isLast = tries === TRIES_MAX
      this.#counts[isLast ? 'failed' : 'retried']++
      const { random, clock } = this.#options
      await this.#pause(delayMs(++this.#failureCount, answer, random, clock.wall()))
      if (isLast) return true
      if (this.#isEnding) return false
    }
  }

  async #post(event: Event): Promise<Answer> {
    const { clock, version } = this.#options
    const { url, secretFile } = this.#config
    const body = JSON.stringify(event)
    const signed = secretFile && (await sign(body, secretFile.path))
    if (signed && 'silence' in signed) return signed
    const abort = new AbortController()
    this.#abort = abort
    if (this.#isOver) abort.abort()
    const cancel = clock.after(TIMEOUT_MS, () => abort.abort())
    const headers = {
      'content-type': 'application/json',
      'user-agent': `rota/${version}`,
      'x-rota-event': event.kind,
      'x-rota-delivery': String(event.id),
      ...(signed && { 'x-rota-signature': signed.signature }),
    }
    const answer = await post(url, headers, body, abort.signal)
    cancel()
    return answer
  }

  #pause(spanMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(spanMs, resolve)
      this.#endPause = () => {
        cancel()
        resolve()
      }
      if (this.#isEnding) this.#endPause()
    })
  }

  /** Says what has changed, and not again what goes on. */
  #noteMood(outcome: Outcome, answer: Answer): void {
    if (outcome === this.#mood) return
    this.#mood = outcome
    const said = answerText(answer)
    if (outcome === 'delivered') this.#tell(false, 'takes events again')
    else if (outcome === 'refused') this.#tell(true, `refuses events, which are given up: ${said}`)
    else this.#tell(true, `does not take events, which wait: ${said}`)
  }

  #tell(isTrouble: boolean, message: string): void {
    this.#options.onWord({ isTrouble, host: this.#host, message })
  }
}

/** A secret that cannot be read may be there in a while. */
async function sign(
  body: string,
  path: string,
): Promise<{ readonly signature: string } | { readonly silence: string }> {
  try {
    const secret = readSecret(await readFile(path))
    if ('fault' in secret) return { silence: `the file of its secret ${secret.fault}` }
    return { signature: signatureOf(body, secret.secret) }
  } catch (error) {
    return { silence: `the file of its secret cannot be read: ${reasonOf(error)}` }
  }
}
