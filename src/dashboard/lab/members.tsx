/**
 * Who is answered: a row for each member, which lights up when it is, with its share beside the one
 * that the weights promise; and in words below, whether that is what was promised.
 */

import { countedText, countText, percentText } from '../shared/format.ts'
import { Mark, type Shape } from '../shared/icons.tsx'
import type { Bench, Picture } from './bench.ts'
import type { DemoBackend } from './demo-api.ts'
import { drawsOf, fitOf } from './fit.ts'
import { memberRows, type MemberRow } from './rows.ts'
import type { LabSettings } from './settings.ts'

interface MembersProps {
  readonly bench: Bench
  readonly picture: Picture
  readonly settings: LabSettings
  readonly backends: readonly DemoBackend[]
}

export function Members({ bench, picture, settings, backends }: MembersProps) {
  const { run, target } = picture
  const rows = memberRows(run, target)
  const isDemo = backends.length > 0
  // Nobody is connected to elsewhere: what its verdict says is supposed.
  const isConnecting = isDemo && settings.isConnecting
  return (
    <section class="panel" aria-labelledby="members-title">
      <div class="panel-head">
        <h2 id="members-title">Who is answered</h2>
        <p class="soft">{aboutTarget(picture)}</p>
      </div>
      <table class="members">
        <thead>
          <tr>
            <th class="state">State</th>
            <th>Member</th>
            <th class="wide">Address</th>
            <th class="number">Weight</th>
            <th class="bars">Share, and what is promised</th>
            <th class="number">Visits</th>
            <th class="number">Share</th>
            <th class="number wide">Promised</th>
            <th class="number wide">In answers</th>
            <th class="number wide">{isConnecting ? 'Served' : 'Would serve'}</th>
            <th class="number">{isConnecting ? 'Failed' : 'Would fail'}</th>
            {isDemo && <th class="act">Backend</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.address}
              row={row}
              backend={backends.find(({ address }) => address === row.address)}
              isDemo={isDemo}
              onSwitch={(name) => void bench.switch(name)}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p class="soft panel-empty">
          {settings.name} is not balanced here, as far as the server tells; whoever is answered will
          stand here.
        </p>
      )}
      <Verdict rows={rows} picture={picture} />
    </section>
  )
}

function aboutTarget({ target: { policy, pool } }: Picture): string {
  return policy === undefined ? '' : `pool ${pool}, policy ${policy}`
}

const STATES: Readonly<Record<MemberRow['state'], { shape: Shape; tone: string }>> = {
  up: { shape: 'up', tone: 'up' },
  down: { shape: 'down', tone: 'down' },
  unknown: { shape: 'unknown', tone: 'soft' },
  out: { shape: 'drain', tone: 'wait' },
}

interface RowProps {
  readonly row: MemberRow
  readonly backend: DemoBackend | undefined
  readonly isDemo: boolean
  readonly onSwitch: (name: string) => void
}

function Row({ row, backend, isDemo, onSwitch }: RowProps) {
  const { address, chosen, share, promised } = row
  const { shape, tone } = STATES[row.state]
  return (
    <tr data-member={row.name}>
      <td class={`state ${tone}`} title={row.why}>
        <Mark shape={shape} /> {row.state}
      </td>
      <th scope="row">
        <span class={chosen > 0 ? 'lamp lit' : 'lamp'} key={chosen} aria-hidden="true" />
        {row.name}
      </th>
      <td class="mono wide">{address}</td>
      <td class="number">{row.weight ?? '–'}</td>
      <td class="bars">
        <Bar share={share} promised={promised} />
      </td>
      <td class="number" data-what="visits">
        {countText(chosen)}
      </td>
      <td class="number">{share === undefined ? '–' : percentText(share * 100)}</td>
      <td class="number wide">{promised === undefined ? '–' : percentText(promised * 100)}</td>
      <td class="number wide">{countText(row.listed)}</td>
      <td class="number wide" data-what="served">
        {countText(row.served)}
      </td>
      <td class={row.failed > 0 ? 'number down' : 'number'} data-what="failed">
        {countText(row.failed)}
      </td>
      {isDemo && (
        <td class="act">
          {backend && (
            <button
              type="button"
              class="small"
              aria-label={`${backend.isRunning ? 'Stop' : 'Start'} backend ${backend.name}`}
              onClick={() => onSwitch(backend.name)}
            >
              {backend.isRunning ? 'Stop' : 'Start'}
            </button>
          )}
        </td>
      )}
    </tr>
  )
}

/** The numbers beside it say the same. */
function Bar({
  share = 0,
  promised,
}: {
  share?: number | undefined
  promised?: number | undefined
}) {
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-back" width="100" height="10" />
      <rect class="bar-share" y="2" width={share * 100} height="6" />
      {promised !== undefined && (
        <line
          class="bar-promised"
          x1={promised * 100}
          x2={promised * 100}
          y1="0"
          y2="10"
          vector-effect="non-scaling-stroke"
        />
      )}
    </svg>
  )
}

function Verdict({ rows, picture }: { rows: readonly MemberRow[]; picture: Picture }) {
  const { run, mode, target } = picture
  const counts = [
    countedText(run.count, 'visit'),
    countedText(run.queries, 'query', 'queries'),
    ...(run.failed > 0 ? [`${countText(run.failed)} served by nobody`] : []),
  ].join(', ')
  if (run.count === 0) return <p class="verdict soft">Nobody has asked yet.</p>
  const { policy } = target
  const isJudged = run.judged === run.chosen
  const { chosen, queries, settings } = run
  const draws = drawsOf({ chosen, queries, clients: settings.clients }, policy)
  const fit = isJudged
    ? fitOf(
        rows.map(({ chosen }) => chosen),
        rows.map(({ expected }) => expected),
        draws,
      )
    : undefined
  return (
    <p class="verdict" data-mode={mode}>
      <span>{counts}</span>
      {fit ? (
        <>
          <strong>{fit.words}</strong>
          <span class="soft">
            chi-square {fit.chiSquare.toFixed(2)}, {countedText(fit.freedom, 'degree')} of freedom
            {draws < chosen && `; judged by ${countedText(draws, 'draw')}, the other visits follow`}
          </span>
        </>
      ) : (
        <span class="soft">
          {policy === undefined
            ? 'no shares are promised: the name is not balanced'
            : `policy ${policy} promises no shares to these clients`}
        </span>
      )}
    </p>
  )
}
