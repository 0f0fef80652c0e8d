/** The names that are balanced, a page at a time, each to be explained; and who asks the most. */

import { useEffect, useState } from 'preact/hooks'

import type { Status } from '../../admin/status.ts'

import type { NameStatus, NamesPage } from '../model/told.ts'
import type { Problem } from '../shared/api.ts'
import { ProblemNote } from '../shared/problem.tsx'
import { useStore } from '../shared/store.ts'
import { useDesk } from './desk.ts'

const LIMIT = 25
/** TTLs change with health; names seldom do. */
const AGAIN_MS = 5_000

export function Names({ generation }: { readonly generation: number }) {
  const { api, asked, live } = useDesk()
  // Of a server that does not answer the page speaks as a whole.
  const { isLive } = useStore(live.link)
  const [words, setWords] = useState('')
  /** Where each page so far began. */
  const [starts, setStarts] = useState<readonly string[]>([''])
  const [page, setPage] = useState<NamesPage>()
  const [problem, setProblem] = useState<Problem>()
  const after = starts.at(-1)!

  useEffect(() => {
    let isGone = false
    const read = async () => {
      const query = new URLSearchParams({ limit: String(LIMIT) })
      if (words.trim() !== '') query.set('q', words.trim())
      if (after !== '') query.set('after', after)
      const found = await api.read<NamesPage>(`/api/v1/names?${query}`)
      if (isGone || found === 'unchanged') return
      setProblem('problem' in found ? found.problem : undefined)
      if ('value' in found) setPage(found.value)
    }
    void read()
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void read()
    }, AGAIN_MS)
    return () => {
      isGone = true
      clearInterval(timer)
    }
  }, [words, after, generation])

  return (
    <section aria-labelledby="names-title" class="names">
      <div class="bar">
        <h2 id="names-title">Names</h2>
        <input
          id="find-name"
          type="search"
          placeholder="Find a name"
          aria-label="Find a name"
          value={words}
          onInput={({ currentTarget }) => {
            setWords(currentTarget.value)
            setStarts([''])
          }}
        />
        <button
          type="button"
          class="end"
          onClick={() => asked.set({ kind: 'explain', name: words.trim() })}
        >
          Explain a name…
        </button>
      </div>
      {problem && isLive && <ProblemNote problem={problem} />}
      {page?.names.length === 0 && <p class="empty">{nothingText(words)}</p>}
      {page && page.names.length > 0 && <Table names={page.names} />}
      {(starts.length > 1 || page?.next !== undefined) && (
        <p class="pager">
          <button
            type="button"
            class="small"
            disabled={starts.length === 1}
            onClick={() => setStarts(starts.slice(0, -1))}
          >
            Earlier
          </button>
          <button
            type="button"
            class="small"
            disabled={page?.next === undefined}
            onClick={() => page?.next !== undefined && setStarts([...starts, page.next])}
          >
            Later
          </button>
        </p>
      )}
    </section>
  )
}

function nothingText(words: string): string {
  const sought = words.trim()
  return sought === '' ? 'No name is balanced.' : `No name has “${sought}” in it.`
}

function Table({ names }: { readonly names: readonly NameStatus[] }) {
  const { asked } = useDesk()
  return (
    <table class="names-table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Pool</th>
          <th scope="col">Policy</th>
          <th scope="col" class="number">
            Answers
          </th>
          <th scope="col" class="number">
            TTL
          </th>
          <th scope="col">Because</th>
          <th scope="col">
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {names.map(({ name, pool, policy, answers, ttlSeconds, ttlReason, rules = 0 }) => (
          <tr key={name}>
            <th scope="row" class="mono">
              {name}
            </th>
            <td>
              {pool}
              {rules > 0 && <span class="soft"> and others by client</span>}
            </td>
            <td>{policy}</td>
            <td class="number">{answers}</td>
            <td class="number">{ttlSeconds}&#8239;s</td>
            <td class="soft">{ttlReason}</td>
            <td class="cell-action">
              <button
                type="button"
                class="small plain"
                aria-label={`Explain ${name}`}
                onClick={() => asked.set({ kind: 'explain', name })}
              >
                Explain
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Above this one network bends the shares that its neighbours see. */
const LOUD_PERCENT = 10

export function Resolvers({ resolvers }: Required<Pick<Status, 'resolvers'>>) {
  return (
    <section aria-labelledby="resolvers-title" class="resolvers">
      <div class="bar">
        <h2 id="resolvers-title">Loudest resolvers</h2>
      </div>
      {resolvers.length === 0 ? (
        <p class="empty">Nobody has asked enough to stand out.</p>
      ) : (
        <>
          <ul>
            {resolvers.map(({ address, percent }) => (
              <li key={address}>
                <span class="mono">{address}</span>
                <svg
                  class="left-bar"
                  viewBox="0 0 100 6"
                  preserveAspectRatio="none"
                  aria-hidden="true"
                >
                  <rect class="share-ground" x="0" y="0" width="100" height="6" />
                  <rect class="left-fill" x="0" y="0" width={percent} height="6" />
                </svg>
                <span class="number">{percent}&#8239;%</span>
              </li>
            ))}
          </ul>
          {resolvers.some(({ percent }) => percent >= LOUD_PERCENT) && (
            <p class="soft">
              Shares are exact over answers. A resolver that asks for many clients sends them all to
              whom it was answered with, until the TTL is over.
            </p>
          )}
        </>
      )}
    </section>
  )
}
