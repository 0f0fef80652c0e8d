/** The text of a file that a diagnostic speaks of, for its code frame. */

import { readFileSync } from 'node:fs'

/** Empty where there is no such file any more, or never was one. */
export function sourceText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // The diagnostic says what is wrong; a frame is only an aid.
  }
}
