/** The report of a failover test as one page, which asks for nothing from elsewhere. */

import type { FailoverFigures } from '../figures.ts'
import type { FailoverRun } from '../run.ts'

export interface Report {
  readonly figures: FailoverFigures
  readonly run: FailoverRun
  readonly version: string
}

export function reportPage({ figures }: Report): string {
  return `<!doctype html><pre>${JSON.stringify(figures, null, 2)}</pre>`
}
