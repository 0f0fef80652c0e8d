/** The token by which writers are known: from the environment, or made once in the state folder. */

import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const TOKEN_FILE = 'token'
const TOKEN_OCTETS = 32
/** One that can be guessed guards nothing; a file that holds less was cut off. */
const CHARACTERS_MIN = 16

export interface TokenSource {
  /** `ROTA_TOKEN`: with it no file is read or made. */
  readonly given?: string | undefined
  /** Absolute path of the state folder. */
  readonly state?: string | undefined
}

export interface FoundToken {
  readonly token?: string
  readonly warning?: string
}

/** Finds or makes the token; throws an Error that says what to do where it is unfit. */
export async function findToken({ given, state }: TokenSource): Promise<FoundToken> {
  if (given) return { token: checked(given, 'ROTA_TOKEN') }
  if (state === undefined) return {}
  const file = join(state, TOKEN_FILE)
  const written = await readIfThere(file)
  if (written === undefined) return { token: await make(state, file) }
  const token = checked(written.trim(), file)
  const isOpen = ((await stat(file)).mode & 0o077) !== 0
  return isOpen
    ? { token, warning: `${file} can be read by others; "chmod 600 ${file}", then make it anew` }
    : { token }
}

function checked(token: string, whence: string): string {
  if (/^[!-~]+$/.test(token) && token.length >= CHARACTERS_MIN) return token
  throw new Error(
    `${whence} holds no token of ${CHARACTERS_MIN} printable characters or more; ` +
      'take it away, and one is made at the next start',
  )
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new Error(`the token cannot be read: ${(error as Error).message}`)
  }
}

/** Whole under its name or not at all: who reads half a token would be locked out for ever. */
async function make(state: string, file: string): Promise<string> {
  const token = randomBytes(TOKEN_OCTETS).toString('base64url')
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(state, { recursive: true, mode: 0o700 })
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(`${token}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    throw new Error(`no token can be made in ${state}: ${(error as Error).message}`)
  }
  return token
}
