/** What users met, the latest first: where DNS sent them, and who said hello there. */

import { useState } from 'preact/hooks'

import { millisText, timesText, timeText, utcText } from '../shared/format.ts'
import type { Picture } from './bench.ts'
import type { LabSettings } from './settings.ts'
import type { VisitRecord } from './visitor.ts'

const SHOWN_MAX = 14

interface VisitsProps {
  readonly picture: Picture
  readonly settings: LabSettings
  readonly isDemo: boolean
}

export function Visits({ picture: { run }, settings, isDemo }: VisitsProps) {
  const [areFailuresAlone, setFailuresAlone] = useState(false)
  const of = areFailuresAlone ? run.visits.filter(isTroubled) : run.visits
  const shown = of.slice(-SHOWN_MAX).reverse()
  const now = Date.now()
  return (
    <section class="panel" aria-labelledby="visits-title">
      <div class="panel-head">
        <h2 id="visits-title">
          What users met <span class="soft">{timesText(now)}</span>
        </h2>
        <label class="ask-check soft">
          <input
            type="checkbox"
            checked={areFailuresAlone}
            onChange={({ currentTarget }) => setFailuresAlone(currentTarget.checked)}
          />
          trouble alone
        </label>
      </div>
      {shown.length === 0 ? (
        <p class="soft panel-empty">
          {areFailuresAlone && run.count > 0
            ? 'Everybody was served by whom they were sent to.'
            : isDemo && settings.isConnecting
              ? 'Each visit will stand here, with what the backend said.'
              : 'Each visit will stand here.'}
        </p>
      ) : (
        <table class="visits">
          <thead class="unseen">
            <tr>
              <th>Time</th>
              <th>Client</th>
              <th>What it met</th>
              <th>Milliseconds</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((record, index) => (
              <tr key={run.count - index}>
                <td class="soft">
                  <time title={utcText(record.atMs)}>{timeText(record.atMs, now)}</time>
                </td>
                <td class="mono soft wide">{record.subnet ?? sourceOf(record)}</td>
                <td>{storyOf(record)}</td>
                <td class="number soft">{millisText(record.ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function isTroubled({ served, tries }: VisitRecord): boolean {
  return served === undefined || tries.some(({ isServed }) => !isServed)
}

function sourceOf({ queries }: VisitRecord): string {
  return queries > 0 ? 'asked' : 'had it cached'
}

function storyOf({ tries, why }: VisitRecord) {
  if (tries.length === 0) return <span class="down">sent to nobody: {why}</span>
  return tries.map(({ address, words, isServed }) => (
    <span key={address} class={isServed ? 'try' : 'try down'}>
      <span class="mono">{address}</span> {words}
    </span>
  ))
}
