/**
 * A chart as wide as its place, in the colours of the theme, whatever becomes of both. The library
 * is a third of a page, so it comes when the page stands: the first look waits for figures alone.
 */

import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

import { useStore } from './store.ts'
import { theme } from './theme.ts'

const AGAIN_MS = 5_000

export interface Chart {
  /** Of the element to draw in. */
  readonly place: RefObject<HTMLDivElement | null>
  /** Undefined until it has come. */
  readonly chart: uPlot | undefined
}

/** Called once, when the place is there and what draws has come. */
export type Draw = (Plot: typeof uPlot, place: HTMLElement) => uPlot

export function useChart(height: number, draw: Draw): Chart {
  const place = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<uPlot>()
  const chosen = useStore(theme)
  useEffect(() => {
    let isGone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const come = async () => {
      try {
        const { default: Plot } = await import('uplot')
        if (!isGone) setChart(draw(Plot, place.current!))
      } catch {
        // The server has gone for a moment, as the page says.
        if (!isGone) timer = setTimeout(come, AGAIN_MS)
      }
    }
    void come()
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [])
  useEffect(() => {
    if (!chart) return
    const element = place.current!
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => chart.redraw(false, true)
    scheme.addEventListener('change', redraw)
    return () => {
      scheme.removeEventListener('change', redraw)
      observer.disconnect()
      chart.destroy()
    }
  }, [chart])
  useEffect(() => chart?.redraw(false, true), [chart, chosen])
  return { place, chart }
}

/** What custom properties are read by: they themselves hold light and dark, as they are written. */
let probe: HTMLElement | undefined

/** Of a custom property, as it is now. */
export function colourOf(property: string): string {
  probe ??= document.body.appendChild(document.createElement('i'))
  probe.hidden = true
  probe.style.color = `var(${property})`
  return getComputedStyle(probe).color
}
