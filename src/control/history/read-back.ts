/**
 * Reads the lines of a file from its end: who asks what happened wants the latest, and a file of
 * megabytes is never in memory as a whole.
 */

import { type FileHandle, open } from 'node:fs/promises'

/** So much is held at a time, beside one line. */
const CHUNK_OCTETS = 64 * 1024
/** Longer than any line that is written here: what has no end is not kept in search of one. */
const LINE_OCTETS_MAX = 256 * 1024
const NEWLINE = 0x0a

/** Yields lines a chunk at a time, the last of the file first; nothing where there is no file. */
export async function* linesBackwards(path: string): AsyncGenerator<readonly string[]> {
  const file = await openIfThere(path)
  if (!file) return
  try {
    const buffer = Buffer.alloc(CHUNK_OCTETS)
    /** The end of a line whose beginning lies further up. */
    let rest = Buffer.alloc(0)
    for (let end = (await file.stat()).size; end > 0; ) {
      const start = Math.max(0, end - CHUNK_OCTETS)
      const { bytesRead } = await file.read(buffer, 0, end - start, start)
      if (bytesRead < end - start) return // Somebody has cut it short meanwhile.
      end = start
      const whole = Buffer.concat([buffer.subarray(0, bytesRead), rest])
      const cut = start === 0 ? -1 : whole.indexOf(NEWLINE)
      if (start > 0 && cut < 0) {
        rest = whole.length > LINE_OCTETS_MAX ? Buffer.alloc(0) : whole
        continue
      }
      const lines = whole.toString('utf8', cut + 1).split('\n')
      rest = Buffer.from(whole.subarray(0, Math.max(0, cut)))
      yield lines.filter((line) => line !== '').reverse()
    }
  } finally {
    await file.close()
  }
}

/**
 * Takes away what stands after the last end of a line: a writer died in the middle of it. Returns
 * how many octets that were.
 */
export async function cutTornLine(path: string): Promise<number> {
  const file = await openIfThere(path, 'r+')
  if (!file) return 0
  try {
    const { size } = await file.stat()
    const soundSize = await endOfLastLine(file, size)
    if (soundSize < size) await file.truncate(soundSize)
    return size - soundSize
  } finally {
    await file.close()
  }
}

async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(CHUNK_OCTETS)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_OCTETS)
    const { bytesRead } = await file.read(buffer, 0, end - start, start)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (newline >= 0) return start + newline + 1
    end = start
  }
  return 0
}

async function openIfThere(path: string, flags = 'r'): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
}
