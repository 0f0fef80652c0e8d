/**
 * An authority in the test's own process: zones as text, pools as a few members, and questions as
 * people write them. No sockets, no clock; dice have a seed.
 *
 * Always true of every answer that comes through here: it is a whole message that decodes strictly,
 * it is no longer than whoever asked can take, and nothing was written past that length.
 */

import { parseAddress } from '../../src/base/address.ts'
import type { PrefixMap } from '../../src/base/prefix-map.ts'
import { createDice } from '../../src/base/random.ts'
import { foldName, isWithin, printName } from '../../src/wire/name.ts'
import { decodeMessage, type Message } from '../../src/wire/message.ts'
import { printFlags, printRecord } from '../../src/wire/print-message.ts'
import { rcodeName, typeName } from '../../src/wire/registry.ts'
import { createZoneBuilder } from '../../src/zone/builder.ts'
import type { ZoneImage } from '../../src/zone/image.ts'
import { parseZone } from '../../src/zone/parse.ts'
import { type PolicyName, policyNamed } from '../../src/balance/policy.ts'
import type { Candidate, Lineup, Offer, Roster, Stickiness } from '../../src/balance/roster.ts'
import { answer, MESSAGE_OCTETS_MAX } from '../../src/engine/answer.ts'
import { createCursors } from '../../src/engine/cursors.ts'
import { createEngine, type Engine, takeRoster, takeWorld } from '../../src/engine/engine.ts'
import { type Client, createClient, type Nearness } from '../../src/engine/world.ts'

import { hasEdns, type Manner, nameOf, requestFor } from './request.ts'

/** An address, or what a pool says of a member: addresses, an alias's target, or another pool. */
export type Member =
  | string
  | {
      readonly v4?: string
      readonly v6?: string
      readonly cname?: string
      readonly pool?: Balanced
      readonly weight?: number
    }

export interface Balanced {
  readonly members: Readonly<Record<string, Member>>
  /** `weighted` if unset. */
  readonly policy?: PolicyName
  readonly sticky?: Stickiness
  /** Which of the authority's `nearness` says who is near. */
  readonly nearness?: number
  /** 8 if unset, as in the configuration. */
  readonly answers?: number
  /** In seconds; 30 if unset. */
  readonly ttl?: number
  /** Which of the bindings, by number, answers a client instead. */
  readonly clients?: PrefixMap
}

export interface AuthorityOptions {
  /** What is balanced, by name. */
  readonly bindings?: Readonly<Record<string, Balanced>>
  readonly nearness?: readonly Nearness[]
  readonly serverId?: string
  readonly seed?: number
}

/** An answer as a person reads it: records in zone syntax, in the order of the message. */
export interface Reply {
  readonly rcode: string
  /** Those that are set: `qr aa rd`. */
  readonly flags: string
  readonly answer: readonly string[]
  readonly authority: readonly string[]
  readonly additional: readonly string[]
  readonly message: Message
  readonly octets: Uint8Array
}

export interface Authority {
  readonly engine: Engine
  readonly zones: readonly ZoneImage[]
  /** Asks `name [class] type` and reads the answer. Throws where the server stays silent. */
  ask(question: string, manner?: Manner): Reply
  /** The octets that answer a request; empty for silence. */
  answerOctets(request: Uint8Array, manner?: Manner): Uint8Array
  /** Lets health, or an operator, change who may be answered for a name. */
  change(name: string, balanced: Balanced): void
}

/** What no answer writes by chance at the end of a buffer. */
const POISON = 0xa5
const POISON_SIZE = 64
const FROM = '198.51.100.7'

export function authority(
  zoneTexts: Readonly<Record<string, string>>,
  { bindings = {}, nearness = [], serverId = '', seed = 1 }: AuthorityOptions = {},
): Authority {
  const names = Object.keys(bindings)
  const zones = buildZones(zoneTexts, names)
  const engine = createEngine(createCursors(), createDice(seed))
  const pools = Object.values(bindings)
  takeWorld(
    engine,
    {
      generation: 1,
      zones,
      bindings: pools.map(({ answers = 8, clients }) => ({
        answers,
        ...(clients && { clients }),
        mayAlias: pools.some(hasAlias),
      })),
      nearness,
      serverId: new TextEncoder().encode(serverId),
    },
    pools.map(rosterOf),
  )
  const datagram = createClient(false)
  const stream = createClient(true)
  const out = new Uint8Array(MESSAGE_OCTETS_MAX + POISON_SIZE)

  function answerOctets(request: Uint8Array, manner: Manner = {}): Uint8Array {
    const client = manner.tcp ? stream : datagram
    setAddress(client, manner.from ?? FROM)
    const limit = limitOf(manner)
    out.fill(POISON, limit, limit + POISON_SIZE)
    const length = answer(engine, request, request.length, client, out)
    if (length > limit) throw new Error(`an answer of ${length} octets exceeds ${limit}`)
    for (let at = limit; at < limit + POISON_SIZE; at++) {
      if (out[at] !== POISON) throw new Error(`octet ${at} was written past the limit of ${limit}`)
    }
    return out.slice(0, length)
  }

  function ask(question: string, manner: Manner = {}): Reply {
    const octets = answerOctets(requestFor(question, manner), manner)
    const message = decodeMessage(octets)
    if (!message) throw new Error(`the answer to ${question} does not decode`)
    const opaque = opaqueRecord(message)
    if (opaque) throw new Error(`the answer to ${question} has RDATA without meaning: ${opaque}`)
    return replyOf(message, octets)
  }

  return {
    engine,
    zones,
    ask,
    answerOctets,
    change: (name, balanced) => takeRoster(engine, names.indexOf(name), rosterOf(balanced)),
  }
}

