/**
 * Reads what somebody else has found out: a file that says `up` or `down` for everybody, or a line
 * for each address, `192.0.2.1 up`. Blank lines and what follows a `#` do not count; the last line
 * about an address holds.
 *
 * Always true: no more than FILE_OCTETS_MAX are read.
 */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

import { parseAddress, printAddress } from '../../base/address.ts'

import { failure, type Outcome, ownFault, quote, success } from './probe.ts'
import { faultWords } from './faults.ts'
import type { FileProbe } from './spec.ts'

/** Twenty thousand addresses. */
export const FILE_OCTETS_MAX = 1 << 20

export async function probeFile(
  address: string,
  { path }: FileProbe,
  signal: AbortSignal,
): Promise<Outcome> {
  const text = await readText(path)
  if (signal.aborted) return failure('aborted')
  return typeof text === 'string' ? judgeFile(text, address, path) : text
}

/** A pipe that nobody writes would hold for ever one of the few threads that all files share. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK

async function readText(path: string): Promise<string | Outcome> {
  try {
    const file = await open(path, READ_WITHOUT_WAITING)
    try {
      const octets = Buffer.allocUnsafe(FILE_OCTETS_MAX + 1)
      const { bytesRead } = await file.read(octets, 0, octets.length, 0)
      if (bytesRead > FILE_OCTETS_MAX) return failure(`${path} is larger than 1 MiB`)
      return octets.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'ENOENT') return failure(`${path} is absent`)
    const words = `cannot read ${path}: ${faultWords(error)}`
    return code === 'EISDIR' ? failure(words) : ownFault(words)
  }
}

export function judgeFile(text: string, address: string, path: string): Outcome {
  const wanted = canonical(address)
  let verdict: string | undefined
  for (const line of text.split('\n')) {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/)
    const [first = '', second, ...rest] = words
    if (first === '') continue
    const isSound = rest.length === 0 && isVerdict(second ?? first)
    if (!isSound) return failure(`${path} has a line that says neither up nor down: ${quote(line)}`)
    if (second === undefined || canonical(first) === wanted) verdict = second ?? first
  }
  if (verdict === undefined) return failure(`${path} says nothing of ${address}`)
  const evidence = `${path} says ${verdict.toLowerCase()}`
  return verdict.toLowerCase() === 'up' ? success(evidence) : failure(evidence)
}

function isVerdict(word: string): boolean {
  return /^(up|down)$/i.test(word)
}

/** Addresses have many spellings, and a name has two. */
function canonical(text: string): string {
  const octets = parseAddress(text)
  return octets ? printAddress(octets) : text.toLowerCase()
}
