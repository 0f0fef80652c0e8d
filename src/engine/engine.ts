/**
 * What one thread answers with: the world it has, the rosters that came after it, and the scratch
 * that a query is worked out in. All of it is made here once; answering makes nothing but a ring,
 * at the first turn after a world has come.
 */

import { assert } from '../base/assert.ts'
import type { Prefix } from '../base/prefix.ts'
import type { Dice } from '../base/random.ts'

import { createPath, type NamePath } from '../wire/name-path.ts'
import { createQuery, type Query } from '../wire/query.ts'
import { createWriter, type Writer } from '../wire/writer.ts'

import { createFound, type Found } from '../zone/lookup.ts'

import type { Roster } from '../balance/roster.ts'

import { createIdentity, type Identity } from './client.ts'
import {
  clearRings,
  createRingHeap,
  dropRing,
  isMostlyDead,
  NO_RING,
  type RingHeap,
} from './heap.ts'
import { createSmallLedger, type Ledger } from './ledger.ts'
import { addRing } from './ring.ts'
import { createScores } from './sticky.ts'
import { createTalkers, type Talkers } from './talkers.ts'
import { createTally, type Tally } from './tally.ts'
import { type Client, createClient, type World } from './world.ts'
import { createZoneTable, type ZoneTable } from './zone-table.ts'

export interface Engine {
  world: World
  zoneTable: ZoneTable
  /** Whether any binding leaves some clients to another. */
  hasClientRules: boolean
  /** By binding. A worker never asks who is up: the roster says who may be answered. */
  rosters: Roster[]
  /**
   * Where each ring lies in the heap: two for each binding, IPv4 then IPv6. NO_RING until the first
   * turn after a roster has come.
   */
  rings: Uint32Array
  readonly heap: RingHeap
  /** Shared by all threads. */
  readonly cursors: Int32Array
  readonly dice: Dice
  /**
   * One cell: when what is being answered had come, in milliseconds of `systemClock.now`. The
   * transport sets it, as the engine has no clock; a cell, since a number in a field would be an
   * object of its own at each change.
   */
  readonly moment: Float64Array
  /** This thread's row: who led how many turns. */
  readonly tally: Tally
  /** This thread's row: who was answered last when, and may be held until when. */
  readonly ledger: Ledger
  /** Tells why; only the thread that decides has one. */
  explainer: Explainer | undefined
  /** This thread's row: who asks the most. */
  readonly talkers: Talkers
  readonly scratch: Scratch
}

/** What is noted while one query is answered. */
export interface Scratch {
  readonly query: Query
  /** Whose query it is, as it came. */
  client: Client
  readonly writer: Writer
  readonly found: Found
  /** The name that a chain of aliases has come to. */
  readonly chain: NamePath
  /** The name being looked up: the question's, then those along the chain. */
  asked: NamePath
  /** A name from RDATA whose addresses may be added. */
  readonly target: NamePath
  /** Room to put a name together in. */
  readonly name: Uint8Array
  clientHash: number
  /** Whose query it is, as the turns that depend on it see it. */
  readonly identity: Identity
  /** How much of the client subnet the answer depended on, in bits. */
  scope: number
  /** What balances the question's name for this client, or NO_BINDING. */
  binding: number
  /** While a ranking is worked out, the scores of its members. */
  readonly scores: Float64Array
  /** Where in the heap's octets the record of the alias is that was drawn last. */
  alias: number
  /** The whole RCODE of the last answer, with the bits that EDNS carries. */
  rcode: number
  isAuthoritative: boolean
  isTruncated: boolean
  answerCount: number
  authorityCount: number
  additionalCount: number
  /** An extended error (RFC 8914), or -1. */
  errorCode: number
  /** Where in the message the OPT record begins, which is its last. */
  optAt: number
  /** Where in the message the names stand that a chain of aliases has led through. */
  readonly aliases: Uint16Array
  aliasCount: number
  /** RRsets of the DNAMEs among them. */
  readonly dnames: Uint32Array
  dnameCount: number
  /** RRsets whose targets' addresses belong in the additional section. */
  readonly mentions: Uint32Array
  mentionCount: number
  /** Nodes whose addresses have been added. */
  readonly added: Uint32Array
  addedCount: number
}

/** Stands for the number of a binding where a name has none. */
export const NO_BINDING = -1

