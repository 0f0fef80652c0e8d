/**
 * Goal: a webhook is taken as it is meant, and whatever would keep it from telling anybody, or tell
 * too many, is said at its place.
 * Method: snippets, with what they come to or the message at the place that is marked.
 */

import { describe, expect, it } from 'vitest'

import { readConfig } from '../../src/config/read.ts'
import { configOf, FILE, flip, messagesOf, unmark, withZone } from './support.ts'

const URL = 'https://alerts.example.org/rota'

const WRONG: readonly (readonly [yaml: string, message: string])[] = [
  ['webhooks: [{ «urll»: x, url: "URL" }]', 'webhooks: unknown key "urll"; did you mean "url"?'],
  ['webhooks: [{ «events»: [] , url: "URL" }]', 'webhooks: events is empty; it takes 1–9'],
  [
    'webhooks: [{ events: [«flop»], url: "URL" }]',
    'webhooks: events "flop" is unknown; did you mean "flip"?',
  ],
  ['«webhooks»: { url: "URL" }', 'webhooks must be a list of webhooks, each with url, not a map'],
  [
    'webhooks: [{ url: «"alerts.example.org"» }]',
    'webhooks: url "alerts.example.org" is not an address such as https://alerts.example.org/rota',
  ],
  [
    'webhooks: [{ url: «"ftp://alerts.example.org/"» }]',
    'webhooks: url "ftp://alerts.example.org/" is not an address such as https://alerts.example.org/rota',
  ],
  [
    'webhooks: [{ url: «"https://a:b@example.org/"» }]',
    'webhooks: url "https://a:b@example.org/" has a name or a password in it, which is not sent; write secret_file instead',
  ],
  [
    'webhooks: [{ url: «"https://example.org/#x"» }]',
    'webhooks: url "https://example.org/#x" has a fragment, which is never sent; write %23 for #',
  ],
  [
    'webhooks:\n- { url: "URL" }\n- { url: «"https://ALERTS.example.org:443/rota"», events: stop }',
    'webhooks: url is repeated (line 3); a receiver has one webhook, with all its events',
  ],
]

describe('a webhook', () => {
  it('is told of what wakes somebody up, unless it says of what', () => {
    const yaml = `webhooks: [{ url: ${URL} }, { url: 'http://127.0.0.1:9/', events: stop }]`
    expect(configOf(withZone(yaml)).webhooks).toMatchObject([
      { url: URL, events: ['flip', 'ladder', 'doubt'] },
      { url: 'http://127.0.0.1:9/', events: ['stop'] },
    ])
    expect(messagesOf(withZone(yaml))).toEqual([])
  })

  it('has its secret in a file beside the configuration', () => {
    const yaml = withZone(`webhooks: [{ url: ${URL}, secret_file: webhook.secret }]`)
    expect(configOf(yaml).webhooks![0]!.secretFile).toMatchObject({
      path: '/etc/rota/webhook.secret',
      place: { file: FILE, line: 2 },
    })
  })

  it.each([
    ['http://alerts.example.org/', 1],
    ['http://192.0.2.1/', 1],
    ['http://[2001:db8::1]/', 1],
    ['http://localhost:8080/', 0],
    ['http://[::1]:8080/', 0],
    ['http://127.8.8.8/', 0],
    ['HTTPS://alerts.example.org/', 0],
  ])('without TLS is warned of beyond this machine: %s', (url, count) => {
    const messages = messagesOf(withZone(`webhooks: [{ url: "${url}" }]`))
    expect(messages).toHaveLength(count)
    for (const message of messages) expect(message).toContain('without TLS')
  })

  it('is one of sixteen at most', () => {
    const many = Array.from({ length: 17 }, (_, index) => `{ url: "${URL}${index}" }`)
    expect(messagesOf(withZone(`webhooks: [${many.join(', ')}]`))).toEqual([
      expect.stringContaining('webhooks has more than 16 elements'),
    ])
  })

  it.each(WRONG.map(flip))('that is wrong is shown where: %s', (message, marked) => {
    const { yaml, place } = unmark(marked.replaceAll('URL', URL))
    const { diagnostics } = readConfig(yaml, FILE) as { diagnostics: unknown }
    expect(diagnostics).toEqual([{ severity: 'error', ...place, message }])
  })
})
