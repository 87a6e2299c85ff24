/** The names that somebody may have meant. */

/**
 * Number of letters inserted, left out, replaced or swapped with their neighbour between two words (restricted Damerau–Levenshtein).
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const above = rows[i - 1]!;
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** Up to `most` of the names, nearest first, names with a word in common before others; far ones are left out. */
export function nearest(word: string, names: readonly string[], most = 3): string[] {
  const words = new Set(word.split(/[-/]/).filter((part) => part.length > 2));
  const scored = names.map((name) => {
    const shared = name.split(/[-/]/).some((part) => words.has(part));
    return { name, score: editDistance(word, name) - (shared ? 6 : 0) };
  });
  return scored
    .filter(({ name, score }) => score <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
