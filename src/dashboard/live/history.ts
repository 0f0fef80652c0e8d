/** What the flight recorder has, for a timeline that begins before the page was opened. */

import type { Api } from '../shared/api.ts'
import type { Event } from '../shared/events.ts'

const LIMIT = 100

/** Empty where there is no recorder, or it does not answer: the timeline shows flips alone then. */
export async function historyOf(api: Api): Promise<readonly Event[]> {
  const path = `/api/v1/history?limit=${LIMIT}`
  const read = await api.read<{ readonly events: readonly Event[] }>(path)
  return read === 'unchanged' || 'problem' in read ? [] : read.value.events
}
