/**
 * Runs a program that judges a target, and reads its exit status as Nagios does: 0 is a success, 1
 * a success with a warning, 2 a failure. 3 (unknown) is the program's own trouble, as is a program
 * that cannot be started or dies of a signal; any other status is a failure.
 */

import type { Target } from '../check.ts'
import { failure, type Outcome, ownFault, success } from './probe.ts'
import { type Exit, type Patience, runProgram } from './program.ts'
import type { ExecProbe } from './spec.ts'

export async function probeExec(
  { address, check }: Target,
  { command, args }: ExecProbe,
  patience: Patience,
): Promise<Outcome> {
  const exit = await runProgram(
    {
      command,
      args: args.map((arg) => arg.replaceAll('{address}', address)),
      env: { ROTA_ADDRESS: address, ROTA_TARGET: `${check.name} ${address}` },
    },
    patience,
  )
  return 'isSuccess' in exit ? exit : judgeExit(exit)
}

function judgeExit({ status, killer, said }: Exit): Outcome {
  const words = said === '' ? '' : `: ${said}`
  switch (status) {
    case 0:
      return success(said || 'exit 0')
    case 1:
      return { ...success(`exit 1${words}`), warning: said || 'exit 1' }
    case 3:
      return ownFault(`exit 3, unknown${words}`)
    case null:
      return ownFault(`ended by ${killer}${words}`)
    default:
      return failure(`exit ${status}${words}`)
  }
}
