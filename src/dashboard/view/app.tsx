/** The page put together: the header, how everything stands, and the dialogs that ask. */

import { useEffect, useMemo, useState } from 'preact/hooks'

import { censusOf, poolViews, titleText } from '../model/pools.ts'
import { answeredOver, WINDOWS_MS } from '../model/turns.ts'
import { agoText, timeText } from '../shared/format.ts'
import { Header } from '../shared/header.tsx'
import { useStore } from '../shared/store.ts'
import { TokenDialog } from '../shared/token-dialog.tsx'
import { Attention } from './attention.tsx'
import { FailBackDialog, ReloadDialog, UndoDialog } from './confirm-dialogs.tsx'
import { type Desk, DeskContext, useDesk, useSeconds } from './desk.ts'
import { ExplainPanel } from './explain-panel.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { useKeys } from './keys.ts'
import { Names, Resolvers } from './names.tsx'
import { OverrideDialog } from './override-dialog.tsx'
import { PoolsTable } from './pools-table.tsx'
import { Summary } from './summary.tsx'

export function App({ desk }: { readonly desk: Desk }) {
  useKeys(desk.asked)
  return (
    <DeskContext.Provider value={desk}>
      <Head />
      <Content />
      <Asking />
      <TokenDialog />
      <p class="unseen" aria-live="polite">
        <Heard />
      </p>
    </DeskContext.Provider>
  )
}

function Head() {
  const { live, asked } = useDesk()
  const { isLive, problem } = useStore(live.link)
  const status = useStore(live.status)
  const words = !isLive ? 'connection lost' : status ? 'live' : 'connecting'
  return (
    <Header
      current="/"
      link={{ isLive, words, ...(problem && { title: `${problem.detail}; ${problem.remedy}` }) }}
    >
      <button
        type="button"
        class="plain"
        aria-label="Keys"
        title="Keys (?)"
        onClick={() => asked.set({ kind: 'help' })}
      >
        ?
      </button>
    </Header>
  )
}

function Content() {
  const { live } = useDesk()
  const status = useStore(live.status)
  const samples = useStore(live.samples)
  const { isLive, problem } = useStore(live.link)
  const [windowMs, setWindowMs] = useState<number>(WINDOWS_MS.at(-1)!)
  const answered = useMemo(() => answeredOver(samples, windowMs), [samples, windowMs])
  const pools = useMemo(() => (status ? poolViews(status, answered) : []), [status, answered])
  const census = useMemo(() => censusOf(pools), [pools])
  const title = titleText(census, isLive)
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <main id="main" tabIndex={-1} class={isLive ? '' : 'stale'}>
      <h1 class="unseen">Rota dashboard</h1>
      {!isLive && <Lost atMs={status && Date.parse(status.now)} detail={problem?.detail} />}
      {status ? (
        <>
          <Summary status={status} census={census} />
          <Attention status={status} />
          <PoolsTable
            {...{ status, pools, windowMs }}
            spanMs={answered.spanMs}
            onWindow={setWindowMs}
          />
          <div class="foot">
            <Names generation={status.generation} />
            <Resolvers resolvers={status.resolvers ?? []} />
          </div>
        </>
      ) : (
        isLive && <p class="empty">Asking how everything stands …</p>
      )}
    </main>
  )
}

interface LostProps {
  readonly atMs: number | undefined
  readonly detail: string | undefined
}

/** What is shown stays, and is marked: an operator must not act on what was. */
function Lost({ atMs, detail = 'the server does not answer' }: LostProps) {
  const nowMs = useDesk().live.now()
  useSeconds()
  return (
    <p class="lost-note">
      <span role="alert">
        <b>Connection lost:</b> {detail}.
      </span>{' '}
      {/* An alert is read out whenever it changes, and this changes each second. */}
      {atMs !== undefined &&
        `What you see is of ${timeText(atMs, nowMs)}, ${agoText(Math.max(0, nowMs - atMs))}. `}
      It is asked again every other second.
    </p>
  )
}

function Asking() {
  const { asked } = useDesk()
  const current = useStore(asked)
  const onClose = () => asked.set(undefined)
  switch (current?.kind) {
    case 'override':
      return <OverrideDialog {...current} onClose={onClose} />
    case 'undo':
      return <UndoDialog override={current.override} onClose={onClose} />
    case 'fail-back':
      return <FailBackDialog pool={current.pool} onClose={onClose} />
    case 'reload':
      return <ReloadDialog onClose={onClose} />
    case 'explain':
      return <ExplainPanel name={current.name} onClose={onClose} />
    case 'help':
      return <HelpDialog onClose={onClose} />
    case undefined:
      return null
  }
}

function Heard() {
  return <>{useStore(useDesk().live.heard)}</>
}
