/** What every page of ours has: its API with the tab's token, and its look. */

import './theme.css'
import './controls.css'
import './layout.css'

import { type Api, createApi } from './api.ts'
import { startTheme } from './theme.ts'
import { createTokenKeeper, takeTokenOfLink, type TokenKeeper } from './token.ts'
import { askToken } from './token-dialog.tsx'

export interface Page {
  readonly api: Api
  readonly tokens: TokenKeeper
}

/** Called once, before the page is drawn. The page shows `<TokenDialog />` for what it asks. */
export function startPage(): Page {
  const tokens = createTokenKeeper(sessionStorage)
  takeTokenOfLink(tokens)
  startTheme()
  return { api: createApi({ fetch: fetch.bind(window), tokens, askToken }), tokens }
}
