/** The latest answer as `dig` would print it, with its TTLs running down as in a cache. */

import { useEffect, useState } from 'preact/hooks'

import type { Message, ResourceRecord } from '../../wire/message.ts'
import { printSubnet } from '../../wire/edns-options.ts'
import { printMessage } from '../../wire/print-message.ts'

import { countdownText, millisText } from '../shared/format.ts'
import type { LatestAnswer, Picture } from './bench.ts'

const TICK_MS = 250

export function AnswerPane({ picture }: { readonly picture: Picture }) {
  const { latest } = picture
  const now = useNow(TICK_MS)
  return (
    <section class="panel" aria-labelledby="answer-title">
      <div class="panel-head">
        <h2 id="answer-title">Latest answer</h2>
        {latest && <p class="soft">{aboutAnswer(latest, now)}</p>}
      </div>
      {latest ? (
        // It takes the focus, so that the keyboard scrolls it where it is cut off.
        <pre class="answer mono" tabindex={0}>
          {textOf(latest, now)}
        </pre>
      ) : (
        <p class="soft panel-empty">The answer to each query will stand here, as dig prints it.</p>
      )}
    </section>
  )
}

function aboutAnswer({ outcome, question, atMs }: LatestAnswer, now: number): string {
  const forWhom = question.subnet ? ` for ${printSubnet(question.subnet)}` : ''
  const took = `in ${millisText(outcome.ms)}${forWhom}`
  if (outcome.kind === 'failure' || outcome.message.answer.length === 0) return took
  const ttl = Math.min(...outcome.message.answer.map((record) => record.ttl))
  const leftMs = ttl * 1_000 - (now - atMs)
  const kept = leftMs > 0 ? `a cache keeps it for ${countdownText(leftMs)}` : 'no cache keeps it'
  return `${took}; ${kept}`
}

function textOf({ outcome, atMs }: LatestAnswer, now: number): string {
  if (outcome.kind === 'failure') return `;; ${outcome.why}`
  return printMessage(aged(outcome.message, Math.floor((now - atMs) / 1_000)))
}

/** The message as a cache would pass it on after so many seconds. */
function aged(message: Message, seconds: number): Message {
  const age = (records: readonly ResourceRecord[]) =>
    records.map((record) => ({ ...record, ttl: Math.max(0, record.ttl - seconds) }))
  const { answer, authority, additional } = message
  return {
    ...message,
    ...{ answer: age(answer), authority: age(authority), additional: age(additional) },
  }
}

/** The wall clock, looked at as often as is said. */
function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  // What has just come in is not of the future.
  return Math.max(now, Date.now())
}
