/** Stops the thread on a programmer's error. Never used on input from network or operator. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim)
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}
