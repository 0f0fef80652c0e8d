/** Where the API stands, and what stands in its paths. */

import type { Asked } from './route.ts'

export const API = '/api/v1'
export const MEMBER = `${API}/pools/{pool}/members/{member}`

/** What a parameter of a path is, by its name. */
export const PATH_PARAMETERS: Readonly<
  Record<string, { readonly description: string; readonly example: string }>
> = {
  pool: { description: 'A pool, or a name that is its own pool.', example: 'web' },
  member: { description: 'A member of that pool.', example: 'a' },
  name: { description: 'A balanced name.', example: 'www.example.test' },
}

/** The parameters in a path, in order. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
}

export function memberOf(path: Asked['path']): { pool: string; member: string } {
  return { pool: path['pool']!, member: path['member']! }
}
