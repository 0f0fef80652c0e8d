/**
 * `rota query NAME [TYPE] [@server[:port]]`: asks a server and shows what it said, like `dig`, or
 * once more and once more (`--repeat`) to watch the rotation.
 */

import { Command } from 'commander'

import { type Clock, systemClock } from '../base/clock.ts'
import { parseDuration, printDuration } from '../base/duration.ts'

import { parseSubnet, type Subnet } from '../wire/edns-options.ts'
import { decodeMessage, type Message } from '../wire/message.ts'
import { nameFault, parseName, ROOT } from '../wire/name.ts'
import { TYPE, typeNumber } from '../wire/registry.ts'

import { type Asking, ask, canAsk, type Server, UDP_TRIES } from './ask.ts'
import type { Reply, Silence } from './outcome.ts'
import { readWay, type WayOptions } from './query-way.ts'
import { describeReply, printServer, replyAsJson, tallyLeads, turnLine } from './query-text.ts'

/** What the options of the command line say, as commander hands them over. */
export interface QueryOptions extends WayOptions {
  readonly subnet?: string
  readonly json?: boolean
  readonly repeat?: string
  readonly timeout?: string
}

/** Where the command writes and what time it is; tests bring their own. */
export interface QueryWorld {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly clock: Clock
}

const REPEAT_MAX = 100_000
const TIMEOUT_DEFAULT = '2s'
const TIMEOUT_MAX_MS = 60_000

const EXIT = { ANSWERED: 0, SILENCE: 1, USAGE: 2 } as const

export function queryCommand(world: QueryWorld = processWorld()): Command {
  return new Command('query')
    .description('ask a DNS server and show its answer')
    .argument('<words...>', 'NAME [TYPE] [@server[:port]]; type A, server @127.0.0.1:5300')
    .option('--tcp', 'ask over TCP from the start')
    .option('--tls', 'ask over TLS; port 853 unless the server is named with another')
    .option('--https [url]', 'ask over HTTPS; https://SERVER/dns-query unless a URL is given')
    .option('--insecure', 'take any certificate of a server over TLS or HTTPS')
    .option('--subnet <cidr>', "ask as if for a client in this network, like '192.0.2.0/24'")
    .option('--json', 'print one JSON object for each answer')
    .option('--repeat <count>', `ask so many times (1–${REPEAT_MAX}) and count who came first`)
    .option('--timeout <duration>', 'wait so long for each try', TIMEOUT_DEFAULT)
    .action(async (words: string[], options: QueryOptions) => {
      process.exitCode = await runQuery(words, options, world)
    })
}

/**
 * Runs the command and returns its exit code: 0 when an answer came, whatever its RCODE; 1 when
 * none came; 2 when the words or options make no question.
 */
export async function runQuery(
  words: readonly string[],
  options: QueryOptions,
  world: QueryWorld,
): Promise<number> {
  const plan = readPlan(words, options)
  if (typeof plan === 'string') {
    world.err(`rota query: ${plan}\n`)
    return EXIT.USAGE
  }
  const leads = new Map<string, number>()
  for (let turn = 1; turn <= plan.repeat; turn++) {
    const outcome = await ask(plan.asking, world.clock)
    if (outcome.kind === 'silence') {
      world.err(`rota query: ${explainSilence(outcome, plan.asking)}\n`)
      return EXIT.SILENCE
    }
    const message = decodeMessage(outcome.octets)
    if (!message) {
      world.err(`rota query: ${explainGarbage(outcome, plan.asking.server)}\n`)
      return EXIT.SILENCE
    }
    show(message, outcome, plan, turn, leads, world)
  }
  if (plan.repeat > 1 && !options.json) world.out(tallyLeads(leads))
  return EXIT.ANSWERED
}

interface Plan {
  readonly asking: Asking
  readonly repeat: number
  readonly isJson: boolean
}

function processWorld(): QueryWorld {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    clock: systemClock,
  }
}

function show(
  message: Message,
  reply: Reply,
  { asking: { server }, repeat, isJson }: Plan,
  turn: number,
  leads: Map<string, number>,
  { out }: QueryWorld,
): void {
  if (isJson) out(`${JSON.stringify(replyAsJson(message, reply, server))}\n`)
  else if (repeat === 1) out(describeReply(message, reply, server))
  else out(turnLine(turn, message))
  const lead = message.answer.find(({ type }) => type !== TYPE.CNAME)?.text
  if (lead !== undefined) leads.set(lead, (leads.get(lead) ?? 0) + 1)
}

