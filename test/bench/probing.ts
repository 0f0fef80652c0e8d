/** Rota's prober alone in a process: `probing.ts PORT COUNT INTERVAL_MS tcp|http`, until it is ended. */

import { systemClock } from '../../src/base/clock.ts'
import { createTarget } from '../../src/health/check.ts'
import { attempt } from '../../src/health/probes/attempt.ts'
import type { ProbeSpec } from '../../src/health/probes/spec.ts'
import { createProber } from '../../src/health/prober.ts'
import { loopbackAddress } from './loopback.ts'

const [port, count, intervalMs] = process.argv.slice(2, 5).map(Number)
const tcp: ProbeSpec = { kind: 'tcp', port: port! }
const http: ProbeSpec = {
  kind: 'http',
  port: port!,
  path: '/',
  expect: [{ from: 200, to: 299 }],
  verify: true,
}
const check = {
  name: 'bench',
  probe: process.argv[5] === 'http' ? http : tcp,
  intervalMs: intervalMs!,
  fastIntervalMs: 1_000,
  timeoutMs: 2_000,
  rise: 2,
  fall: 3,
}
const prober = createProber({
  clock: systemClock,
  random: Math.random,
  attempt,
  onFlip: ({ address }, { verdict, evidence }) => {
    if (verdict === 'down') process.stdout.write(`down: ${address}: ${evidence}\n`)
  },
})
prober.retarget(
  Array.from({ length: count! }, (_, index) => createTarget(loopbackAddress(index), check)),
)
