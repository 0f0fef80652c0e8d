/** Whether what a page says can be read: the contrast of every word that is in sight. */

import type { Page } from 'playwright-core'

/** Words whose contrast with what is behind them is below WCAG 2.2 §1.4.3 (AA), as they are drawn. */
export function paleWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const LEAST = 4.5
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
    /** As octets, in whatever way the style sheet says it. */
    const octetsOf = (colour: string): Uint8ClampedArray => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = colour
      canvas.fillRect(0, 0, 1, 1)
      return canvas.getImageData(0, 0, 1, 1).data
    }
    const luminanceOf = (colour: string): number => {
      const [red, green, blue] = [...octetsOf(colour).slice(0, 3)].map((octet) => {
        const part = octet / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
    }
    const groundOf = (element: Element): string => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at)
        if (octetsOf(backgroundColor)[3] === 255) return backgroundColor
      }
      return 'white'
    }
    const pale = new Set<string>()
    for (const element of document.body.querySelectorAll('*')) {
      const says = [...element.childNodes]
        .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
        .map(({ textContent }) => textContent?.trim())
        .join(' ')
        .trim()
      // What cannot be used now may be pale.
      if (says === '' || !element.checkVisibility() || element.matches(':disabled')) continue
      const style = getComputedStyle(element)
      const ink = element instanceof SVGElement ? style.fill : style.color
      const lights = [luminanceOf(ink), luminanceOf(groundOf(element))].sort((a, b) => b - a)
      const ratio = (lights[0]! + 0.05) / (lights[1]! + 0.05)
      if (ratio < LEAST) pale.add(`"${says.slice(0, 40)}" ${ink}: ${ratio.toFixed(2)} : 1`)
    }
    return [...pale]
  })
}
