/** "Did you mean …": the candidate closest to a misspelt word. */

/**
 * Returns the candidate with the fewest edits from `word`, or undefined where nothing is close
 * enough to be a likely slip: more than a third of the word, or more than three edits. Two letters
 * in each other's place are one edit, since that is what fast fingers do (Damerau–Levenshtein).
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let fewest = Math.min(3, Math.max(1, Math.floor(word.length / 3))) + 1
  for (const candidate of candidates) {
    const count = editsBetween(word.toLowerCase(), candidate.toLowerCase())
    if (count < fewest) {
      fewest = count
      best = candidate
    }
  }
  return best
}

function editsBetween(from: string, to: string): number {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, change))
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwap) next[j] = Math.min(next[j], before[j - 2] + 1)
    }
    before = row
    row = next
  }
  return row[to.length]
}
