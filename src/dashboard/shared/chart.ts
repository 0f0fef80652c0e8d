/** A chart as wide as its place, in the colours of the theme, whatever becomes of both. */

import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

import { useStore } from './store.ts'
import { theme } from './theme.ts'

export interface Chart {
  /** Of the element to draw in. */
  readonly place: RefObject<HTMLDivElement | null>
  readonly chart: { readonly current: uPlot | undefined }
}

/** `plot` is called once, when the place is there. */
export function useChart(height: number, plot: (place: HTMLElement) => uPlot): Chart {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const chosen = useStore(theme)
  useEffect(() => {
    const element = place.current!
    chart.current = plot(element)
    const observer = new ResizeObserver(() => {
      chart.current?.setSize({ width: element.clientWidth, height })
    })
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => chart.current?.redraw(false, true)
    scheme.addEventListener('change', redraw)
    return () => {
      scheme.removeEventListener('change', redraw)
      observer.disconnect()
      chart.current?.destroy()
    }
  }, [])
  useEffect(() => chart.current?.redraw(false, true), [chosen])
  return { place, chart }
}

/** Of a custom property, as it is now. */
export function colourOf(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim()
}
