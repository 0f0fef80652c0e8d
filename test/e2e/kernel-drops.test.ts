/**
 * Goal: queries that the kernel drops because nobody takes them are seen by who scrapes, by either
 * path of UDP, and are not counted as queries.
 * Method: a server is stopped as by a debugger while more comes than its buffers hold, and goes on.
 */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, it } from 'vitest'

import { readKernelDrops } from '../../src/transport/udp/kernel-drops.ts'
import { valuesOf } from '../admin/metrics/scrape.ts'
import { eventually } from '../support/eventually.ts'
import { requestFor } from '../support/request.ts'
import { siteOf } from './site.ts'

const YAML = `
pools: { web: { members: [192.0.2.1] } }
names: { www.example.test: { pool: web } }
`
const BURST = 2_000
/** No buffer holds so much. */
const SENT_MAX = 400_000

it.skipIf(process.platform !== 'linux').each(['batched', 'portable'])(
  'the kernel drops what a stopped server does not take, and a scrape tells (%s)',
  async (path) => {
    const site = await siteOf(YAML, { env: { ROTA_TRANSPORT: path } })
    const endpoint = { address: '127.0.0.1', port: site.port }
    const scraped = async (name: string) => {
      return valuesOf((await site.api('GET /metrics')).text, name)
    }
    expect(await scraped('rota_udp_kernel_drops_total')).toMatchObject({ 4: 0 })

    site.process.signal('SIGSTOP')
    const socket = createSocket('udp4')
    socket.connect(site.port, endpoint.address)
    await once(socket, 'connect')
    const query = requestFor('www.example.test A')
    let sent = 0
    let drops = 0
    while (drops === 0 && sent < SENT_MAX) {
      for (let i = 0; i < BURST; i++) socket.send(query)
      // They leave in order, so once this one is out all are.
      await new Promise<void>((resolve) => socket.send(query, () => resolve()))
      sent += BURST + 1
      drops = (await readKernelDrops([endpoint])).v4 ?? 0
    }
    site.process.signal('SIGCONT')
    expect(drops).toBeGreaterThan(0)

    await eventually(async () => (await scraped('rota_dns_queries_total'))['udp 4']! > 0)
    expect((await scraped('rota_udp_kernel_drops_total'))['4']).toBeGreaterThanOrEqual(drops)
    expect((await scraped('rota_dns_queries_total'))['udp 4']).toBeLessThanOrEqual(sent - drops)
    socket.close()
  },
)
