/**
 * Writes a state file as fast as it can, in the folder that is named, until it is killed. Prints
 * each number once a state with that number is on disk.
 */

import { systemClock } from '../../src/base/clock.ts'
import { openState, StateFile } from '../../src/control/state/state-file.ts'
import { countingSections } from './state-sections.ts'

const folder = process.argv[2]!
const { contents } = await openState(folder, countingSections)
let { number } = contents.count

const file = new StateFile({
  folder,
  sections: countingSections,
  clock: systemClock,
  contents: () => ({ count: { number }, ballast: new Array<number>(20_000).fill(number) }),
  onFault: (error) => {
    throw error
  },
})
for (;;) {
  number++
  await file.flush()
  process.stdout.write(`${number}\n`)
}
