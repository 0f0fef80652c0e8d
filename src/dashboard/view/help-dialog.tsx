/** The keys of the page. */

import { Dialog } from '../shared/dialog.tsx'
import { KEYS } from './keys.ts'

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div class="body">
        <h2>Keys</h2>
        <dl class="keys">
          {KEYS.map(({ key, says }) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{says}</dd>
            </div>
          ))}
        </dl>
        <div class="buttons">
          <button type="button" class="primary" data-first onClick={onClose}>
            Close
          </button>
        </div>
      </div>
    </Dialog>
  )
}
