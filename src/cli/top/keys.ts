/** Keys as a terminal sends them, by name: `up`, `enter`, `ctrl-c`, or the character itself. */

const NAMES: Readonly<Record<string, string>> = {
  '\x1b[A': 'up',
  '\x1b[B': 'down',
  '\x1bOA': 'up',
  '\x1bOB': 'down',
  '\x1b[5~': 'page up',
  '\x1b[6~': 'page down',
  '\x1b[H': 'home',
  '\x1b[1~': 'home',
  '\x1bOH': 'home',
  '\x1b[F': 'end',
  '\x1b[4~': 'end',
  '\x1bOF': 'end',
  '\x1b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x15': 'ctrl-u',
  '\x1a': 'ctrl-z',
}

/** An escape sequence (ECMA-48 §5.4, SS3), or one character. */
const ESCAPE = '\x1b'
const KEY = new RegExp(`${ESCAPE}\\[[0-9;?]*[ -/]*[@-~]|${ESCAPE}O.|.`, 'gsu')

/** The keys in what was read at once; sequences that mean nothing here are left out. */
export function keysOf(text: string): string[] {
  return [...text.matchAll(KEY)].flatMap(([key]) => {
    const name = NAMES[key]
    if (name) return [name]
    return /^\p{Cc}/u.test(key) ? [] : [key]
  })
}
