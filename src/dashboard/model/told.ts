/** What the API tells beside the status, by the schemas that the server tells it by. */

import type { Told } from '../../admin/schemas/fields.ts'
import type * as explanation from '../../admin/schemas/explanation.ts'
import type * as listings from '../../admin/schemas/listings.ts'

export type LedgerEntry = Told<typeof listings.ledgerEntry>
export type LedgerPage = Told<typeof listings.ledgerPage>
export type NameStatus = Told<typeof listings.nameStatus>
export type NamesPage = Told<typeof listings.namesPage>
export type VerdictStatus = Told<typeof listings.verdictStatus>
export type VerdictsPage = Told<typeof listings.verdictsPage>
export type Explanation = Told<typeof explanation.explanation>
