/** Words longer than this are not compared: nobody mistypes them. */
const MAX_CHARS = 64;
/** Of more names than these nobody means the last. */
const MAX_CANDIDATES = 4096;

/**
 * The candidate that somebody who wrote `word` may have meant: at most a third of its characters typed otherwise, left out, added or swapped
 * with their neighbour, the first of those with the fewest. Null where none is that near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.floor(Math.min(word.length, MAX_CHARS) / 3) + 1;
  const written = word.toLowerCase();
  let left = MAX_CANDIDATES;
  for (const candidate of candidates) {
    left -= 1;
    if (left < 0) {
      break;
    }
    if (candidate.length > MAX_CHARS || Math.abs(candidate.length - word.length) >= least) {
      continue;
    }
    const distance = changes(written, candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Optimal string alignment: insertions, deletions, substitutions, and neighbours swapped. */
function changes(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const least = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(swapped ? Math.min(least, (before[column - 2] ?? 0) + 1) : least);
    }
    before = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
