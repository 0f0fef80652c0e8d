/** Rules of those who are told of events. */

import type { Facts } from '../facts/facts.ts'
import type { Rule } from '../rules.ts'
import { fault, repeats, warning } from './report.ts'

export const WEBHOOK_RULES: readonly Rule[] = [
  { says: 'a receiver is told of an event once', find: repeatedUrls },
  { says: 'what leaves this machine cannot be read on the way', find: clearUrls },
]

function* repeatedUrls(facts: Facts) {
  const { origin } = facts
  for (const { item, first } of repeats(webhooksOf(facts), ({ url }) => url)) {
    const seen = origin.mention(first.path)
    const claim = `is repeated (${seen}); a receiver has one webhook, with all its events`
    yield fault(origin.valueAt(item.path), `${origin.words(item.path)} ${claim}`)
  }
}

function* clearUrls(facts: Facts) {
  const { origin } = facts
  for (const { path, url } of webhooksOf(facts)) {
    const { protocol, hostname } = new URL(url)
    if (protocol === 'https:' || isLoopback(hostname)) continue
    const claim = `posts to ${hostname} without TLS: who listens in can read it; write https`
    yield warning(origin.valueAt(path), `${origin.words(path)} ${claim}`)
  }
}

/** Those whose address could be read, with where it stands. */
function webhooksOf({ draft }: Facts) {
  return (draft.webhooks ?? []).flatMap(({ url }, index) =>
    url === undefined ? [] : [{ url, path: ['webhooks', index, 'url'] }],
  )
}

/** As a URL writes it: numbers are dotted quads there, and IPv6 stands in brackets. */
function isLoopback(hostname: string): boolean {
  return /^127\./.test(hostname) || hostname === '[::1]' || hostname === 'localhost'
}
