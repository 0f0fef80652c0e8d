/**
 * What became of the backends that were stopped and started, a line each. Read out is only what is
 * new of the latest: the count of users who met nobody grows too fast to listen to.
 */

import { timeText, utcText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import { isSettled, type Outage, outageText } from './outage.ts'

export function OutageLines({ outages }: { readonly outages: readonly Outage[] }) {
  const now = Date.now()
  const [latest] = outages
  return (
    <>
      <ul class="outages" aria-label="Stops and starts">
        {outages.map((outage) => (
          <li key={`${outage.name} ${outage.atMs}`} data-settled={isSettled(outage)}>
            <Mark shape={outage.kind === 'stop' ? 'down' : 'up'} />
            <time title={utcText(outage.atMs)}>{timeText(outage.atMs, now)}</time>
            <span>{outageText(outage)}</span>
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {latest && outageText({ ...latest, failed: 0 })}
      </p>
    </>
  )
}
