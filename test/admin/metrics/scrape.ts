/** What a scraper reads: samples by name, out of the text that was told. */

export interface Read {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/y

/** Reads an exposition; throws where a line is neither a sample nor a comment. */
export function samplesOf(text: string): Read[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`not a sample: ${line}`)
    return {
      name,
      labels: labelsOf(labels, line),
      value: Number(value!.replace('Inf', 'Infinity')),
    }
  })
}

function labelsOf(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name, value] = LABEL.exec(text) ?? []
    if (name === undefined) throw new Error(`labels that cannot be read: ${line}`)
    labels[name] = value!.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
  }
  return labels
}

/** By name, the type that was declared. */
export function typesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]),
  )
}

/** The values of a metric, by what is in its labels: `{ "web a 4": 7 }`. */
export function valuesOf(text: string, name: string): Record<string, number> {
  const own = samplesOf(text).filter((one) => one.name === name)
  return Object.fromEntries(
    own.map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  )
}
