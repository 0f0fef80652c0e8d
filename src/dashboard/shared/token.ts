/**
 * The token by which the server knows who may change something: asked for once, kept as long as
 * the tab lives. A link may carry it as `#token=…`; it is taken out of the address at once, so that
 * neither the history of the browser nor a copied address has it.
 */

const KEY = 'rota.token'

export interface TokenPlace {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

export interface TokenKeeper {
  get(): string | undefined
  set(token: string): void
  forget(): void
}

export function createTokenKeeper(storage: TokenPlace['storage']): TokenKeeper {
  return {
    get: () => storage.getItem(KEY) ?? undefined,
    set: (token) => storage.setItem(KEY, token),
    forget: () => storage.removeItem(KEY),
  }
}

/** The token of a link's fragment, and what is left of the fragment without it. */
export function tokenOfFragment(fragment: string): { token?: string; rest: string } {
  const parts = fragment.replace(/^#/, '').split('&')
  const [found] = parts.filter((part) => part.startsWith('token='))
  const rest = parts.filter((part) => part !== '' && part !== found).join('&')
  const left = rest === '' ? '' : `#${rest}`
  if (found === undefined) return { rest: left }
  const token = decoded(found.slice('token='.length))
  return token === '' ? { rest: left } : { token, rest: left }
}

/** Takes the token out of the page's address into the keeper. */
export function takeTokenOfLink(keeper: TokenKeeper): void {
  const { token, rest } = tokenOfFragment(location.hash)
  if (token === undefined) return
  keeper.set(token)
  history.replaceState(history.state, '', `${location.pathname}${location.search}${rest}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return '' // Cut off in the middle of an escape: no token at all.
  }
}
