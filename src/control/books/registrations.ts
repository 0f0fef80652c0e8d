/**
 * Members that registered themselves, each for as long as its lease is renewed. A pool says who
 * may (`register`): from which networks, how many. Arithmetic over one immutable book, as overrides
 * are.
 */

import { parseV4, parseV6, printAddress } from '../../base/address.ts'
import type { Moment } from '../../base/moment.ts'
import { parseDuration, printDuration } from '../../base/duration.ts'
import { isWithinPrefix, printPrefix } from '../../base/prefix.ts'

import { isFault, readV4, readV6, readWord } from '../../config/values/values.ts'
import type { MemberConfig, PoolConfig, RegistrationConfig } from '../../config/config.ts'

import { faultAt, isRefusal, type Refusal, refusal } from './refusal.ts'

/**
 * While the process lives, a lease runs by its clock, which nobody sets. What it was on the wall is
 * for people, and for the process after it.
 */
export interface Registration {
  readonly pool: string
  readonly member: string
  /** As RFC 5952 and dotted quads write them. */
  readonly v4?: string | undefined
  readonly v6?: string | undefined
  readonly weight: number
  readonly leaseMs: number
  readonly sinceWall: number
  /** As it was granted. */
  readonly untilWall: number
  readonly untilMs: number
}

/** In the order of registering, which `failover` follows after the members of the YAML. */
export type RegistrationBook = readonly Registration[]

export interface RegistrationWish {
  readonly pool: string
  readonly name: string
  readonly v4?: string | undefined
  readonly v6?: string | undefined
  /** 1 if unset. */
  readonly weight?: number | undefined
  /** A span such as `30s`, at most the pool's own, which holds if unset. */
  readonly lease?: string | undefined
}

/** More over all pools is a script that has run away; each pool has a bound of its own. */
export const REGISTRATIONS_MAX = 10_000
export const LEASE_MIN_MS = 1_000
export const WEIGHT_MAX = 1_000

export interface Registered {
  readonly book: RegistrationBook
  readonly registration: Registration
  /** Whether the member was not there before. */
  readonly isNew: boolean
}

/** Registers a member or renews its lease, with what it says of itself now. */
export function register(
  book: RegistrationBook,
  wish: RegistrationWish,
  pool: PoolConfig,
  now: Moment,
): Registered | Refusal {
  const terms = termsOf(pool)
  if (isRefusal(terms)) return terms
  const leaseMs = leaseOf(wish, pool.name, terms)
  if (isRefusal(leaseMs)) return leaseMs
  const addresses = addressesOf(wish)
  if (isRefusal(addresses)) return addresses
  const { name, weight = 1 } = wish
  if (!Number.isInteger(weight) || weight < 0 || weight > WEIGHT_MAX) {
    return faultAt('weight', `weight ${weight} is outside 0–${WEIGHT_MAX}`)
  }
  const before = registrationOf(book, pool.name, name)
  const registration: Registration = {
    ...{ pool: pool.name, member: name, ...addresses, weight, leaseMs },
    sinceWall: before?.sinceWall ?? now.wall,
    ...untilOf(leaseMs, now),
  }
  const unfit = unfitness(registration, pool, book)
  if (unfit) return unfit
  if (!before && book.length >= REGISTRATIONS_MAX) {
    return refusal('conflict', `${REGISTRATIONS_MAX} members have registered already`)
  }
  // A renewal keeps its place: order is meaning to failover.
  const next = before
    ? book.map((one) => (one === before ? registration : one))
    : [...book, registration]
  return { book: next, registration, isNew: !before }
}

/** The same member with its lease from now on; undefined where it has not registered. */
export function renew(
  book: RegistrationBook,
  pool: string,
  member: string,
  now: Moment,
): { readonly book: RegistrationBook; readonly registration: Registration } | undefined {
  const before = registrationOf(book, pool, member)
  if (!before) return
  const registration = { ...before, ...untilOf(before.leaseMs, now) }
  return { book: book.map((one) => (one === before ? registration : one)), registration }
}

export function leave(
  book: RegistrationBook,
  pool: PoolConfig,
  member: string,
): RegistrationBook | Refusal {
  if (registrationOf(book, pool.name, member)) {
    return book.filter((one) => one.pool !== pool.name || one.member !== member)
  }
  return pool.members.some(({ name }) => name === member)
    ? refusal(
        'forbidden',
        `${pool.name}/${member} stands in the YAML, and so cannot leave`,
        `take it out of the YAML and reload, or "rota drain ${pool.name}/${member}"`,
      )
    : refusal('unknown', `pool "${pool.name}" has no member "${member}" that has registered`)
}

export function registrationOf(
  book: RegistrationBook,
  pool: string,
  member: string,
): Registration | undefined {
  return book.find((one) => one.pool === pool && one.member === member)
}

/** The same book where no lease is over. */
export function expireLeases(book: RegistrationBook, nowMs: number): RegistrationBook {
  return book.some(({ untilMs }) => untilMs <= nowMs)
    ? book.filter(({ untilMs }) => untilMs > nowMs)
    : book
}

