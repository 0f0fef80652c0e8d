/**
 * Whether what was counted is what the weights promise: by how much it is off, and whether chance
 * would explain that (Pearson's chi-square).
 */

export interface Fit {
  readonly chiSquare: number
  readonly freedom: number
  /** How often chance alone would be as far off or further, 0 to 1. */
  readonly chance: number
  /** The largest difference of a share from its expectation, in percentage points. */
  readonly offMost: number
  readonly words: string
}

/** Below this in each cell the distribution of chi-square is no longer near enough. */
const EXPECTED_MIN = 5

/**
 * `expected` are counts that sum to what was counted, of which `draws` did not follow from one
 * another: all if unset. Undefined where nothing can be said.
 */
export function fitOf(
  counted: readonly number[],
  expected: readonly number[],
  draws = sum(counted),
): Fit | undefined {
  const total = sum(counted)
  if (total === 0 || sum(expected) === 0) return
  const part = draws / total
  const offMost = Math.max(...counted.map((n, i) => (Math.abs(n - expected[i]!) / total) * 100))
  const cells = counted.map((n, i) => ({ n, wanted: expected[i]! }))
  const freedom = cells.filter(({ wanted }) => wanted > 0).length - 1
  const chiSquare = part * sum(cells.map(({ n, wanted }) => partOf(n, wanted)))
  const chance = freedom < 1 ? (chiSquare === 0 ? 1 : 0) : upperTail(chiSquare, freedom)
  const isFew = cells.some(({ wanted }) => wanted > 0 && wanted * part < EXPECTED_MIN)
  const words = wordsOf(cells, offMost, chance, freedom > 0 && isFew)
  return { chiSquare, freedom, chance, offMost, words }
}

/** These send a client to whom it was sent before: it is drawn for once. */
const DRAWN_ONCE = ['sticky']

/** How many visits were drawn for: a cache, or a policy, may make many of one. */
export function drawsOf(
  { chosen, queries, clients }: { chosen: number; queries: number; clients: number },
  policy: string | undefined,
): number {
  const drawn = Math.min(chosen, queries)
  return DRAWN_ONCE.some((one) => one === policy) ? Math.min(drawn, clients) : drawn
}

/** Somebody who was to get nothing and got something is beyond what any chance explains. */
function partOf(counted: number, wanted: number): number {
  if (wanted > 0) return (counted - wanted) ** 2 / wanted
  return counted === 0 ? 0 : Number.POSITIVE_INFINITY
}

interface Cell {
  readonly n: number
  readonly wanted: number
}

function wordsOf(cells: readonly Cell[], offMost: number, chance: number, isFew: boolean): string {
  if (cells.every(({ n, wanted }) => Math.abs(n - wanted) < 1)) {
    return 'exact: nobody is one answer away from its share'
  }
  const off = `${offMost.toFixed(1)} points off at most`
  if (cells.some(({ n, wanted }) => wanted === 0 && n > 0)) {
    return `${off}: somebody was answered who has no share`
  }
  if (isFew) return `${off}: too few to judge`
  if (chance > 0.95) return `${off}: closer than chance would be`
  if (chance >= 0.05) return `${off}: as near as chance would be`
  if (chance >= 0.001) return `${off}: chance is rarely that far off`
  return `${off}: these are not the shares of the weights`
}

/** Q(freedom / 2, chiSquare / 2), the regularised upper incomplete gamma function. */
export function upperTail(chiSquare: number, freedom: number): number {
  const [a, x] = [freedom / 2, chiSquare / 2]
  if (x === 0) return 1
  if (!Number.isFinite(x)) return 0
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/** More terms than the series and the fraction need for any freedom that a pool can have. */
const TERMS_MAX = 10_000
const PRECISION = 1e-12

function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let total = term
  for (let n = 1; n < TERMS_MAX && Math.abs(term) > Math.abs(total) * PRECISION; n++) {
    term *= x / (a + n)
    total += term
  }
  return total * Math.exp(-x + a * Math.log(x) - logGamma(a))
}

/** By Lentz's method, as in Numerical Recipes §6.2. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let i = 1; i < TERMS_MAX; i++) {
    const an = -i * (i - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    const change = d * c
    h *= change
    if (Math.abs(change - 1) < PRECISION) break
  }
  return h * Math.exp(-x + a * Math.log(x) - logGamma(a))
}

/** Stirling's series (Abramowitz and Stegun 6.1.41), good to ten digits from here on. */
const STIRLING_MIN = 8

function logGamma(x: number): number {
  if (x < STIRLING_MIN) return logGamma(x + 1) - Math.log(x)
  const tail = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1_260 * x ** 5) - 1 / (1_680 * x ** 7)
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + tail
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
