/** Waiting for what comes true by itself, without guessing how long that takes. */

import { setTimeout as delay } from 'node:timers/promises'

import { PATIENCE_MS } from './patience.ts'

/** Looks again and again until `isSo`; throws after `limitMs`, saying what was waited for. */
export async function eventually(
  isSo: () => boolean | Promise<boolean>,
  {
    limitMs = PATIENCE_MS,
    what = 'it',
  }: { readonly limitMs?: number; readonly what?: string } = {},
): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new Error(`${what} did not come true within ${limitMs} ms`)
    }
    await delay(5)
  }
}
