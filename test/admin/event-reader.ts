/** A reader of the stream of events, over a plain socket, as its octets come. */

import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

import { eventually } from '../support/eventually.ts'

export interface Told {
  readonly id: string | undefined
  readonly kind: string
  readonly data: Record<string, unknown>
}

export interface Reader {
  readonly socket: Socket
  /** What has come, ticks among it. */
  readonly text: () => string
  /** Everything but ticks, in order. */
  readonly told: () => Told[]
  readonly ticks: () => number
  readonly isEnded: () => boolean
  until(isSo: () => boolean, what: string): Promise<void>
}

/** Opens `GET path`; where it does not read, its octets stay with whoever sent them. */
export function openStream(
  port: number,
  { path = '/api/v1/events', fields = [], isReading = true }: Partial<Opening> = {},
): Reader {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  let hasEnded = false
  socket.on('error', () => {})
  socket.on('close', () => {
    hasEnded = true
  })
  if (isReading) {
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
  } else socket.pause()
  socket.write([`GET ${path} HTTP/1.1`, 'host: 127.0.0.1', ...fields, '', ''].join('\r\n'))
  return {
    socket,
    text: () => text,
    told: () => framesOf(text).filter(({ kind }) => kind !== 'tick'),
    ticks: () => text.split('event: tick\n').length - 1,
    isEnded: () => hasEnded,
    until: (isSo, what) => eventually(isSo, { what }),
  }
}

interface Opening {
  readonly path: string
  readonly fields: readonly string[]
  readonly isReading: boolean
}

/** The frames of a body in chunks; a chunk may end anywhere, so their sizes are taken out. */
function framesOf(text: string): Told[] {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  const whole = body.replace(/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n|\r\n$/g, '')
  // What comes after the last is not whole yet.
  const frames = whole.split('\n\n').slice(0, -1)
  return frames.flatMap((frame) => {
    const [, kind] = /^event: (.+)$/m.exec(frame) ?? []
    const [, data] = /^data: (.+)$/m.exec(frame) ?? []
    if (kind === undefined || data === undefined) return []
    return [{ id: /^id: (.+)$/m.exec(frame)?.[1], kind, data: JSON.parse(data) }]
  })
}