/** When the next lease is over (clock); Infinity where there is none. */
export function nextLeaseEndMs(book: RegistrationBook): number {
  return book.reduce((least, { untilMs }) => Math.min(least, untilMs), Number.POSITIVE_INFINITY)
}

/**
 * Those whom the pools still take, after a reload: the same book where that is everybody. Who came
 * first stays where a pool takes fewer than before.
 */
export function fitRegistrations(
  book: RegistrationBook,
  poolOf: (name: string) => PoolConfig | undefined,
): RegistrationBook {
  let fitting: RegistrationBook = []
  for (const one of book) {
    const pool = poolOf(one.pool)
    if (pool && !unfitness(one, pool, fitting)) fitting = [...fitting, one]
  }
  return fitting.length === book.length ? book : fitting
}

/** The member as the pool's own stand in the YAML; its place is that of the pool. */
export function memberOf(
  { member, v4, v6, weight }: Registration,
  { place }: PoolConfig,
): MemberConfig {
  const [octets4, octets6] = [parseV4(v4 ?? ''), parseV6(v6 ?? '')]
  return {
    place,
    name: member,
    ...(octets4 && { v4: octets4 }),
    ...(octets6 && { v6: octets6 }),
    weight,
  }
}

/** A lease of this span from now on. */
export function untilOf(spanMs: number, now: Moment): Pick<Registration, 'untilMs' | 'untilWall'> {
  return { untilMs: now.ms + spanMs, untilWall: now.wall + spanMs }
}

/** Why a pool does not take a member beside those of the book, itself aside. */
function unfitness(
  one: Registration,
  pool: PoolConfig,
  book: RegistrationBook,
): Refusal | undefined {
  const terms = termsOf(pool)
  if (isRefusal(terms)) return terms
  const who = `member "${one.member}" of pool "${pool.name}"`
  const word = readWord(one.member)
  if (isFault(word)) return refusal('invalid', `member "${one.member}" ${word.fault}`)
  if (pool.members.some(({ name }) => name === one.member)) {
    return refusal('conflict', `${who} stands in the YAML already`, 'register by another name')
  }
  const others = book.filter(({ pool: of, member }) => of === pool.name && member !== one.member)
  for (const address of [one.v4, one.v6]) {
    const fault = address && addressFault(address, pool, terms, others)
    if (fault) return fault
  }
  if (others.length < terms.membersMax) return
  return refusal(
    'conflict',
    `pool "${pool.name}" takes ${terms.membersMax} members that register, and has them`,
    'let one leave, or raise register.members of the pool in the YAML and reload',
  )
}

function addressFault(
  address: string,
  { name, members }: PoolConfig,
  { networks }: RegistrationConfig,
  others: RegistrationBook,
): Refusal | undefined {
  const octets = parseV4(address) ?? parseV6(address)
  if (!octets || !networks.some((network) => isWithinPrefix(octets, network))) {
    const whence = networks.map(printPrefix).join(', ')
    return refusal(
      'forbidden',
      `${address} is outside the networks from which pool "${name}" takes members (${whence})`,
      'register an address within, or add its network to register.networks in the YAML and reload',
    )
  }
  const holder =
    members.find(({ v4, v6 }) => [v4, v6].some((one) => one && printAddress(one) === address))
      ?.name ?? others.find(({ v4, v6 }) => v4 === address || v6 === address)?.member
  return holder === undefined
    ? undefined
    : refusal('conflict', `${address} is member "${holder}" of pool "${name}" already`)
}

function termsOf({ name, registration }: PoolConfig): RegistrationConfig | Refusal {
  if (registration) return registration
  return refusal(
    'forbidden',
    `pool "${name}" takes no registrations`,
    'give it register: { networks: [192.0.2.0/24] } in the YAML and reload',
  )
}

function leaseOf(
  { lease }: RegistrationWish,
  pool: string,
  terms: RegistrationConfig,
): number | Refusal {
  if (lease === undefined) return terms.leaseMs
  const leaseMs = parseDuration(lease)
  const range = `${printDuration(LEASE_MIN_MS)}–${printDuration(terms.leaseMs)}`
  if (leaseMs === undefined) {
    return faultAt('lease', `lease "${lease}" is not a span of time such as 30s (${range})`)
  }
  return leaseMs >= LEASE_MIN_MS && leaseMs <= terms.leaseMs
    ? leaseMs
    : faultAt('lease', `lease ${lease} is outside ${range}, what pool "${pool}" grants`)
}

function addressesOf(wish: RegistrationWish): Pick<Registration, 'v4' | 'v6'> | Refusal {
  const found: { v4?: string; v6?: string } = {}
  for (const [family, read] of [
    ['v4', readV4],
    ['v6', readV6],
  ] as const) {
    const written = wish[family]
    if (written === undefined) continue
    const octets = read(written)
    if (isFault(octets)) return faultAt(family, `${family} "${written}" ${octets.fault}`)
    found[family] = printAddress(octets)
  }
  if (found.v4 || found.v6) return found
  return refusal('invalid', `member "${wish.name}" has no address; give v4, v6 or both`)
}
