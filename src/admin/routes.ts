/** Everything that the API can do, in one table. */

import type { Operations } from './operations.ts'
import type { Route } from './route.ts'
import { actionRoutes } from './routes/actions.ts'
import { healthRoutes } from './routes/health.ts'
import { historyRoutes } from './routes/history.ts'
import { memberRoutes } from './routes/members.ts'
import { nameRoutes } from './routes/names.ts'
import { overrideRoutes } from './routes/overrides.ts'
import { type CopiedStatus, statusRoutes } from './routes/status.ts'
import type { Snapshot } from './snapshot.ts'

export function routesOf(operations: Operations, copies: Snapshot<CopiedStatus>): Route[] {
  return [
    ...healthRoutes(operations),
    ...statusRoutes(operations, copies),
    ...nameRoutes(operations),
    ...overrideRoutes(operations),
    ...memberRoutes(operations),
    ...actionRoutes(operations),
    ...historyRoutes(operations),
  ]
}
