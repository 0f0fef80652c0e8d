/** What to ask, as whom, how often; and the buttons that begin, end, clear and take away. */

import { countText } from '../shared/format.ts'
import type { Bench, Picture } from './bench.ts'
import { csvOf, jsonOf } from './export.ts'
import { CLIENTS_MAX, type FleetKind } from './fleet.ts'
import { RATE_MAX } from './load.ts'
import { MODELS, type ModelKey, modelOf } from './models.ts'
import { NameInput, WholeInput } from './inputs.tsx'
import { saveFile } from './save-file.ts'
import { COUNT_MAX, type LabSettings, TYPES } from './settings.ts'

interface AskFormProps {
  readonly bench: Bench
  readonly settings: LabSettings
  readonly names: readonly string[]
  readonly picture: Picture
  readonly isDemo: boolean
}

export function AskForm({ bench, settings, names, picture, isDemo }: AskFormProps) {
  const { mode } = picture
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault()
        void bench.fire()
      }}
    >
      <div class="ask-row">
        <Question {...{ bench, settings, names }} />
        <Who {...{ bench, settings }} />
      </div>
      <div class="soft ask-what">
        <p>{modelOf(settings.model).what}</p>
        {isDemo ? (
          <Connecting {...{ bench, settings }} />
        ) : (
          <p>Nobody is connected to: this server is no demo.</p>
        )}
      </div>
      <div class="ask-row ask-actions">
        <span class="ask-pair">
          <button type="submit" class="primary" disabled={mode === 'burst'}>
            {mode === 'burst'
              ? `${countText(picture.run.count)} of ${countText(settings.count)}`
              : `Fire ${countText(settings.count)}`}
          </button>
          <Whole
            id="lab-visits"
            label="visits"
            max={COUNT_MAX}
            value={settings.count}
            onValue={(count) => bench.change({ count })}
          />
        </span>
        <span class="ask-pair">
          <button type="button" onClick={() => bench.toggle()}>
            {mode === 'idle' ? 'Run on' : 'Stop the run'}
          </button>
          <Whole
            id="lab-rate"
            label="a second"
            max={RATE_MAX}
            value={settings.perSecond}
            isDisabled={mode === 'stream'}
            onValue={(perSecond) => bench.change({ perSecond })}
          />
        </span>
        <span class="ask-end">
          <Take picture={picture} />
          <button type="button" class="plain" onClick={() => bench.clear()}>
            Clear
          </button>
        </span>
      </div>
    </form>
  )
}

function Question({ bench, settings, names }: Pick<AskFormProps, 'bench' | 'settings' | 'names'>) {
  return (
    <>
      <label class="field ask-name" for="lab-name">
        Name
        <NameInput
          id="lab-name"
          value={settings.name}
          list="names"
          onValue={(name) => bench.change({ name })}
        />
        <datalist id="names">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <label class="field">
        Type
        <select
          value={settings.type}
          disabled={modelOf(settings.model).isDual}
          onChange={({ currentTarget }) => bench.change({ type: currentTarget.value })}
        >
          {TYPES.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      </label>
      <label class="field">
        Carried by
        <select
          value={settings.method}
          onChange={({ currentTarget }) =>
            bench.change({ method: currentTarget.value === 'GET' ? 'GET' : 'POST' })
          }
        >
          <option value="POST">HTTP POST</option>
          <option value="GET">HTTP GET</option>
        </select>
      </label>
    </>
  )
}

const FLEETS: readonly (readonly [FleetKind, string])[] = [
  ['one', 'one client'],
  ['v4', 'many IPv4 /24s'],
  ['v6', 'many IPv6 /56s'],
]

function Who({ bench, settings }: Pick<AskFormProps, 'bench' | 'settings'>) {
  return (
    <>
      <label class="field">
        Client
        <select
          value={settings.model}
          onChange={({ currentTarget }) => bench.change({ model: currentTarget.value as ModelKey })}
        >
          {MODELS.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        As
        <select
          value={settings.networks}
          onChange={({ currentTarget }) =>
            bench.change({ networks: currentTarget.value as FleetKind })
          }
        >
          {FLEETS.map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {settings.networks !== 'one' && (
        <label class="field" for="lab-networks">
          Networks
          <WholeInput
            id="lab-networks"
            max={CLIENTS_MAX}
            value={settings.clients}
            onValue={(clients) => bench.change({ clients })}
          />
        </label>
      )}
    </>
  )
}

function Connecting({ bench, settings }: Pick<AskFormProps, 'bench' | 'settings'>) {
  return (
    <label class="ask-check">
      <input
        type="checkbox"
        checked={settings.isConnecting}
        onChange={({ currentTarget }) => bench.change({ isConnecting: currentTarget.checked })}
      />
      It connects to where DNS sends it.
    </label>
  )
}

interface WholeProps {
  readonly id: string
  readonly label: string
  readonly value: number
  readonly max: number
  readonly isDisabled?: boolean
  readonly onValue: (value: number) => void
}

function Whole({ id, label, value, max, isDisabled = false, onValue }: WholeProps) {
  return (
    <label class="ask-whole" for={id}>
      <WholeInput {...{ id, value, max, isDisabled, onValue }} />
      {label}
    </label>
  )
}

function Take({ picture: { run } }: Pick<AskFormProps, 'picture'>) {
  const isEmpty = run.count === 0
  const json = () => saveFile('rota-lab.json', 'application/json', jsonOf(run, Date.now()))
  const csv = () => saveFile('rota-lab.csv', 'text/csv', csvOf(run))
  return (
    <>
      <button type="button" class="plain" disabled={isEmpty} onClick={json}>
        Save JSON
      </button>
      <button type="button" class="plain" disabled={isEmpty} onClick={csv}>
        Save CSV
      </button>
    </>
  )
}
