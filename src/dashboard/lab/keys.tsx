/** The shortcuts of the page, and what each does. */

import { Dialog } from '../shared/dialog.tsx'
import type { Bench } from './bench.ts'
import type { DemoBackend } from './demo-api.ts'

const KEYS = [
  ['f', 'fire'],
  ['r', 'run on, or stop the run'],
  ['x', 'clear'],
  ['?', 'this list'],
] as const

/** What a key press asks for; nothing where somebody writes, or means the browser. */
export function keyOf(
  event: KeyboardEvent,
  bench: Bench,
  backends: readonly DemoBackend[],
): 'help' | (() => void) | undefined {
  const { key, target, ctrlKey, metaKey, altKey } = event
  const isWriting = target instanceof Element && target.closest('input, select, textarea, dialog')
  if (isWriting || ctrlKey || metaKey || altKey) return undefined
  if (key === '?') return 'help'
  if (key === 'f') return () => void bench.fire()
  if (key === 'r') return () => bench.toggle()
  if (key === 'x') return () => bench.clear()
  const backend = backends.slice(0, 9)[Number(key) - 1]
  return backend && (() => void bench.switch(backend.name))
}

interface KeysDialogProps {
  readonly backends: readonly DemoBackend[]
  readonly onClose: () => void
}

export function KeysDialog({ backends, onClose }: KeysDialogProps) {
  const numbered = backends
    .slice(0, 9)
    .map(({ name }, index) => [String(index + 1), `stop or start backend ${name}`] as const)
  return (
    <Dialog title="Shortcuts" onClose={onClose}>
      <div class="body">
        <h2>Shortcuts</h2>
        <dl class="keys">
          {[...KEYS, ...numbered].map(([key, words]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  )
}
