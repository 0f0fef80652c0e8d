/** Asks for the token, once, when something is to be changed that needs it. */

import { useState } from 'preact/hooks'

import { Dialog } from './dialog.tsx'
import { createStore, useStore } from './store.ts'

interface Question {
  readonly isWrong: boolean
  readonly answer: (token: string | undefined) => void
}

const question = createStore<Question | undefined>(undefined)

/** Shows the dialog; resolves to what was written, or to undefined where it was closed. */
export function askToken(isWrong: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    question.set({
      isWrong,
      answer(token) {
        question.set(undefined)
        resolve(token)
      },
    })
  })
}

/** Stands once in a page, after everything else. */
export function TokenDialog() {
  const asked = useStore(question)
  return asked ? <Asking key={String(asked.isWrong)} {...asked} /> : null
}

function Asking({ isWrong, answer }: Question) {
  const [token, setToken] = useState('')
  return (
    <Dialog title="Token" onClose={() => answer(undefined)}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const written = token.trim()
          if (written !== '') answer(written)
        }}
      >
        <h2>A change needs the token</h2>
        {isWrong && (
          <p class="problem" role="alert">
            The server does not know that token.
          </p>
        )}
        <label class="field">
          Token
          <input
            data-first
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
          <span class="hint">
            It stands in the file <code>token</code> of the server’s state folder. This tab keeps it
            until it is closed.
          </span>
        </label>
        <div class="buttons">
          <button type="button" onClick={() => answer(undefined)}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={token.trim() === ''}>
            Continue
          </button>
        </div>
      </form>
    </Dialog>
  )
}
