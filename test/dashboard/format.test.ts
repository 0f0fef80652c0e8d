/**
 * Goal: what stands in columns lines up and says its unit, whatever the size.
 * Method: the borders between one form and the next.
 */

import { describe, expect, it } from 'vitest'

import {
  agoText,
  countdownText,
  countedText,
  countText,
  millisText,
  percentText,
  shortText,
  spanText,
  timeText,
  utcText,
  zoneText,
} from '../../src/dashboard/shared/format.ts'

/** Thin spaces are hard to tell from others in a test. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1 000'],
    [1_234_567, '1 234 567'],
    [-12_000, '\u221212 000'],
  ])('count %d in groups of three', (count, text) => {
    expect(plain(countText(count))).toBe(text)
  })

  it.each([
    [0, '0'],
    [0.2, '0.2'],
    [9.9, '9.9'],
    [9.96, '10'],
    [999.4, '999'],
    [999.6, '1.00 k'],
    [12_345, '12.3 k'],
    [99_960, '100 k'],
    [999_499, '999 k'],
    [999_600, '1.00 M'],
    [2.5e9, '2.50 G'],
  ])('show %d in three figures', (count, text) => {
    expect(plain(shortText(count))).toBe(text)
  })

  it('show shares to a tenth', () => {
    expect([0, 33.333, 100].map(percentText).map(plain)).toEqual(['0.0 %', '33.3 %', '100.0 %'])
  })

  it('show what a probe took to what a probe can tell', () => {
    const shown = [0.04, 1.26, 9.94, 12.3, 950, 12_300].map(millisText).map(plain)
    expect(shown).toEqual(['0.0 ms', '1.3 ms', '9.9 ms', '12 ms', '950 ms', '12.3 s'])
  })

  it('count one thing as one', () => {
    expect([countedText(1, 'member'), countedText(0, 'member')]).toEqual(['1 member', '0 members'])
    expect(countedText(2, 'query', 'queries')).toBe('2 queries')
  })
})

describe('spans', () => {
  it.each([
    [400, '0.4 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
    [356_400_000, '4 d 3 h'],
  ])('of %d ms in their two largest units', (spanMs, text) => {
    expect(plain(spanText(spanMs))).toBe(text)
  })

  it('ago, unless it is now', () => {
    expect([agoText(999), plain(agoText(5_000))]).toEqual(['just now', '5 s ago'])
  })

  it.each([
    [-1, '0:00'],
    [0, '0:00'],
    [1, '0:01'],
    [7_000, '0:07'],
    [90_000, '1:30'],
    [3_723_000, '1:02:03'],
  ])('of %d ms as a clock that runs down', (spanMs, text) => {
    expect(countdownText(spanMs)).toBe(text)
  })
})

describe('moments', () => {
  const noon = new Date(2026, 0, 5, 12, 0, 9).getTime()

  it('have their day where it is not today', () => {
    expect(timeText(noon, noon + 1_000)).toBe('12:00:09')
    expect(timeText(noon, noon + 86_400_000)).toBe('2026-01-05 12:00:09')
  })

  it('are in UTC where they are to be compared', () => {
    expect(utcText(Date.UTC(2026, 0, 5, 12, 0, 9))).toBe('2026-01-05 12:00:09 UTC')
  })
  it.each([
    [0, 'UTC'],
    [120, 'UTC+2'],
    [345, 'UTC+5:45'],
    [-210, 'UTC\u22123:30'],
  ])('are of a zone that is %d minutes ahead', (minutes, zone) => {
    expect(zoneText(minutes)).toBe(zone)
  })
})
