/**
 * One visit of a client to a name, as a state machine: what it asks, which address it tries, when
 * it tries the next one, and how it ends. What happens comes in with its moment; what to do goes
 * out.
 *
 * Always true: no address is tried twice in a visit, and a visit that is over does nothing more.
 */

/** How a model goes about a visit. */
export interface Plan {
  /** Asked all at once. */
  readonly types: readonly number[]
  /** The order in which to try what was found; `draw` is of this visit, in [0, 1). */
  readonly order: (found: Found, draw: number) => readonly string[]
  /** How long those who found something wait for the preferred type (RFC 8305 §3). */
  readonly resolutionDelayMs: number
  /** The type that is not waited for once it has an address. */
  readonly preferred?: number
  /** When the next address is tried though the last has not failed (RFC 8305 §5). */
  readonly attemptDelayMs: number
  /** How many addresses are tried before the user is told. */
  readonly triesMax: number
}

/** The data of each type that was answered, in the order of the answer. */
export type Found = ReadonlyMap<number, readonly string[]>

export type Happening =
  | { readonly kind: 'begin' }
  | { readonly kind: 'answered'; readonly type: number; readonly values: readonly string[] }
  | { readonly kind: 'connected' | 'refused'; readonly address: string }
  | { readonly kind: 'woken' }

export type Step =
  | { readonly kind: 'ask'; readonly type: number }
  | { readonly kind: 'connect'; readonly address: string }
  | { readonly kind: 'wake'; readonly atMs: number }
  | { readonly kind: 'served'; readonly address: string }
  | { readonly kind: 'failed' }

export interface VisitState {
  readonly plan: Plan
  readonly draw: number
  readonly found: Found
  readonly tried: readonly string[]
  /** Attempts that have neither connected nor failed. */
  readonly pending: number
  /** From when the next may begin beside them. */
  readonly nextAtMs: number
  /** Until when the preferred type is waited for. */
  readonly patienceMs?: number
  readonly isOver: boolean
}

export interface Advance {
  readonly state: VisitState
  readonly steps: readonly Step[]
}

export function createVisit(plan: Plan, draw: number): VisitState {
  return { plan, draw, found: new Map(), tried: [], pending: 0, nextAtMs: 0, isOver: false }
}

/** What the client makes of what happened at `nowMs`. */
export function advance(state: VisitState, happening: Happening, nowMs: number): Advance {
  if (state.isOver) return { state, steps: [] }
  switch (happening.kind) {
    case 'begin':
      return { state, steps: state.plan.types.map((type) => ({ kind: 'ask', type })) }
    case 'answered': {
      const found = new Map(state.found).set(happening.type, happening.values)
      return goOn({ ...state, found }, nowMs)
    }
    case 'connected': {
      const { address } = happening
      return { state: { ...state, isOver: true }, steps: [{ kind: 'served', address }] }
    }
    case 'refused':
      return goOn({ ...state, pending: state.pending - 1, nextAtMs: nowMs }, nowMs)
    case 'woken':
      return goOn(state, nowMs)
  }
}

function goOn(state: VisitState, nowMs: number): Advance {
  const { plan, found, draw, tried, pending, nextAtMs } = state
  const isComplete = plan.types.every((type) => found.has(type))
  if (!isComplete) {
    const has = (type: number) => (found.get(type)?.length ?? 0) > 0
    if (!plan.types.some(has)) return { state, steps: [] }
    if (plan.preferred !== undefined && !has(plan.preferred)) {
      const patienceMs = state.patienceMs ?? nowMs + plan.resolutionDelayMs
      if (nowMs < patienceMs) {
        // Woken once: by the answer or by the end of its patience.
        const steps: Step[] = state.patienceMs ? [] : [{ kind: 'wake', atMs: patienceMs }]
        return { state: { ...state, patienceMs }, steps }
      }
    }
  }
  const next =
    tried.length < plan.triesMax
      ? plan.order(found, draw).find((address) => !tried.includes(address))
      : undefined
  if (next === undefined) {
    if (pending > 0 || !isComplete) return { state, steps: [] }
    return { state: { ...state, isOver: true }, steps: [{ kind: 'failed' }] }
  }
  if (pending > 0 && nowMs < nextAtMs) return { state, steps: [] }
  const wakeMs = nowMs + plan.attemptDelayMs
  const steps: Step[] = [{ kind: 'connect', address: next }]
  if (Number.isFinite(wakeMs)) steps.push({ kind: 'wake', atMs: wakeMs })
  return {
    state: { ...state, tried: [...tried, next], pending: pending + 1, nextAtMs: wakeMs },
    steps,
  }
}
