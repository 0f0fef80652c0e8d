/**
 * Where the running server is, and the token that it knows its operators by: as named by an option
 * or a variable, or else as its configuration says. The configuration need not be sound: who
 * reloads may just be about to learn what is wrong with it.
 */

import { dirname, join, resolve } from 'node:path'

import { parseEndpoint, printEndpoint } from '../base/address.ts'

import { parseSource } from '../config/source.ts'

import { TOKEN_FILE } from '../admin/token.ts'

export interface ServerAt {
  /** Without a slash at its end. */
  readonly url: string
  /** What named it. */
  readonly whence: string
  readonly token?: string
  /** What to do, where there is no token. */
  readonly tokenFault: string
}

interface Finding {
  readonly config?: string
  readonly server?: string
  readonly tokenFile?: string
}

interface Finder {
  readFile(path: string): string
  readonly environment: NodeJS.ProcessEnv
}

interface Fault {
  readonly fault: string
}

export function findServer(wanted: Finding, { readFile, environment }: Finder): ServerAt | Fault {
  const { config = 'rota.yaml', tokenFile } = wanted
  // Who names a configuration means its server, whatever the environment says.
  const given = wanted.server ?? (wanted.config ? undefined : environment['ROTA_SERVER'])
  const place = given ? namedPlace(given, wanted) : configuredPlace(config, readFile)
  if ('fault' in place) return place
  const { stateToken, ...at } = place
  const readToken = (file: string) => readFile(file).trim()
  if (tokenFile !== undefined) {
    try {
      return { ...at, token: readToken(tokenFile), tokenFault: '' }
    } catch (error) {
      return { fault: `the token cannot be read: ${(error as Error).message}` }
    }
  }
  const token = environment['ROTA_TOKEN']
  if (token) return { ...at, token, tokenFault: '' }
  if (stateToken === undefined) {
    return { ...at, tokenFault: 'set ROTA_TOKEN, or name a file by --token-file' }
  }
  try {
    return { ...at, token: readToken(stateToken), tokenFault: '' }
  } catch (error) {
    const tokenFault = `its token cannot be read: ${(error as Error).message}`
    return { ...at, tokenFault }
  }
}

interface Place {
  readonly url: string
  readonly whence: string
  readonly stateToken?: string
}

function namedPlace(server: string, { server: option }: Finding): Place | Fault {
  const whence = option === undefined ? 'ROTA_SERVER' : '--server'
  const url = server.includes('://') ? server : `http://${server}`
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return { fault: `${whence} "${server}" is no address such as http://127.0.0.1:8053` }
  }
  return { url: new URL(url).origin, whence }
}

/** Takes the two keys alone, so that a fault elsewhere in the file does not matter. */
function configuredPlace(file: string, readFile: Finder['readFile']): Place | Fault {
  const other = 'or name the server by --server or ROTA_SERVER'
  let text: string
  try {
    text = readFile(file)
  } catch (error) {
    return { fault: `${file} cannot be read (${(error as Error).message}); give -c, ${other}` }
  }
  const { tree } = parseSource(text, file)
  if (tree === undefined) {
    return { fault: `${file} is not valid YAML ("rota check" shows where); correct it, ${other}` }
  }
  const { listen, state } = (tree ?? {}) as { listen?: { http?: unknown }; state?: unknown }
  const written = listen?.http
  const endpoint = typeof written === 'string' ? parseEndpoint(written) : undefined
  if (!endpoint) {
    const fault = written === undefined ? 'has no listen.http' : 'has a faulty listen.http'
    return { fault: `${file} ${fault}, where its server would be asked; set it, ${other}` }
  }
  if (endpoint.port === 0) {
    return { fault: `listen.http of ${file} is any free port, which its log names; ${other}` }
  }
  const { address, port } = endpoint
  const near = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return {
    url: `http://${printEndpoint({ address: near, port })}`,
    whence: `listen.http of ${file}`,
    ...(typeof state === 'string' && {
      stateToken: join(resolve(dirname(resolve(file)), state), TOKEN_FILE),
    }),
  }
}
