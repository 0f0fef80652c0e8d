/**
 * Goal: the terminal is taken once and given back once, however the process ends, and a frame is
 * written whole.
 * Method: a screen on streams that a test made; the end of the process is what it listens to.
 */

import { EventEmitter } from 'node:events'
import type { ReadStream, WriteStream } from 'node:tty'
import { afterEach, describe, expect, it } from 'vitest'

import { part } from '../../../src/cli/top/line.ts'
import { Screen } from '../../../src/cli/top/screen.ts'

// No line goes on below: letters that are wide, or of none, would push the head out of sight.
const [ENTERED, LEFT] = ['\x1b[?1049h\x1b[?25l\x1b[?7l', '\x1b[?7h\x1b[?25h\x1b[?1049l']
const ENDS = ['exit', 'uncaughtExceptionMonitor'] as const

class FakeInput extends EventEmitter {
  isRaw = false
  isReading = false
  setRawMode(isRaw: boolean) {
    this.isRaw = isRaw
    return this
  }
  resume() {
    this.isReading = true
    return this
  }
  pause() {
    this.isReading = false
    return this
  }
}

class FakeOutput extends EventEmitter {
  readonly columns = 80
  readonly rows = 24
  written = ''
  write(text: string) {
    this.written += text
    return true
  }
}

const open: Screen[] = []
afterEach(() => {
  for (const screen of open.splice(0)) screen.close()
})

function taken() {
  const [input, output] = [new FakeInput(), new FakeOutput()]
  const keys: string[] = []
  let resizes = 0
  const before = new Set(ENDS.flatMap((end) => process.listeners(end as 'exit')))
  const screen = new Screen({
    ...{ input: input as object as ReadStream, output: output as object as WriteStream },
    isPlain: true,
    onKey: (key) => keys.push(key),
    onResize: () => resizes++,
  })
  screen.open()
  open.push(screen)
  const endBy = (end: (typeof ENDS)[number]) => {
    const listener = process.listeners(end as 'exit').find((one) => !before.has(one))
    listener?.call(process, 0)
  }
  return { screen, input, output, keys, endBy, resizes: () => resizes }
}

describe('the screen', () => {
  it('is taken whole, with keys at once', () => {
    const { input, output, keys, resizes } = taken()
    expect(output.written).toBe(ENTERED)
    expect(input).toMatchObject({ isRaw: true, isReading: true })
    input.emit('data', Buffer.from('q\x1b[A'))
    output.emit('resize')
    expect([keys, resizes()]).toEqual([['q', 'up'], 1])
  })

  it.each(ENDS)('is given back on %s, and once', (end) => {
    const { screen, input, output, endBy } = taken()
    output.written = ''
    endBy(end)
    expect(output.written).toBe(LEFT)
    expect(input).toMatchObject({ isRaw: false, isReading: false })
    screen.close()
    screen.draw([[part('late')]])
    expect(output.written).toBe(LEFT)
  })

  it('leaves nothing behind that listens', () => {
    const before = ENDS.map((end) => process.listenerCount(end))
    const { screen, input, output } = taken()
    screen.close()
    expect(ENDS.map((end) => process.listenerCount(end))).toEqual(before)
    expect([input.listenerCount('data'), output.listenerCount('resize')]).toEqual([0, 0])
  })

  it('writes a frame at once, over what was there', () => {
    const { screen, output } = taken()
    output.written = ''
    screen.draw([[part('one', 'bad')], [part('two')]])
    expect(output.written).toBe('\x1b[?2026h\x1b[H\x1b[Kone\r\n\x1b[Jtwo\x1b[?2026l')
  })
})
