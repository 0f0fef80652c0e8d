/** Asks what an operator wants of a member: drained, down or up, why, who, and for how long. */

import { useState } from 'preact/hooks'

import type { OverrideStatus } from '../../admin/status.ts'

import type { Problem } from '../shared/api.ts'
import { Dialog } from '../shared/dialog.tsx'
import { ProblemNote } from '../shared/problem.tsx'
import { lastAuthor, rememberAuthor, useDesk } from './desk.ts'

const WORDS = [
  {
    word: 'drain',
    says: 'no new answers; caches let go in their time',
    otherwise: 'until it is undone',
  },
  { word: 'down', says: 'not answered, whatever its checks say', otherwise: '1h' },
  { word: 'up', says: 'answered, whatever its checks say', otherwise: '1h' },
] as const

interface OverrideDialogProps {
  readonly pool: string
  readonly member: string
  readonly onClose: () => void
}

export function OverrideDialog({ pool, member, onClose }: OverrideDialogProps) {
  const { api, live } = useDesk()
  const [word, setWord] = useState<(typeof WORDS)[number]['word']>('drain')
  const [reason, setReason] = useState('')
  const [author, setAuthor] = useState(lastAuthor)
  const [span, setSpan] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setBusy] = useState(false)
  const { otherwise } = WORDS.find((one) => one.word === word)!
  const who = `${pool}/${member}`

  async function submit(): Promise<void> {
    setBusy(true)
    const wish = { pool, member, word, reason, author, ...(span.trim() && { for: span.trim() }) }
    const reply = await api.write<OverrideStatus>('POST', '/api/v1/overrides', wish)
    setBusy(false)
    if ('problem' in reply) {
      setProblem(reply.problem)
      return
    }
    rememberAuthor(author)
    live.refresh()
    onClose()
  }

  return (
    <Dialog title={`Drain or override ${who}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <h2>
          Drain or override <span class="mono">{who}</span>
        </h2>
        <fieldset class="words">
          <legend class="unseen">What it should be</legend>
          {WORDS.map((one) => (
            <label key={one.word}>
              <input
                type="radio"
                name="word"
                value={one.word}
                checked={word === one.word}
                onChange={() => setWord(one.word)}
              />
              <b>{one.word}</b> <span class="soft">{one.says}</span>
            </label>
          ))}
        </fieldset>
        <Line
          word="Reason"
          value={reason}
          onInput={setReason}
          hint="seen by whoever looks later"
          isFirst
        />
        <div class="pair">
          <Line word="Your name" value={author} onInput={setAuthor} />
          <Line
            word="For how long"
            value={span}
            onInput={setSpan}
            hint={`such as 30m or 2h; else ${otherwise}`}
            isOptional
          />
        </div>
        {problem && <ProblemNote problem={problem} />}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={isBusy}>
            {word === 'drain' ? 'Drain' : `Force ${word}`}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface LineProps {
  readonly word: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly hint?: string
  readonly isOptional?: boolean
  /** Where the reader begins to write. */
  readonly isFirst?: boolean
}

/** A line of text with its name above it. */
export function Line({ word, value, onInput, hint, ...how }: LineProps) {
  const { isOptional = false, isFirst = false } = how
  return (
    <label class="field">
      {word}
      <input
        type="text"
        autocomplete="off"
        required={!isOptional}
        data-first={isFirst || undefined}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {hint !== undefined && <span class="hint">{hint}</span>}
    </label>
  )
}