/** Lines that say how a name (octets) is answered to a client, each at most 255 octets. */
export type Explainer = (name: Uint8Array, client: Prefix) => readonly string[]

/** What an engine answers from before it is told of any world. */
export const NO_WORLD: World = {
  generation: 0,
  zones: [],
  bindings: [],
  serverId: new Uint8Array(0),
}

/** As many aliases as BIND follows; a chain that is longer is cut, with what it gave so far. */
const ALIASES_MAX = 16
/** Most messages mention one RRset; a chain that ends in a referral mentions a few. */
const MENTIONS_MAX = 8
const ADDED_MAX = 64
/** A DNAME puts two names together before the sum is seen to be too long. */
const TWO_NAMES = 512

export function createEngine(
  cursors: Int32Array,
  dice: Dice,
  tally: Tally = createTally(),
  talkers: Talkers = createTalkers(),
  ledger: Ledger = createSmallLedger(),
): Engine {
  const query = createQuery()
  return {
    world: NO_WORLD,
    zoneTable: createZoneTable([]),
    hasClientRules: false,
    rosters: [],
    rings: new Uint32Array(0),
    heap: createRingHeap(),
    cursors,
    dice,
    moment: new Float64Array(1),
    tally,
    ledger,
    explainer: undefined,
    talkers,
    scratch: {
      query,
      client: createClient(false),
      writer: createWriter(),
      found: createFound(),
      chain: createPath(),
      asked: query.path,
      target: createPath(),
      name: new Uint8Array(TWO_NAMES),
      clientHash: 0,
      identity: createIdentity(),
      scope: 0,
      binding: NO_BINDING,
      scores: createScores(),
      alias: 0,
      rcode: 0,
      isAuthoritative: false,
      isTruncated: false,
      answerCount: 0,
      authorityCount: 0,
      additionalCount: 0,
      errorCode: -1,
      optAt: 0,
      aliases: new Uint16Array(ALIASES_MAX),
      aliasCount: 0,
      dnames: new Uint32Array(ALIASES_MAX + 1),
      dnameCount: 0,
      mentions: new Uint32Array(MENTIONS_MAX),
      mentionCount: 0,
      added: new Uint32Array(ADDED_MAX),
      addedCount: 0,
    },
  }
}

/** Changes to another world, which comes with a roster for each of its bindings. */
export function takeWorld(engine: Engine, world: World, rosters: readonly Roster[]): void {
  assert(rosters.length === world.bindings.length, 'one roster for each binding')
  engine.world = world
  engine.zoneTable = createZoneTable(world.zones)
  engine.hasClientRules = world.bindings.some(({ clients }) => clients !== undefined)
  engine.rosters = [...rosters]
  engine.rings = new Uint32Array(rosters.length * 2)
  clearRings(engine.heap)
}

/** Takes a newer roster for one binding of the present world. */
export function takeRoster(engine: Engine, binding: number, roster: Roster): void {
  assert(binding < engine.rosters.length, 'a roster is for a binding of this world')
  engine.rosters[binding] = roster
  for (const isV6Record of [false, true]) {
    const index = binding * 2 + (isV6Record ? 1 : 0)
    if (engine.rings[index] === NO_RING) continue
    dropRing(engine.heap, engine.rings[index])
    // Somebody asks for it, so it is built now and not while they wait.
    buildRing(engine, binding, isV6Record, index)
  }
}

/**
 * Where the ring of a binding in one family lies, built at its first turn: a world of many thousand
 * pools is taken at once, and what nobody asks for costs nothing.
 */
export function ringOf(engine: Engine, binding: number, isV6Record: boolean): number {
  const index = binding * 2 + (isV6Record ? 1 : 0)
  const ring = engine.rings[index]
  return ring !== NO_RING ? ring : buildRing(engine, binding, isV6Record, index)
}

function buildRing(engine: Engine, binding: number, isV6Record: boolean, index: number): number {
  const { heap, rings, rosters, world } = engine
  if (isMostlyDead(heap)) {
    clearRings(heap)
    rings.fill(NO_RING)
  }
  const { answers } = world.bindings[binding]
  const { lineup, ttl } = rosters[binding]
  const family = isV6Record ? 'v6' : 'v4'
  rings[index] = addRing(heap, lineup, family, answers, ttl, world.nearness ?? [])
  return rings[index]
}
