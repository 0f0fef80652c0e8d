/** A part of the bench: one question, answered by one section of the README. */

export interface PartOptions {
  /** Fewer and shorter runs and smaller zones: to see that it works, not to believe it. */
  readonly isQuick: boolean
  /** A folder for zones and questions, gone when the bench ends. */
  readonly folder: string
}

export interface Part {
  readonly name: string
  /** The heading of its section. */
  readonly title: string
  /** Programs without which it cannot run at all. */
  readonly needs: readonly string[]
  /** Runs it and returns Markdown: what was asked, the table, and who could not take part. */
  run(options: PartOptions): Promise<string>
}

/** The lines under a table that say who is missing from it. */
export function absentees(absent: readonly string[]): string {
  return absent.map((line) => `\n- Left out: ${line}.`).join('')
}

/** The line that names the fault, out of all that a server printed before it gave up. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const lines = String(cause).split('\n')
  return (
    lines
      .slice(1)
      .find((line) => /error|fatal|cannot/i.test(line))
      ?.trim() ?? lines[0]!
  )
}
