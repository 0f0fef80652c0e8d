/** The page of a demo backend: one colour, one name, nothing from elsewhere. */

import type { OutgoingHttpHeaders } from 'node:http'

/** Keeps the promise that the page asks for nothing: browsers would refuse it. */
export const PAGE_HEADERS: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  // A reload must ask again, to see which backend answers now.
  'cache-control': 'no-store',
}

/** `colour` is the same in light and in dark; text stands on the browser's own background. */
export function renderPage(name: string, colour: string, address: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${name}: a backend of the Rota demo</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; font: 1.25rem/1.5 system-ui, sans-serif }
  body { display: grid; place-content: center; min-height: 90vh; text-align: center }
  b { display: block; font-size: 8rem; line-height: 1.6; width: 1.6em; margin: auto;
    border-radius: 50%; background: ${colour}; color: white }
</style>
<main>
  <b>${name}</b>
  <p>You reached backend ${name} at ${address}.</p>
</main>
`
}
