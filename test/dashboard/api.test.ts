/**
 * Goal: a page hears of every trouble in words, asks for the token once, and no more than it must.
 * Method: a server in a function, and a reader who answers or does not.
 */

import { describe, expect, it } from 'vitest'

import { createApi, NOBODY } from '../../src/dashboard/shared/api.ts'
import { createTokenKeeper, tokenOfFragment } from '../../src/dashboard/shared/token.ts'

const RIGHT = 'the-right-token'

describe('reading', () => {
  it('is unchanged where the server says so', async () => {
    const { api, asked } = apiOf(({ headers }) =>
      headers.get('if-none-match') === '"1"'
        ? new Response(null, { status: 304 })
        : Response.json({ a: 1 }, { headers: { etag: '"1"' } }),
    )
    expect(await api.read('/status')).toEqual({ value: { a: 1 }, etag: '"1"' })
    expect(await api.read('/status', '"1"')).toBe('unchanged')
    expect(asked.map(({ token }) => token)).toEqual([null, null])
  })

  it('is a problem where nobody answers, or what answers is not the API', async () => {
    const nobody = apiOf(() => {
      throw new TypeError('fetch failed')
    })
    expect(await nobody.api.read('/status')).toEqual({ problem: NOBODY })
    const other = apiOf(() => new Response('<html>', { status: 502 }))
    expect(await other.api.read('/status')).toEqual({
      problem: { status: 502, detail: 'the server answered with status 502' },
    })
    const nonsense = apiOf(() => new Response('<html>'))
    expect(await nonsense.api.read('/status')).toMatchObject({ problem: { status: 200 } })
  })
})

describe('writing', () => {
  const guarded = ({ headers }: Request) =>
    headers.get('authorization') === `Bearer ${RIGHT}`
      ? Response.json({ isDone: true })
      : Response.json({ detail: 'the bearer token is wrong', remedy: 'send it' }, { status: 401 })

  it('asks for the token once, and again where it is wrong', async () => {
    const { api, questions } = apiOf(guarded, ['wrong', RIGHT])
    expect(await api.write('POST', '/overrides', { a: 1 })).toEqual({ value: { isDone: true } })
    expect(await api.write('DELETE', '/overrides/a')).toEqual({ value: { isDone: true } })
    expect(questions).toEqual([false, true])
  })

  it('asks anew where the token that it kept is not the right one any more', async () => {
    const rights = [RIGHT, 'another']
    const { api, questions, asked } = apiOf(
      ({ headers }) =>
        new Response('{}', {
          status: headers.get('authorization') === `Bearer ${rights[0]}` ? 200 : 401,
        }),
      [RIGHT, 'another'],
    )
    expect(await api.write('POST', '/reload')).toHaveProperty('value')
    rights.shift()
    expect(await api.write('POST', '/reload')).toHaveProperty('value')
    expect([questions, asked.length]).toEqual([[false, true], 3])
  })

  it('changes nothing where the reader gives none', async () => {
    const { api, asked } = apiOf(guarded, [undefined])
    expect(await api.write('POST', '/reload')).toMatchObject({ problem: { status: 401 } })
    expect(asked).toEqual([])
  })

  it('tells what the server has against it, with the remedy', async () => {
    const said = { type: 'about:blank', detail: 'nobody would be left', remedy: 'bring one up' }
    const { api } = apiOf(() => Response.json(said, { status: 409 }), [RIGHT])
    expect(await api.write('POST', '/overrides')).toEqual({
      problem: { status: 409, detail: said.detail, remedy: said.remedy },
    })
  })
})

describe('a reload that is refused', () => {
  it('names the places to correct', async () => {
    const place = { file: '/etc/rota.yaml', line: 3, column: 1, severity: 'error', message: 'bad' }
    const said = { detail: 'nothing has changed', diagnostics: [place] }
    const { api } = apiOf(() => Response.json(said, { status: 422 }), [RIGHT])
    expect(await api.write('POST', '/reload')).toEqual({
      problem: { status: 422, detail: said.detail, places: ['/etc/rota.yaml:3:1: bad'] },
    })
  })
})

describe('a link with a token', () => {
  it.each([
    ['', undefined, ''],
    ['#token=abc', 'abc', ''],
    ['#token=a%2Fb', 'a/b', ''],
    ['#pool=web&token=abc', 'abc', '#pool=web'],
    ['#token=', undefined, ''],
    ['#token=%E0%A4%A', undefined, ''],
    ['#tokens=abc', undefined, '#tokens=abc'],
  ])('%s', (fragment, token, rest) => {
    expect(tokenOfFragment(fragment)).toEqual(token === undefined ? { rest } : { token, rest })
  })
})

function apiOf(server: (request: Request) => Response, answers: (string | undefined)[] = []) {
  const kept = new Map<string, string>()
  const asked: { method: string; token: string | null }[] = []
  const questions: boolean[] = []
  const api = createApi({
    fetch: async (path, init) => {
      const request = new Request(new URL(String(path), 'http://127.0.0.1'), init)
      asked.push({ method: request.method, token: request.headers.get('authorization') })
      return server(request)
    },
    tokens: createTokenKeeper({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }),
    askToken: async (isWrong) => {
      questions.push(isWrong)
      return answers.shift()
    },
  })
  return { api, asked, questions }
}
