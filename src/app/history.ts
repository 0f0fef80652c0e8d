/** The flight recorder of a server, with what its log says where the disk fails it. */

import type { Clock } from '../base/clock.ts'

import { Recorder } from '../control/history/recorder.ts'

import { createFaultLog, type Log } from './log.ts'

export function createHistory(log: Log, clock: Clock): Recorder {
  const noteFault = createFaultLog(log, clock)
  return new Recorder({
    clock,
    onFault: (error) =>
      noteFault(error, 'the file of the history cannot be used; it goes on in memory'),
    onCaughtUp: (lostCount) =>
      log.info({ lost: lostCount }, 'the file of the history has caught up'),
    onDamage: (damage) => log.warn(damage),
  })
}
