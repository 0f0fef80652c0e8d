/** What the reader has chosen to ask, as whom, and how often. */

import { typeNumber } from '../../wire/registry.ts'

import { type Method, nameProblem } from './dns.ts'
import { CLIENTS_MAX, type FleetKind } from './fleet.ts'
import { RATE_MAX } from './load.ts'
import type { ModelKey } from './models.ts'

export interface LabSettings {
  readonly name: string
  /** By its mnemonic. */
  readonly type: string
  readonly model: ModelKey
  readonly networks: FleetKind
  readonly clients: number
  readonly method: Method
  /** Whether clients connect to where they are sent; else the verdict says what they would meet. */
  readonly isConnecting: boolean
  /** Visits of a burst. */
  readonly count: number
  /** Visits in each second of a stream. */
  readonly perSecond: number
}

export const DEFAULTS: LabSettings = {
  ...{ name: 'www.example.test', type: 'A', model: 'first', networks: 'one', clients: 50 },
  ...{ method: 'POST', isConnecting: true, count: 500, perSecond: 20 },
}

/** Those that people ask for here; a type of any number can be written as TYPEnnn elsewhere. */
export const TYPES = ['A', 'AAAA', 'HTTPS', 'SRV', 'CNAME', 'MX', 'TXT', 'NS', 'SOA'] as const

export const COUNT_MAX = 20_000

/** What of the settings cannot be, in words; undefined where all can. */
export function settingsProblem(settings: LabSettings): string | undefined {
  const { name, type, networks, clients, count, perSecond } = settings
  const fault = nameProblem(name)
  if (fault !== undefined) return `name: ${fault}`
  if (typeNumber(type) === undefined) return `type: ${type} is none`
  const ranges = [
    ['visits', count, COUNT_MAX],
    ['a second', perSecond, RATE_MAX],
    ['clients', networks === 'one' ? 1 : clients, CLIENTS_MAX],
  ] as const
  const bad = ranges.find(
    ([, value, max]) => !(Number.isInteger(value) && value >= 1 && value <= max),
  )
  return bad && `${bad[0]}: a whole number from 1 to ${bad[2]}`
}

/** Types that say where to connect. */
export function isAddressType(type: string): boolean {
  return type === 'A' || type === 'AAAA'
}
