/** Where and when a measurement was taken, since a number without that is a rumour. */

import { cpus, release, totalmem, type } from 'node:os'

/** One line: processor, cores, memory, kernel, Node, day. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memoryGiB = (totalmem() / 2 ** 30).toFixed(0)
  const today = new Date().toISOString().slice(0, 10)
  return [
    `${model}, ${cpus().length} cores, ${memoryGiB} GiB`,
    `${type()} ${release()}`,
    `Node ${process.version}`,
    today,
  ].join('; ')
}
