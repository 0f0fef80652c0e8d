/** At the side: what a name would be answered with for a client, and why. */

import { useEffect, useState } from 'preact/hooks'

import { answerText, type ExplainedFamily, familyText } from '../model/explained.ts'
import { memberText, rungText, scopeText, weightPart } from '../model/explained.ts'
import type { Explanation } from '../model/told.ts'
import type { Problem } from '../shared/api.ts'
import { Dialog } from '../shared/dialog.tsx'
import { percentText } from '../shared/format.ts'
import { ProblemNote } from '../shared/problem.tsx'
import { useDesk } from './desk.ts'

interface ExplainPanelProps {
  readonly name: string
  readonly onClose: () => void
}

export function ExplainPanel({ name: asked, onClose }: ExplainPanelProps) {
  const { api } = useDesk()
  const [name, setName] = useState(asked)
  const [client, setClient] = useState('')
  const [explained, setExplained] = useState<Explanation>()
  const [problem, setProblem] = useState<Problem>()

  async function explain(): Promise<void> {
    const query = new URLSearchParams({ name: name.trim() })
    if (client.trim() !== '') query.set('client', client.trim())
    const read = await api.read<Explanation>(`/api/v1/explain?${query}`)
    if (read === 'unchanged') return
    setProblem('problem' in read ? read.problem : undefined)
    setExplained('problem' in read ? undefined : read.value)
  }
  useEffect(() => {
    if (asked !== '') void explain()
  }, [asked])

  return (
    <Dialog title="Explain a name" className="side" onClose={onClose}>
      <div class="body">
        <div class="side-head">
          <h2>Explain a name</h2>
          <button type="button" class="small" onClick={onClose}>
            Close
          </button>
        </div>
        <form
          class="explain-form"
          onSubmit={(event) => {
            event.preventDefault()
            void explain()
          }}
        >
          <label class="field">
            Name
            <input
              type="text"
              data-first
              required
              autocomplete="off"
              spellcheck={false}
              placeholder="www.example.test"
              value={name}
              onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          </label>
          <label class="field">
            For a client in
            <input
              type="text"
              autocomplete="off"
              spellcheck={false}
              placeholder="192.0.2.0/24"
              value={client}
              onInput={({ currentTarget }) => setClient(currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary">
            Explain
          </button>
        </form>
        <div aria-live="polite">
          {problem && <ProblemNote problem={problem} />}
          {explained && <Told explained={explained} />}
        </div>
      </div>
    </Dialog>
  )
}

function Told({ explained: { name, client, answers, balanced } }: { explained: Explanation }) {
  return (
    <div class="explanation">
      <p>
        <b class="mono">{name}</b> <span class="soft">for a client in {client}</span>
      </p>
      <dl class="answers">
        {answers.map((answer) => (
          <div key={answer.type}>
            <dt>{answer.type}</dt>
            <dd>
              <span class="mono">{answerText(answer)}</span>
              {scopeText(answer) !== undefined && <p class="soft">{scopeText(answer)}</p>}
            </dd>
          </div>
        ))}
        {balanced && (
          <>
            <div>
              <dt>By</dt>
              <dd>
                pool <b>{balanced.pool}</b>, {balanced.policy}, at most {balanced.answersMax} in an
                answer
              </dd>
            </div>
            <div>
              <dt>TTL</dt>
              <dd>
                {balanced.ttl.seconds}&#8239;s: {balanced.ttl.reason}
              </dd>
            </div>
          </>
        )}
      </dl>
      {!balanced && <p>It is not balanced: its zone answers, if there is one here.</p>}
      {balanced?.pools.map(({ pool, policy, v4, v6 }) => (
        <section key={pool} class="explained-pool">
          <h3>
            {pool} <span class="soft">{policy}</span>
          </h3>
          {v4 && <Family word="IPv4" family={v4} />}
          {v6 && <Family word="IPv6" family={v6} />}
        </section>
      ))}
    </div>
  )
}

function Family({ word, family }: { readonly word: string; readonly family: ExplainedFamily }) {
  return (
    <>
      <p class="soft">
        {word}: {familyText(family)}
      </p>
      {family.ladder && (
        <ol class="rungs" aria-label="Steps while it has failed">
          {family.ladder.map((rung) => (
            <li key={rung.step}>{rungText(rung)}</li>
          ))}
        </ol>
      )}
      <ul>
        {family.members.map((member) => {
          const part = weightPart(family, member)
          return (
            <li key={member.name}>
              <span class="explained-who">
                <b>{member.name}</b> <span class="mono soft">{member.address}</span>
              </span>
              <span class="number">{part === undefined ? '–' : percentText(part)}</span>
              <span class="explained-why">{memberText(member)}</span>
            </li>
          )
        })}
      </ul>
    </>
  )
}