/**
 * A record of a known type whose RDATA is not of that type, if the message has one: a decoder takes
 * such octets as they are, but whoever wrote them pointed a name at nothing.
 */
export function opaqueRecord({ answer, authority, additional }: Message): string | undefined {
  const opaque = [...answer, ...authority, ...additional].find(
    ({ type, text }) => text.startsWith('\\#') && !typeName(type).startsWith('TYPE'),
  )
  return opaque && printRecord(opaque)
}

/** The first records' data of many answers in a row: who led. */
export function leads({ ask }: Authority, question: string, turns: number, manner?: Manner) {
  return Array.from({ length: turns }, () => addresses(ask(question, manner))[0])
}

/** The data of an answer's records. */
export function addresses({ message }: Reply): string[] {
  return message.answer.map(({ text }) => text)
}

/** The octets that may be sent: what the client takes, and never above 1232 in a datagram. */
function limitOf(manner: Manner): number {
  if (manner.tcp) return MESSAGE_OCTETS_MAX
  if (!hasEdns(manner)) return 512
  return Math.min(1232, Math.max(512, manner.payload ?? 1232))
}

function setAddress(client: Client, from: string): void {
  const address = parseAddress(from)
  if (!address) throw new Error(`"${from}" is not an address`)
  client.address.set(address)
  client.isV6 = address.length === 16
}

export function replyOf(message: Message, octets: Uint8Array): Reply {
  return {
    rcode: rcodeName(message.rcode),
    flags: printFlags(message.flags),
    answer: message.answer.map(printRecord),
    authority: message.authority.map(printRecord),
    additional: message.additional.map(printRecord),
    message,
    octets,
  }
}

function buildZones(texts: Readonly<Record<string, string>>, bound: readonly string[]) {
  const apexes = Object.keys(texts).map((text) => foldName(nameOf(text)))
  // A balanced name belongs to the closest of the zones that it is within.
  const homes = bound.map((text) => {
    const name = foldName(nameOf(text))
    const home = apexes
      .filter((apex) => isWithin(name, apex))
      .reduce((best, apex) => (apex.length > best.length ? apex : best))
    return { name, home }
  })
  return Object.values(texts).map((text, index) =>
    buildZone(
      apexes[index]!,
      text,
      homes.map(({ name, home }) => (home === apexes[index] ? name : undefined)),
    ),
  )
}

/** Parses and lays out one zone; `bound[binding]` is the name of a binding of this zone. */
export function buildZone(
  apex: Uint8Array,
  text: string,
  bound: readonly (Uint8Array | undefined)[] = [],
): ZoneImage {
  const builder = createZoneBuilder(apex)
  parseZone({
    file: printName(apex),
    octets: new TextEncoder().encode(text),
    apex,
    sink: builder,
    include: () => ({ problem: 'tests keep a zone in one text' }),
    report: ({ line, message }) => {
      throw new Error(`${printName(apex)} line ${line}: ${message}`)
    },
  })
  for (const [binding, name] of bound.entries()) if (name) builder.bind(name, binding)
  return builder.finish()
}

function hasAlias({ members }: Balanced): boolean {
  return Object.values(members).some(
    (member) =>
      typeof member !== 'string' &&
      (member.cname !== undefined || (member.pool !== undefined && hasAlias(member.pool))),
  )
}

/** The roster of a pool whose members are all up. */
export function rosterOf(balanced: Balanced): Roster {
  return { lineup: lineupOf(balanced), ttl: balanced.ttl ?? 30 }
}

function lineupOf({ members, policy = 'weighted', sticky, nearness }: Balanced): Lineup {
  const { lineUp, usesWeights } = policyNamed(policy)
  const everyone = Object.entries(members).map(([name, member], index): Candidate => {
    const { weight = 1 } = typeof member === 'string' ? {} : member
    return { name, index, weight: usesWeights ? weight : 1, ...offersOf(member) }
  })
  const taking = (family: 'v4' | 'v6') =>
    lineUp(
      everyone.flatMap(({ name, index, weight, [family]: offer }) =>
        offer ? [{ name, index, weight, tier: index }] : [],
      ),
      [],
    ).map(({ index }) => index)
  const [v4, v6] = [taking('v4'), taking('v6')]
  const candidates = everyone.flatMap(({ v4: one, v6: other, ...rest }) => {
    const offers = {
      ...(one && v4.includes(rest.index) && { v4: one }),
      ...(other && v6.includes(rest.index) && { v6: other }),
    }
    return offers.v4 || offers.v6 ? [{ ...rest, ...offers }] : []
  })
  return {
    ...{ policy, candidates },
    ...(sticky && { sticky }),
    ...(nearness !== undefined && { nearness }),
  }
}

function offersOf(member: Member): { v4?: Offer; v6?: Offer } {
  if (typeof member === 'string') return offersOf({ v4: member })
  const { cname, pool } = member
  if (pool) {
    const lineup = lineupOf(pool)
    const offer: Offer = { kind: 'pool', lineup }
    // A pool that nobody may be answered from is no member, as it is to the one who judges pools.
    return {
      ...(lineup.candidates.some(({ v4 }) => v4) && { v4: offer }),
      ...(lineup.candidates.some(({ v6 }) => v6) && { v6: offer }),
    }
  }
  if (cname !== undefined) {
    const offer: Offer = { kind: 'alias', target: foldName(nameOf(cname)) }
    return { v4: offer, v6: offer }
  }
  const v4 = addressOffer(member.v4, 4)
  const v6 = addressOffer(member.v6, 16)
  return { ...(v4 && { v4 }), ...(v6 && { v6 }) }
}

function addressOffer(text: string | undefined, size: 4 | 16): Offer | undefined {
  const octets = text === undefined ? undefined : parseAddress(text)
  return octets?.length === size ? { kind: 'address', octets } : undefined
}
