/** The small languages of webhooks: the kinds of events, and where they are posted. */

import type { Fault } from './values.ts'

/** The words that operators choose events by; `control/history/event.ts` says what each is. */
export const EVENT_KINDS = [
  'flip',
  'override',
  'registration',
  'ladder',
  'reload',
  'doubt',
  'respawn',
  'start',
  'stop',
] as const

export type EventKind = (typeof EVENT_KINDS)[number]

const URL_CHARACTERS_MAX = 2_048

/** Reads the address of a receiver, as it is then asked: RFC 3986, http or https. */
export function readWebhookUrl(text: string): string | Fault {
  if (text.length > URL_CHARACTERS_MAX)
    return { fault: `has over ${URL_CHARACTERS_MAX} characters` }
  const isWeb = /^https?:\/\//i.test(text)
  if (!isWeb || !URL.canParse(text)) {
    return { fault: 'is not an address such as https://alerts.example.org/rota' }
  }
  const { username, password, hash, href } = new URL(text)
  if (username !== '' || password !== '') {
    return { fault: 'has a name or a password in it, which is not sent; write secret_file instead' }
  }
  // It stays with the client (RFC 9110 §4.2.5), so the receiver would wait for it in vain.
  return hash === '' ? href : { fault: `has a fragment, which is never sent; write %23 for #` }
}
