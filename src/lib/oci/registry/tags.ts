import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { Shape } from '../documents/shape.ts';
import type { Endpoint } from './endpoint.ts';
import { fetchDocument } from './manifest.ts';
import { nextQuery } from './referrers.ts';

export interface TagsRequest {
  readonly repository: string;
  /** Of the tags that are wanted. */
  readonly prefix: string;
  /** Asks for the tags behind this one alone, where the registry lists them in order; null for all. */
  readonly after: string | null;
  /** For messages. */
  readonly object: string;
  readonly signal: AbortSignal;
}

/** More on one page is refused by some registries. */
const PAGE = 1000;

/**
 * The tags of a repository that begin with a prefix (distribution-spec, Listing Tags), all pages of them. A registry may
 * end its list early without a word. Throws for a list that cannot be had as a whole.
 */
export async function fetchTags(endpoint: Endpoint, request: TagsRequest): Promise<readonly string[]> {
  const { repository, prefix, after, object, signal } = request;
  const tags: string[] = [];
  const asked = new Set<string>();
  let query: string | null = `?n=${PAGE}${after === null ? '' : `&last=${encodeURIComponent(after)}`}`;
  while (query !== null) {
    if (asked.size === LIMITS.tagPages) {
      throw limitExceeded(object, LIMITS.tagPages, 'pages');
    }
    asked.add(query);
    const path = `tags/list${query}`;
    const page = await fetchDocument(endpoint, {
      repository,
      path,
      accept: 'application/json',
      reach: 'origin',
      object,
      signal,
    });
    const listed = new Shape(parseStrictJson(page.bytes, object), object).strings('tags');
    for (const tag of listed) {
      if (tag.startsWith(prefix)) {
        tags.push(tag);
      }
    }
    if (tags.length > LIMITS.tags) {
      throw limitExceeded(object, LIMITS.tags, 'tags');
    }
    query = nextQuery(page, asked);
  }
  return tags;
}
