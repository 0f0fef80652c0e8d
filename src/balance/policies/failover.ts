/** `failover`: the lowest tier of which somebody is healthy; unless told, each is its own tier. */

import type { Policy } from '../policy.ts'

export const failover: Policy = {
  summary: 'the first healthy member in the order of the file, or the first tier that has one',
  usesWeights: true,
  draw: 'in-order',
  lineUp(eligible, previous, { failBack } = { failBack: true }) {
    const held = failBack ? undefined : eligible.find(({ name }) => previous.includes(name))
    const tier = held?.tier ?? Math.min(...eligible.map((contender) => contender.tier))
    return eligible.filter((contender) => contender.tier === tier)
  },
}
