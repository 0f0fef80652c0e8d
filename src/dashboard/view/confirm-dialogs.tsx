/** Changes that need no more than a yes: undoing an override, failing back, reloading. */

import { useState } from 'preact/hooks'

import type { OverrideStatus } from '../../admin/status.ts'

import type { Problem, Reply } from '../shared/api.ts'
import { Dialog } from '../shared/dialog.tsx'
import { ProblemNote } from '../shared/problem.tsx'
import { lastAuthor, rememberAuthor, useDesk } from './desk.ts'
import { Line } from './override-dialog.tsx'

interface Closing {
  readonly onClose: () => void
}

export function UndoDialog({ override, onClose }: Closing & { readonly override: OverrideStatus }) {
  const { api } = useDesk()
  const { pool, member, word, reason, author } = override
  const path = [pool, member].map(encodeURIComponent).join('/')
  return (
    <Confirm
      title={`End the ${word} of ${pool}/${member}`}
      yes={word === 'drain' ? 'Undrain' : 'End override'}
      isSigned
      onClose={onClose}
      act={(by) => api.write('DELETE', `/api/v1/overrides/${path}?by=${encodeURIComponent(by)}`)}
    >
      Its checks decide again whether it is answered. {author} had written: {reason}.
    </Confirm>
  )
}

export function FailBackDialog({ pool, onClose }: Closing & { readonly pool: string }) {
  const { api } = useDesk()
  return (
    <Confirm
      title={`Fail back pool ${pool}`}
      yes="Fail back"
      onClose={onClose}
      act={() => api.write('POST', '/api/v1/fail-back', { pool })}
    >
      The pool returns to the first of its members that is healthy.
    </Confirm>
  )
}

export function ReloadDialog({ onClose }: Closing) {
  const { api } = useDesk()
  return (
    <Confirm
      title="Reload the configuration"
      yes="Reload"
      onClose={onClose}
      act={() => api.write('POST', '/api/v1/reload')}
    >
      The configuration and the zones are read again. All of it is taken over, or nothing.
    </Confirm>
  )
}

interface ConfirmProps extends Closing {
  readonly title: string
  readonly yes: string
  /** Whether who does it is written down. */
  readonly isSigned?: boolean
  readonly act: (author: string) => Promise<Reply<unknown>>
  readonly children: preact.ComponentChildren
}

function Confirm({ title, yes, isSigned = false, act, onClose, children }: ConfirmProps) {
  const { live } = useDesk()
  const [author, setAuthor] = useState(lastAuthor)
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setBusy] = useState(false)

  async function submit(): Promise<void> {
    setBusy(true)
    const reply = await act(author)
    setBusy(false)
    if ('problem' in reply) {
      setProblem(reply.problem)
      return
    }
    if (isSigned) rememberAuthor(author)
    live.refresh()
    onClose()
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <h2>{title}</h2>
        <p>{children}</p>
        {isSigned && <Line word="Your name" value={author} onInput={setAuthor} isFirst />}
        {problem && <ProblemNote problem={problem} />}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" data-first disabled={isBusy}>
            {yes}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
