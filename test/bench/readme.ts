/** Results in the README: each part owns the text between its two markers, and no other. */

/** Puts `body` between the markers of `name`, or adds them at the end if there are none. */
export function replaceSection(readme: string, name: string, body: string): string {
  const begin = `<!-- bench:${name} -->`
  const end = `<!-- /bench:${name} -->`
  const section = `${begin}\n${body.trim()}\n${end}`
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end, from)
  if (from < 0 || to < 0) return `${readme.trimEnd()}\n\n${section}\n`
  return readme.slice(0, from) + section + readme.slice(to + end.length)
}
