/** What the charts of a report are drawn with: scales, ticks, marks, and text that stays text. */

/** From a value to a place. */
export type Scale = (value: number) => number

export function linear(from: number, to: number, low: number, high: number): Scale {
  const span = to - from || 1
  return (value) => low + ((value - from) / span) * (high - low)
}

export function logarithmic(from: number, to: number, low: number, high: number): Scale {
  const scale = linear(Math.log(from), Math.log(to), low, high)
  return (value) => scale(Math.log(Math.max(from, value)))
}

/** Round values from 0 to `most`, about so many steps. */
export function ticks(most: number, steps: number): number[] {
  const rough = Math.max(most, 1e-9) / steps
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough)!
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step)
}

/** For text and for values in quotes. */
export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }
  return text.replace(/[&<>"]/g, (mark) => `&${names[mark]};`)
}

/** Places to a tenth: nobody sees more, and pages stay small. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<path class="${kind}" d="M${at(x1)} ${at(y1)}L${at(x2)} ${at(y2)}"/>`
}

export function box(x: number, y: number, width: number, height: number, kind: string): string {
  const size = `width="${at(Math.max(0, width))}" height="${at(Math.max(0, height))}"`
  return `<rect class="${kind}" x="${at(x)}" y="${at(y)}" ${size}/>`
}

export function label(x: number, y: number, text: string, kind = ''): string {
  const named = kind === '' ? '' : ` class="${kind}"`
  return `<text${named} x="${at(x)}" y="${at(y)}">${escaped(text)}</text>`
}

/** A picture with a title for those who do not see it. */
export function picture(width: number, height: number, title: string, parts: string[]): string {
  const head = `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`
  return `${head}\n${parts.join('\n')}\n</svg>`
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Told apart by shape: full circle, empty square, full triangle, empty diamond, bar. */
const SHAPES: readonly ((place: Place) => string)[] = [
  ({ x, y }) => `M${at(x - 2.4)} ${at(y)}a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0`,
  ({ x, y }) => `M${at(x - 2.3)} ${at(y - 2.3)}h4.6v4.6h-4.6z`,
  ({ x, y }) => `M${at(x)} ${at(y - 3)}l3 5.2h-6z`,
  ({ x, y }) => `M${at(x)} ${at(y - 3.2)}l3.2 3.2l-3.2 3.2l-3.2 -3.2z`,
  ({ x, y }) => `M${at(x)} ${at(y - 3)}v6`,
]

/** All marks of one backend as one path; `rank` is the backend's place among all. */
export function marks(rank: number, places: readonly Place[]): string {
  const shape = SHAPES[rank % SHAPES.length]!
  return `<path class="mark s${rank}" d="${places.map(shape).join('')}"/>`
}

/** Crosses: requests that failed. */
export function crosses(places: readonly Place[], kind = 'cross'): string {
  const d = places.map(
    ({ x, y }) => `M${at(x - 3)} ${at(y - 3)}l6 6M${at(x + 3)} ${at(y - 3)}l-6 6`,
  )
  return `<path class="${kind}" d="${d.join('')}"/>`
}

/** At most so many of them, evenly. */
export function thinned<One>(all: readonly One[], most: number): readonly One[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!)
}

/** Hatches, so that areas are told apart without colour; the first backend has none. */
export function hatches(count: number): string {
  const strokes = ['', 'M0 6L6 0', 'M0 0L6 6', 'M0 3H6', 'M3 0V6']
  const patterns = Array.from({ length: count }, (_, rank) => {
    const stroke = strokes[rank % strokes.length]!
    const over = stroke === '' ? '' : `<path class="hatch" d="${stroke}"/>`
    const size = 'width="6" height="6" patternUnits="userSpaceOnUse"'
    const ground = `<rect class="f${rank}" width="6" height="6"/>`
    return `<pattern id="p${rank}" ${size}>${ground}${over}</pattern>`
  })
  return `<svg class="hidden" aria-hidden="true"><defs>${patterns.join('')}</defs></svg>`
}
