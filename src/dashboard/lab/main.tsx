/** The round-robin lab: real DNS from the browser, to see who is answered, and who is there. */

import './lab.css'

import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'

import { Header } from '../shared/header.tsx'
import { startPage } from '../shared/page.ts'
import { ProblemNote } from '../shared/problem.tsx'
import { useStore } from '../shared/store.ts'
import { TokenDialog } from '../shared/token-dialog.tsx'
import { AnswerPane } from './answer-pane.tsx'
import { AskForm } from './ask-form.tsx'
import { type Bench, createBench } from './bench.ts'
import { pageClock } from './clock.ts'
import { Members } from './members.tsx'
import { OutageLines } from './outage-lines.tsx'
import { readNames, type ServerWatch, watchServer } from './server-view.ts'
import { KeysDialog, keyOf } from './keys.tsx'
import { Timeline } from './timeline.tsx'
import { Visits } from './visits.tsx'

const { api } = startPage()
const server = watchServer(api, pageClock, () => !document.hidden)
const bench = createBench({
  ...{ api, server, clock: pageClock, random: Math.random },
  fetch: fetch.bind(window),
})
void server.look()

interface LabProps {
  readonly bench: Bench
  readonly server: ServerWatch
}

function Lab({ bench, server }: LabProps) {
  const view = useStore(server.view)
  const picture = useStore(bench.picture)
  const settings = useStore(bench.settings)
  const [names, setNames] = useState<readonly string[]>([])
  const [areKeysShown, showKeys] = useState(false)
  useEffect(() => void readNames(api).then(setNames), [])
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const action = keyOf(event, bench, view.backends ?? [])
      if (action === 'help') showKeys(true)
      else action?.()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [bench, view.backends])

  const link = view.isLive
    ? { isLive: true, words: 'live' }
    : { isLive: false, words: 'connection lost', title: 'the server does not answer' }
  return (
    <>
      <Header current="/lab" link={link}>
        <button type="button" class="plain" onClick={() => showKeys(true)} aria-label="Shortcuts">
          ?
        </button>
      </Header>
      <main id="main" class="lab" tabindex={-1}>
        <h1 class="unseen">Round-robin lab</h1>
        <AskForm {...{ bench, settings, names, picture }} isDemo={view.backends !== undefined} />
        {picture.problem && <ProblemNote problem={picture.problem} />}
        <Members {...{ bench, picture, settings }} backends={view.backends ?? []} />
        <OutageLines outages={picture.outages} />
        <Timeline {...{ picture }} />
        <div class="lab-columns">
          <AnswerPane {...{ picture }} />
          <Visits {...{ picture, settings }} isDemo={view.backends !== undefined} />
        </div>
      </main>
      {areKeysShown && (
        <KeysDialog onClose={() => showKeys(false)} backends={view.backends ?? []} />
      )}
      <TokenDialog />
    </>
  )
}

render(<Lab bench={bench} server={server} />, document.getElementById('page')!)
