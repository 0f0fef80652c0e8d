/** Small parts of the table: a state, a share as a bar, the line of probe times, a moment. */

import { percentText, timeText, utcText } from '../shared/format.ts'
import { Mark } from '../shared/icons.tsx'
import type { Standing } from '../model/standing.ts'
import { type Probe, sparkOf } from '../model/probes.ts'

export function State({ standing: { shape, word, tone, note } }: { standing: Standing }) {
  return (
    <span class="state">
      <span class={tone}>
        <Mark shape={shape} /> {word}
      </span>
      {note !== undefined && <span class="soft">, {note}</span>}
    </span>
  )
}

/** One that is too long breaks after a colon, and is copied whole all the same. */
export function Address({ text }: { readonly text: string }) {
  const groups = text.split(/(?<=:)(?=[^:])/)
  return (
    <span class="mono address">
      {groups.map((group, place) => (
        <span key={`${place} ${group}`}>{group}</span>
      ))}
    </span>
  )
}

export interface ShareBarProps {
  /** Percent; absent where nobody was answered. */
  readonly answered: number | undefined
  /** Percent that its weight asks for; absent while it takes no part. */
  readonly wanted: number | undefined
}

/** A bar of what was answered, with a stroke where the weight would have it. */
export function ShareBar({ answered, wanted }: ShareBarProps) {
  return (
    <span class="share">
      <svg class="share-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect class="share-ground" x="0" y="2" width="100" height="6" />
        <rect class="share-fill" x="0" y="2" width={answered ?? 0} height="6" />
        {wanted !== undefined && (
          <rect
            class="share-wanted"
            x={Math.min(98.6, wanted - 0.7)}
            y="0"
            width="1.4"
            height="10"
          />
        )}
      </svg>
      <span class="share-figure">{answered === undefined ? '–' : percentText(answered)}</span>
    </span>
  )
}

const SPARK = { width: 72, height: 16 }

export function Sparkline({ probes }: { readonly probes: readonly Probe[] }) {
  if (probes.length < 2) return <span class="spark" />
  const { width, height } = SPARK
  const { points, failures } = sparkOf(probes, SPARK)
  const box = `0 0 ${width} ${height}`
  return (
    <svg class="spark" width={width} height={height} viewBox={box} aria-hidden="true">
      <polyline points={points} />
      {failures.map((left) => (
        <path key={left} d={`M${left.toFixed(1)} 12.5v3.5`} />
      ))}
    </svg>
  )
}

/** A time of day here, which says in its title what it is in UTC. */
export function Moment({ atMs, nowMs }: { readonly atMs: number; readonly nowMs: number }) {
  return (
    <time datetime={new Date(atMs).toISOString()} title={utcText(atMs)}>
      {timeText(atMs, nowMs)}
    </time>
  )
}

/** What is left of a whole (0–1). */
export function LeftBar({ part }: { readonly part: number }) {
  return (
    <svg class="left-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="share-ground" x="0" y="0" width="100" height="6" />
      <rect class="left-fill" x="0" y="0" width={part * 100} height="6" />
    </svg>
  )
}
