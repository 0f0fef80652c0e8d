/**
 * Servers that show themselves alive to strangers: redis, postgres, mysql, smtp. Each judge reads
 * the first message and no more; no password is needed, and none is sent.
 *
 * Always true: whatever arrives, a judge returns an outcome or waits; it never throws.
 */

import { type Dialogue, type Heard, converse } from './converse.ts'
import { failure, type OnStage, type Outcome, quote, success } from './probe.ts'
import type { ServiceProbe } from './spec.ts'

export function probeService(
  address: string,
  { kind, port }: ServiceProbe,
  signal: AbortSignal,
  onStage: OnStage,
): Promise<Outcome> {
  return converse({ address, port }, DIALOGUES[kind], signal, onStage)
}

const DIALOGUES: Readonly<Record<ServiceProbe['kind'], Dialogue>> = {
  // As an array: inline commands can be switched off by whoever proxies.
  redis: { opening: '*1\r\n$4\r\nPING\r\n', judge: judgeRedis },
  postgres: { opening: startupMessage('rota'), judge: judgePostgres },
  mysql: { judge: judgeMysql },
  smtp: { judge: judgeSmtp, farewell: 'QUIT\r\n' },
}

/** `+PONG`; who asks for a password first is alive, too. Else its error: LOADING, MASTERDOWN. */
function judgeRedis({ octets, isEnded }: Heard): Outcome | undefined {
  const line = firstLine(octets, isEnded)
  if (line === undefined) return undefined
  if (line === '+PONG') return success('PONG')
  if (line.startsWith('-NOAUTH')) return success('alive, asks for a password')
  return failure(line.startsWith('-') ? quote(line.slice(1)) : notOf('redis', line))
}

/**
 * `R` asks who we are: alive. `E` is an error, and as for pg_isready only one of them means that no
 * connection is taken: while it starts, stops or recovers (57P03, cannot_connect_now).
 */
function judgePostgres({ octets }: Heard): Outcome | undefined {
  if (octets.length === 0) return undefined
  const kind = String.fromCharCode(octets[0]!)
  if (kind === 'R') return success('accepts connections')
  if (kind !== 'E') return failure(notOf('postgres', octets.toString('latin1', 0, LINE_MAX)))
  if (octets.length < 5) return undefined
  const end = 1 + octets.readUInt32BE(1)
  // Before version 3 of the protocol an error had no length; no server today is so old.
  if (end < 5 || end > octets.length) return end > MESSAGE_MAX ? failure('not postgres') : undefined
  const fields = fieldsOf(octets.toString('utf8', 5, end))
  const said = quote(fields.get('M') ?? '')
  return fields.get('C') === '57P03' ? failure(said) : success(`alive, says ${said}`)
}

/** `(letter, text, NUL)*`, as in ErrorResponse. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = text.split('\0').filter((field) => field !== '')
  return new Map(fields.map((field) => [field.charAt(0), field.slice(1)]))
}

/** Version 3.0, and a user, as there must be one. */
function startupMessage(user: string): Buffer {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0\0`, 'latin1')
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length + 4)
  return Buffer.concat([length, body])
}

/** A greeting of protocol 10 with the server's version, or an error, such as blocked. */
function judgeMysql({ octets, isEnded }: Heard): Outcome | undefined {
  const [PAYLOAD, ERROR_TEXT] = [4, 7]
  if (octets.length <= PAYLOAD) return undefined
  const end = PAYLOAD + octets.readUIntLE(0, 3)
  const kind = octets[PAYLOAD]
  if ((kind !== 0x0a && kind !== 0xff) || end > MESSAGE_MAX) return failure('not mysql')
  if (octets.length < end && !isEnded) return undefined
  if (kind === 0xff) return failure(quote(octets.toString('utf8', ERROR_TEXT, end)))
  const zero = octets.indexOf(0, PAYLOAD + 1)
  if (zero < 0 || zero > end)
    return isEnded || octets.length >= end ? failure('not mysql') : undefined
  return success(`version ${quote(octets.toString('latin1', PAYLOAD + 1, zero))}`)
}

/** `220`, whose last line has no dash (RFC 5321 §4.2.1). */
function judgeSmtp({ octets, isEnded }: Heard): Outcome | undefined {
  const line = firstLine(octets, isEnded)
  if (line === undefined) return undefined
  if (/^220[ -]|^220$/.test(line)) return success(quote(line))
  return failure(/^\d{3}/.test(line) ? quote(line) : notOf('smtp', line))
}

/** The first line without its end; undefined while it is not whole. */
function firstLine(octets: Buffer, isEnded: boolean): string | undefined {
  const end = octets.subarray(0, LINE_MAX).indexOf('\n')
  if (end < 0 && octets.length < LINE_MAX && !(isEnded && octets.length > 0)) return undefined
  return octets.toString('utf8', 0, end < 0 ? LINE_MAX : end).replace(/\r$/, '')
}

function notOf(what: string, line: string): string {
  return `not ${what}: ${quote(line)}`
}

/** A line of any of these protocols is shorter (RFC 5321 §4.5.3.1.5: 512). */
const LINE_MAX = 1_024
/** A first message is a few hundred octets; who announces more speaks something else. */
const MESSAGE_MAX = 16_384
