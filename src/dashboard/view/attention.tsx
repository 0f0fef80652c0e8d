/** What somebody should look at: warnings, and verdicts whose news some caches do not have yet. */

import type { Status } from '../../admin/status.ts'

import { settlingFlips } from '../model/holding.ts'
import { whoText } from '../model/timeline.ts'
import { countdownText, timeText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import { useNow } from './desk.ts'
import { LeftBar } from './small-parts.tsx'

/** Of many flips at once the slowest says all. */
const SETTLING_SHOWN = 3

export function Attention({ status: { warnings, flips } }: { readonly status: Status }) {
  const nowMs = useNow()
  const settling = settlingFlips(flips, nowMs)
  if (warnings.length === 0 && settling.length === 0) return null
  return (
    <section class="attention" aria-label="To be looked at">
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>
            <span class="wait">
              <Mark shape="warning" /> warning
            </span>{' '}
            <span>{warning}</span>
          </li>
        ))}
        {settling.slice(0, SETTLING_SHOWN).map(({ flip, leftMs, part }) => (
          <li key={`${flip.at} ${flip.address}`}>
            <span class="countdown-clock">{countdownText(leftMs)}</span>
            <LeftBar part={part} />
            <span>
              until the last cache knows that {whoText(flip)} went {flip.to}
              <span class="soft"> (at {timeText(Date.parse(flip.lastCacheAt!), nowMs)})</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