/** What to ask, or what is wrong with the words. */
function readPlan(given: readonly string[], options: QueryOptions): Plan | string {
  const way = readWay(given, options)
  if (typeof way === 'string') return way
  const { words } = way
  const servers = words.filter((word) => word.startsWith('@'))
  const [name, type = 'A', extra] = words.filter((word) => !word.startsWith('@'))
  if (name === undefined) return 'needs a name, like www.example.test'
  if (extra !== undefined) return `"${extra}" is one word too many: NAME [TYPE] [@server[:port]]`
  if (servers.length > 1) return `one server at a time: ${servers.join(' ')}`

  const octets = parseName(name, ROOT)
  if (typeof octets === 'number') return `name "${name}" ${nameFault(octets)}`
  if (!canAsk(octets)) return `name "${name}" has a dot inside a label, which dns2 cannot ask for`
  const number = typeNumber(type)
  if (!number) return `type "${type}" is neither a known type nor TYPE1–TYPE65535`
  const server =
    servers[0] === undefined ? way.server : parseServer(servers[0].slice(1), way.server.port)
  if (!server) return `server "${servers[0]}" is not @host, @host:port or @[address]:port`
  const secure = way.secureAt(server)

  const limits = readLimits(options)
  if (typeof limits === 'string') return limits
  const { subnet, repeat, timeoutMs } = limits
  const isTcp = options.tcp === true
  const asking = { server, name: octets, type: number, subnet, isTcp, secure, timeoutMs }
  return { asking, repeat, isJson: options.json === true }
}

function readLimits(
  options: QueryOptions,
): { subnet: Subnet | undefined; repeat: number; timeoutMs: number } | string {
  const subnet = options.subnet === undefined ? undefined : parseSubnet(options.subnet)
  if (options.subnet !== undefined && !subnet) {
    return `subnet "${options.subnet}" is not a network like 192.0.2.0/24 or 2001:db8::/56`
  }
  const repeat = Number(options.repeat ?? '1')
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > REPEAT_MAX) {
    return `repeat "${options.repeat}" is outside 1–${REPEAT_MAX}`
  }
  const timeoutMs = parseDuration(options.timeout ?? TIMEOUT_DEFAULT)
  if (timeoutMs === undefined || timeoutMs < 1 || timeoutMs > TIMEOUT_MAX_MS) {
    return `timeout "${options.timeout}" is outside 1ms–${printDuration(TIMEOUT_MAX_MS)}`
  }
  return { subnet, repeat, timeoutMs }
}

/** `host`, `host:port`, `[address]:port`, or an IPv6 address as it is. */
function parseServer(text: string, usualPort: number): Server | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(text)
  if (!parts)
    return /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? { host: text, port: usualPort } : undefined
  const port = parts[3] === undefined ? usualPort : Number(parts[3])
  const host = parts[1] ?? parts[2]!
  return port >= 1 && port <= 65_535 ? { host, port } : undefined
}

function explainSilence(
  { reason, detail }: Silence,
  { server, timeoutMs, isTcp, secure }: Asking,
): string {
  const where = printServer(server)
  switch (reason) {
    case 'unknown host':
      return `${detail}; name the server by its address`
    case 'refused':
      return `nothing listens on ${where}; start it with "rota serve", or name another with @server`
    case 'timeout': {
      const isStream = isTcp || secure !== undefined
      const waited = `${isStream ? '' : `${UDP_TRIES} tries of `}${printDuration(timeoutMs)}`
      const heard = detail === '' ? '' : ` (${detail})`
      const remedy = isStream ? 'is a firewall in the way?' : 'does --tcp get through?'
      return `no answer from ${where} after ${waited}${heard}; ${remedy}`
    }
    case 'distrusted':
      return (
        `the certificate of ${where} is not taken: ${detail}; give its authority by ` +
        'NODE_EXTRA_CA_CERTS=ca.pem, name the server as its certificate does, or add --insecure'
      )
    case 'unreachable':
      return `no answer from ${where}: ${detail}`
  }
}

function explainGarbage({ octets, complaints }: Reply, server: Server): string {
  const why = complaints.length > 0 ? `: ${complaints.join('; ')}` : ''
  return `${printServer(server)} sent ${octets.length} octets that are no DNS message${why}`
}
