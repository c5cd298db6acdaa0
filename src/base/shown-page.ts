/** A part of a list, by name. */
export interface ShownPage<T> {
  readonly items: readonly T[];
  /** The name of the last item, for `after` of the page that follows; null for the last page. */
  readonly next: string | null;
}

/** Rows in one read: more than are shown, since some may not be. */
const MIN_ROWS = 100;

/**
 * One page of what somebody may see of a list. What they may not is read over until the page is full: a page never ends at a name that is not for them,
 * and never says by its length that there are others.
 */
export async function shownPage<T extends { readonly name: string }>(
  { after, limit }: { readonly after: string | null; readonly limit: number },
  read: (page: { readonly after: string | null; readonly limit: number }) => Promise<readonly T[]>,
  isShown: (row: T) => boolean,
): Promise<ShownPage<T>> {
  const items: T[] = [];
  const rows = Math.max(limit + 1, MIN_ROWS);
  for (let last = after; items.length <= limit; ) {
    const found = await read({ after: last, limit: rows });
    items.push(...found.filter(isShown));
    last = found.at(-1)?.name ?? last;
    if (found.length < rows) {
      break;
    }
  }
  const shown = items.slice(0, limit);
  return { items: shown, next: items.length > limit ? (shown.at(-1)?.name ?? null) : null };
}
