/**
 * The terminal, taken whole and given back as it was: another screen, no cursor, keys at once.
 *
 * Always true: whichever way the process ends, but for a kill, the terminal is as it was before.
 */

import type { ReadStream, WriteStream } from 'node:tty'

import { keysOf } from './keys.ts'
import { type Line, printLine } from './line.ts'
import type { Size } from './view.ts'

/** Lines do not wrap: widths are counted in characters, and some fill two columns. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
/** Terminals that know synchronized output show a frame whole; the others pay no heed. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l']
const [HOME, REST_OF_LINE, REST_OF_SCREEN] = ['\x1b[H', '\x1b[K', '\x1b[J']

export interface ScreenOptions {
  readonly input: ReadStream
  readonly output: WriteStream
  readonly isPlain: boolean
  readonly onKey: (key: string) => void
  /** Called when all has to be drawn again. */
  readonly onResize: () => void
}

export class Screen {
  readonly #options: ScreenOptions
  #isOpen = false
  readonly #hear = (octets: Buffer) => {
    for (const key of keysOf(octets.toString())) this.#options.onKey(key)
  }
  readonly #close = () => this.close()

  constructor(options: ScreenOptions) {
    this.#options = options
  }

  open(): void {
    if (this.#isOpen) return
    const { input, output, onResize } = this.#options
    this.#isOpen = true
    output.write(ENTER)
    input.setRawMode(true)
    input.on('data', this.#hear).resume()
    output.on('resize', onResize)
    process.on('exit', this.#close)
    // What is said of a crash shall be read where people read it.
    process.on('uncaughtExceptionMonitor', this.#close)
  }

  close(): void {
    if (!this.#isOpen) return
    const { input, output, onResize } = this.#options
    this.#isOpen = false
    process.removeListener('exit', this.#close)
    process.removeListener('uncaughtExceptionMonitor', this.#close)
    output.removeListener('resize', onResize)
    input.removeListener('data', this.#hear).pause()
    input.setRawMode(false)
    output.write(LEAVE)
  }

  get size(): Size {
    const { columns, rows } = this.#options.output
    return { columns, rows }
  }

  draw(lines: readonly Line[]): void {
    if (!this.#isOpen) return
    const { output, isPlain } = this.#options
    // Erased before it is written: after its last column, the cursor may still stand on it.
    const text = lines.map((line, at) => {
      const rest = at === lines.length - 1 ? REST_OF_SCREEN : REST_OF_LINE
      return rest + printLine(line, isPlain)
    })
    output.write(BEGIN + HOME + text.join('\r\n') + END)
  }
}
