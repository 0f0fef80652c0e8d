/** How a report looks, in light and in dark; the same sober page on paper. */

/** Fill, and a stronger one for marks; they differ in lightness too. White paper, dark paper. */
const COLOURS = [
  ['#3b6ea8', '#7fb0e6'],
  ['#c07a2c', '#e8b06a'],
  ['#4f8a4b', '#8fc98a'],
  ['#7d5aa6', '#bb9be0'],
  ['#2f8a8f', '#7cc9cd'],
] as const

const variables = (at: 0 | 1) => COLOURS.map((pair, rank) => `--s${rank}: ${pair[at]}`).join('; ')

/** Full and empty in turn. */
function paintOf(rank: number): string {
  const colour = `var(--s${rank})`
  if (rank % 2 === 0) return `fill: ${colour}; stroke: ${colour}`
  return `fill: var(--paper); stroke: ${colour}; stroke-width: 1.4`
}

const ranks = COLOURS.map(
  (_, rank) => `.f${rank} { fill: var(--s${rank}) } .b${rank} { fill: url(#p${rank}) }
  .s${rank} { ${paintOf(rank)} }`,
).join('\n  ')

const DARK = `--paper: #15181c; --ink: #e6e8ea; --soft: #9aa3ad; --rule: #2c333b; --row: #1b1f24;
    --window: #3a3115; --edge: #8d7a35; --lost: #ff8f85; --good: #8fd19e; ${variables(1)}`

export const STYLE = `
  :root { color-scheme: light dark;
    --paper: #fff; --ink: #1c2126; --soft: #5b6570; --rule: #dde1e6; --row: #f5f6f8;
    --window: #fdf3d3; --edge: #a78a1f; --lost: #b3261e; --good: #1f6d3c; ${variables(0)} }
  @media (prefers-color-scheme: dark) { :root { ${DARK} } }
  * { box-sizing: border-box }
  body { margin: 0; background: var(--paper); color: var(--ink);
    font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
  main { max-width: 1040px; margin: 0 auto; padding: 40px 40px 72px }
  header { border-bottom: 1px solid var(--rule); padding-bottom: 26px }
  .kicker { margin: 0 0 12px; color: var(--soft); font-size: 14px }
  .kicker b { color: var(--ink) }
  h1 { margin: 0; font-size: 30px; line-height: 1.25; font-weight: 620; letter-spacing: -.012em;
    max-width: 30em; text-wrap: balance }
  h2 { margin: 46px 0 4px; font-size: 19px; font-weight: 620 }
  h3 { margin: 0; font-size: 15px; font-weight: 620 }
  h3 small { font-size: 13.5px; font-weight: 400; color: var(--soft) }
  p { margin: 6px 0; max-width: 68ch }
  .lead { margin-top: 14px; font-size: 16.5px; color: var(--soft) }
  .verdict { font-weight: 650 } .kept { color: var(--good) } .broken { color: var(--lost) }
  .note { color: var(--soft); font-size: 14px }
  dl.figures { display: flex; flex-wrap: wrap; gap: 20px 52px; margin: 26px 0 0 }
  dl.figures div { display: flex; flex-direction: column-reverse }
  dl.figures dd { margin: 0; font-size: 27px; line-height: 1.2; font-weight: 600;
    font-variant-numeric: tabular-nums }
  dl.figures dd small { font-size: 15px; font-weight: 400; color: var(--soft) }
  dl.figures dt { color: var(--soft); font-size: 13.5px }
  .scroll { overflow-x: auto }
  svg { display: block; width: 100%; min-width: 620px; height: auto; margin-top: 10px }
  svg.hidden { position: absolute; width: 0; height: 0; min-width: 0 }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(270px, 1fr));
    gap: 26px 30px; margin-top: 18px }
  .pair svg { min-width: 0 }
  svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums }
  svg .strong { fill: var(--ink); font-size: 13px; font-weight: 600 }
  .end { text-anchor: end } .middle { text-anchor: middle }
  .grid, .axis, .edge { stroke: var(--rule); fill: none }
  .axis { stroke: var(--soft) } .edge { stroke: var(--soft); stroke-dasharray: 1 3 }
  .row { fill: var(--row) } .window { fill: var(--window) }
  .kill { stroke: var(--lost); stroke-width: 2; fill: none }
  .moment { stroke: var(--ink); fill: none }
  .promise { stroke: var(--soft); stroke-dasharray: 5 4; fill: none }
  .cross { stroke: var(--lost); stroke-width: 1.6; fill: none } .lost { fill: var(--lost) }
  .hatch { stroke: var(--paper); stroke-width: 1.5; fill: none }
  ${ranks}
  .key { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 12px 0 0; padding: 0;
    list-style: none; color: var(--soft); font-size: 13.5px }
  .key li { display: flex; align-items: center; gap: 7px }
  .key svg { width: 30px; height: 14px; min-width: 0; margin: 0 }
  table { border-collapse: collapse; width: 100%; margin-top: 14px;
    font-variant-numeric: tabular-nums }
  th, td { padding: 8px 0 8px 18px; text-align: right; border-bottom: 1px solid var(--rule);
    white-space: nowrap }
  th { color: var(--soft); font-weight: 500; font-size: 13.5px; vertical-align: bottom }
  th:first-child, td:first-child { padding-left: 0; text-align: left }
  td:last-child, th:last-child { text-align: left; width: 30% }
  td svg { width: 100%; min-width: 90px; height: 12px; margin: 0 0 2px }
  dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 5px 26px; margin: 12px 0 }
  dl.facts dt { color: var(--soft) } dl.facts dd { margin: 0 }
  pre { margin: 12px 0 0; padding: 14px 18px; background: var(--row); overflow-x: auto;
    font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
  code { font: 0.92em ui-monospace, "SF Mono", Menlo, Consolas, monospace }
  footer { margin-top: 52px; padding-top: 14px; border-top: 1px solid var(--rule);
    color: var(--soft); font-size: 13.5px }
  @media (max-width: 640px) { main { padding: 24px 18px 48px } h1 { font-size: 24px }
    dl.facts { grid-template-columns: 1fr; gap: 0 } dl.facts dd { margin-bottom: 8px } }
  @media print { main { padding: 0 } h2 { break-after: avoid } svg, table { break-inside: avoid } }
`
