/** The policies by name: the list that configuration, help and tests read. */

export const POLICIES = ['rotate', 'weighted', 'random', 'failover'] as const

export type PolicyName = (typeof POLICIES)[number]
