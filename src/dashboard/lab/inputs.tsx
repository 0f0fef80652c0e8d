/**
 * What is written stands until it is done: the page is drawn anew each second, and must not take
 * from the reader what is half written.
 */

import { useEffect, useState } from 'preact/hooks'

export interface WholeInputProps {
  readonly id: string
  readonly value: number
  readonly max: number
  readonly isDisabled?: boolean
  readonly onValue: (value: number) => void
}

/** A whole number from 1 to `max`; what is none meanwhile is taken back when the reader leaves. */
export function WholeInput({ id, value, max, isDisabled = false, onValue }: WholeInputProps) {
  const [text, setText] = useDraft(String(value))
  return (
    <input
      id={id}
      type="number"
      class="whole"
      min={1}
      max={max}
      disabled={isDisabled}
      value={text}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value)
        const written = currentTarget.valueAsNumber
        if (Number.isInteger(written) && written >= 1 && written <= max) onValue(written)
      }}
      onBlur={() => setText(String(value))}
    />
  )
}

export interface NameInputProps {
  readonly id: string
  readonly value: string
  /** The ID of the names to choose from. */
  readonly list: string
  readonly onValue: (value: string) => void
}

/** A name, taken when it is whole: at Enter, or when the reader goes elsewhere. */
export function NameInput({ id, value, list, onValue }: NameInputProps) {
  const [text, setText] = useDraft(value)
  return (
    <input
      id={id}
      type="text"
      class="mono"
      list={list}
      spellcheck={false}
      autocomplete="off"
      autocapitalize="none"
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
      onChange={({ currentTarget }) => onValue(currentTarget.value.trim())}
    />
  )
}

/** What is written, until the value itself changes. */
function useDraft(value: string): [string, (text: string) => void] {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  return [text, setText]
}
