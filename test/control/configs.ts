/** Configurations as an operator writes them, in a folder of their own with their zone files. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { headline } from '../../src/base/diagnostic.ts'
import type { Config } from '../../src/config/config.ts'
import { readConfig } from '../../src/config/read.ts'
import { temporaryFolder } from '../support/folder.ts'

/** A zone with nothing in it but what every zone has, and these lines. */
export function zoneText(apex: string, ...lines: string[]): string {
  const soa = `@ 3600 IN SOA ns1.${apex}. hostmaster.${apex}. 1 3600 600 604800 10`
  const head = [`$ORIGIN ${apex}.`, '$TTL 30', soa, `@ 3600 IN NS ns1.${apex}.`]
  return [...head, 'ns1 IN A 127.0.0.1', ...lines, ''].join('\n')
}

export interface Written {
  /** The path of `rota.yaml`. */
  readonly file: string
  /** Writes one of its files again. */
  rewrite(name: string, text: string): void
}

/** Writes files, among them `rota.yaml`, into a folder that goes when the test is over. */
export function written(
  files: Readonly<Record<string, string>>,
  until: (ending: () => Promise<void>) => void = onTestFinished,
): Written {
  const folder = temporaryFolder('config')
  until(async () => folder.remove())
  const rewrite = (name: string, text: string) => writeFileSync(join(folder.path, name), text)
  for (const [name, text] of Object.entries(files)) rewrite(name, text)
  return { file: join(folder.path, 'rota.yaml'), rewrite }
}

/** Reads a text that must be sound; no zone file is looked at. */
export function configOf(text: string): Config {
  const reading = readConfig(text, 'rota.yaml')
  if (!reading.config) throw new Error(reading.diagnostics.map(headline).join('\n'))
  return reading.config
}
