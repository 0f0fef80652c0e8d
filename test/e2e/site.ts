/**
 * A site as its users and its operator meet it: one running server, asked by DNS from wherever a
 * resolver may sit, by its API with its own token, and by the commands.
 */

import { readFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'

import type { Status } from '../../src/admin/status.ts'
import { askApi } from '../admin/support.ts'
import { written, zoneText } from '../control/configs.ts'
import { openAsker } from '../support/ask.ts'
import type { Reply } from '../support/authority.ts'
import type { Manner } from '../support/request.ts'
import { askFor, dataOf } from '../support/resolver.ts'
import { folderOf, type RotaWithFiles, run, serve, type Until } from './rota.ts'

/** Where it listens, what it keeps and serves; the pools and names are the test's. */
export const HEAD = `
listen: { dns: ["127.0.0.1:0"], http: "127.0.0.1:0" }
workers: 1
state: ./state
zones: { example.test: example.test.zone }
`

/** How a question is asked, and from which address of this machine. */
export type Asking = Manner & { readonly resolver?: string }

export interface Site extends RotaWithFiles {
  /** By which its API knows who may write. */
  readonly token: string
  reply(question: string, manner?: Asking): Promise<Reply>
  /** The data of the answer, or its RCODE where it has none. */
  answer(question: string, manner?: Asking): Promise<string>
  /** Who came first in so many answers, and how often. */
  leads(question: string, times: number, manner?: Asking): Promise<Record<string, number>>
  /** Asks the API, with the server's own token. */
  api(line: string, body?: unknown): ReturnType<typeof askApi>
  status(): Promise<Status>
  /** What a command prints; it must end with 0. */
  command(...words: string[]): Promise<string>
}

export interface SiteOptions {
  /** Lines of the zone file. */
  readonly zone?: readonly string[]
  /** More files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>
  /** Changes what stands before the pools and names. */
  readonly head?: (text: string) => string
  readonly until?: Until
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a server with these pools and names. It ends with the test, unless told otherwise. */
export async function siteOf(yaml: string, options: SiteOptions = {}): Promise<Site> {
  const { zone = [], files: more = {}, until = onTestFinished, env } = options
  const { head = (text) => text } = options
  const texts = {
    'rota.yaml': `${head(HEAD)}${yaml}`,
    'example.test.zone': zoneText('example.test', ...zone),
    ...more,
  }
  return siteWith(written(texts, until), { until, ...(env && { env }) })
}

/** Starts a server on files that are there, as after a crash. */
export async function siteWith(
  files: RotaWithFiles['files'],
  { until = onTestFinished, env = {} }: Pick<SiteOptions, 'until' | 'env'> = {},
): Promise<Site> {
  const rota = { ...(await serve(['-c', files.file], { until, env })), files }
  const http = Number(String(rota.logged('answering')[0]!['http']).split(':').at(-1))
  const tokenFile = `${folderOf(files)}state/token`
  const askers = new Map<string, ReturnType<typeof openAsker>>()
  until(async () => {
    for (const asker of await Promise.all(askers.values())) asker.close()
  })
  const askerFrom = (resolver: string) => {
    const known = askers.get(resolver) ?? openAsker(rota.port, '127.0.0.1', resolver)
    askers.set(resolver, known)
    return known
  }
  const site: Site = {
    ...rota,
    token: readFileSync(tokenFile, 'utf8').trim(),
    async reply(question, { resolver = '127.0.0.1', ...manner } = {}) {
      const reply = await askFor(await askerFrom(resolver), question, manner)
      if (!reply) throw new Error(`nobody answered ${question}`)
      return reply
    },
    answer: async (question, manner) => dataOf(await site.reply(question, manner)),
    async leads(question, times, manner) {
      const counts: Record<string, number> = {}
      for (let i = 0; i < times; i++) {
        const [lead] = (await site.answer(question, manner)).split(' ') as [string]
        counts[lead] = (counts[lead] ?? 0) + 1
      }
      return counts
    },
    api: (line, body) => askApi(http, line, { token: site.token, body }),
    status: async () => (await site.api('GET /api/v1/status')).value as Status,
    async command(...words) {
      const server = ['--server', `http://127.0.0.1:${http}`, '--token-file', tokenFile]
      const child = run([...words, ...server], { until })
      if ((await child.ended) !== 0) throw new Error(`${words.join(' ')}: ${child.output()}`)
      return child.output()
    },
  }
  return site
}
