import type { Digest } from '#base/digest.ts';
import { type AppError, isAppError, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { parseManifest } from '../documents/manifest.ts';
import { OciError } from '../error.ts';
import { describeRequest, RegistryError } from '../transport/error.ts';
import type { Endpoint } from './endpoint.ts';
import { nextLink } from './link.ts';
import { type FetchedDocument, fetchDocument } from './manifest.ts';

export interface ReferrersRequest {
  readonly repository: string;
  readonly digest: Digest;
  /** For messages. */
  readonly object: string;
  readonly signal: AbortSignal;
}

/** What a registry lists: its word alone. Of types and annotations nothing is kept, since nothing is decided by them. */
export interface ListedReferrers {
  readonly descriptors: readonly Pick<Descriptor, 'digest' | 'size'>[];
  /** Why there may be more than these; null when the list came to its end. */
  readonly incomplete: AppError | null;
}

const INDEX = 'application/vnd.oci.image.index.v1+json';

/**
 * What servers without the API answer: 404 by the specification, 400 and 405 where they take the path for a manifest's
 * or a blob's, and a redirect to another server where they send everybody to their web site.
 */
const WITHOUT_API: readonly number[] = [301, 302, 303, 307, 308, 400, 404, 405];

/**
 * GET of the referrers of a manifest (distribution-spec, Listing Referrers), unfiltered, all pages of it; null where the
 * server has not the API. A first page that cannot be had is thrown; what a later one is missing is in `incomplete`.
 */
export async function fetchReferrers(endpoint: Endpoint, request: ReferrersRequest): Promise<ListedReferrers | null> {
  const first = await firstPage(endpoint, request);
  if (first === null) {
    return null;
  }
  const descriptors = [...readPage(first, request.object)];
  const asked = new Set<string>(['']);
  try {
    assertUnfiltered(first);
    let query = nextQuery(first, asked);
    while (query !== null) {
      if (asked.size > LIMITS.referrerPages || descriptors.length > LIMITS.referrers) {
        throw endless(request.object, descriptors.length, asked.size);
      }
      asked.add(query);
      const page = await fetchPage(endpoint, request, query);
      descriptors.push(...readPage(page, request.object));
      assertUnfiltered(page);
      query = nextQuery(page, asked);
    }
  } catch (error) {
    if (request.signal.aborted || !isAppError(error)) {
      throw error;
    }
    return { descriptors, incomplete: error };
  }
  return { descriptors, incomplete: null };
}

async function firstPage(endpoint: Endpoint, request: ReferrersRequest): Promise<FetchedDocument | null> {
  try {
    return await fetchPage(endpoint, request, '');
  } catch (error) {
    if (error instanceof RegistryError && error.status !== null && WITHOUT_API.includes(error.status)) {
      return null;
    }
    throw error;
  }
}

/** Asks this registry for this list whatever a link says: only the query is taken from there. */
async function fetchPage(endpoint: Endpoint, request: ReferrersRequest, query: string): Promise<FetchedDocument> {
  const { repository, digest, object, signal } = request;
  const path = `referrers/${digest}${query}`;
  return await fetchDocument(endpoint, { repository, path, accept: INDEX, reach: 'origin', object, signal });
}

function readPage({ bytes }: FetchedDocument, object: string): ListedReferrers['descriptors'] {
  const page = parseManifest(bytes, INDEX, object);
  if (page.kind === 'index') {
    return page.manifests.map(({ digest, size }) => ({ digest, size }));
  }
  throw new OciError('MANIFEST_INVALID', 'no list of referrers', { object, expected: 'an index', found: 'a manifest' });
}

/** Nobody has asked for a filter: a list that is said to be filtered is not all of it. */
function assertUnfiltered({ url, answer }: FetchedDocument): void {
  const applied = answer.headers.get('oci-filters-applied') ?? '';
  if (applied !== '') {
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'a list with a filter that was not asked for', {
      object: describeRequest({ method: 'GET', url }),
      expected: 'no OCI-Filters-Applied',
      found: quote(applied),
    });
  }
}

/** The query of the next page; null on the last. A link to another host, repository or digest is refused, and so is one twice. */
export function nextQuery({ url, answer }: FetchedDocument, asked: ReadonlySet<string>): string | null {
  const header = answer.headers.get('link') ?? '';
  const link = nextLink(header);
  if (link.kind === 'none') {
    return null;
  }
  const target = link.kind === 'invalid' ? null : URL.parse(link.target, url);
  if (target === null || target.origin !== url.origin || plainPath(target) !== plainPath(url)) {
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'the link to the next page leads elsewhere', {
      object: describeRequest({ method: 'GET', url }),
      expected: `a link to ${url.origin}${url.pathname}`,
      found: quote(link.kind === 'invalid' ? header : link.target),
    });
  }
  if (asked.has(target.search)) {
    throw new RegistryError('REGISTRY_ANSWER_INVALID', 'the pages go round in a loop', {
      object: describeRequest({ method: 'GET', url }),
      expected: 'a page that was not there before',
      found: quote(target.search),
    });
  }
  return target.search;
}

/** Some servers write the colon of a digest as `%3A`. */
function plainPath(url: URL): string {
  return url.pathname.replace(/%3a/gi, ':');
}

function endless(object: string, entries: number, pages: number): OciError {
  return new OciError('REFERRERS_TOO_MANY', 'a list without end', {
    object,
    expected: `at most ${LIMITS.referrers} entries on at most ${LIMITS.referrerPages} pages`,
    found: `${entries} entries on ${pages} pages, and a link to more`,
  });
}
