/**
 * Whether an absolute path is one of a glob: `*` stands for any characters within a segment, a segment `**` for any segments, also none. Everything else is
 * itself. Takes at most the product of both lengths.
 */
export function matchesGlob(glob: string, path: string): boolean {
  return matchesList(glob.split('/'), path.split('/'), '**', (pattern, segment) =>
    matchesList(pattern.split(''), segment.split(''), '*', (a, b) => a === b),
  );
}

/** Of several wildcards only the last needs to be tried again: what comes before it matches as early as it can. */
function matchesList<T>(pattern: readonly T[], items: readonly T[], any: T, same: (a: T, b: T) => boolean): boolean {
  let at = 0;
  let wildcard = -1;
  let resume = 0;
  for (let index = 0; index < items.length; ) {
    const [wanted, item] = [pattern[at], items[index]];
    if (wanted === any) {
      wildcard = at;
      resume = index;
      at += 1;
    } else if (wanted !== undefined && item !== undefined && same(wanted, item)) {
      at += 1;
      index += 1;
    } else if (wildcard === -1) {
      return false;
    } else {
      at = wildcard + 1;
      resume += 1;
      index = resume;
    }
  }
  return pattern.slice(at).every((rest) => rest === any);
}
