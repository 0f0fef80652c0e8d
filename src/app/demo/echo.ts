/**
 * The echo that a demo backend speaks over TCP: who it is at first, then each line with its name
 * before it. Simple enough for `nc`, and telling enough to see where a name has led.
 */

import { once } from 'node:events'
import type { Socket } from 'node:net'

/** A longer line is answered in pieces, so that no client makes the backend hold more. */
export const LINE_LENGTH_MAX = 65_536

/** The first words of a backend, whichever way it is asked. */
export function greetingOf(name: string): string {
  return `Connected to server ${name}\n`
}

/** Serves one connection until its client has said all. The socket must allow to be half open. */
export async function echo(socket: Socket, name: string): Promise<void> {
  socket.setEncoding('utf8')
  socket.on('error', () => {}) // Seen by those who read and write below; this one is for the rest.
  socket.write(greetingOf(name))
  // The end of what is read must not destroy the socket before the last echo is out.
  for await (const line of linesOf(socket.iterator({ destroyOnReturn: false }))) {
    // Who sends and never reads has to wait.
    if (!socket.write(`ECHO ${name}: ${line}\n`)) await once(socket, 'drain')
  }
  socket.end()
}

/** Lines without their ends (LF or CRLF); the last one needs none. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) yield withoutReturn(line)
    for (; rest.length >= LINE_LENGTH_MAX; rest = rest.slice(LINE_LENGTH_MAX)) {
      yield rest.slice(0, LINE_LENGTH_MAX)
    }
  }
  if (rest !== '') yield withoutReturn(rest)
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
