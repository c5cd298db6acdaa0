import { z } from 'zod';
import { messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { LifecycleRelease } from '#model/lifecycle.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import type { FeedMember } from '../../feeds/index.ts';
import { refreshMembers } from '../../feeds/index.ts';
import { firstIssue } from '../cve.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';

/** `FullProductListResponse` of the OpenAPI description of version 1. */
const PATH = 'products/full';
const VERSION = /^1\./;

const Name = z.string().min(1).max(100);
const Day = z.iso.date();

/** What is read of a product; labels, links and identifiers are for people and other tools. */
const Product = z.object({ name: Name, releases: z.array(z.unknown()).max(10_000) });

const Release = z.object({
  name: Name,
  codename: z.string().max(100).nullish(),
  releaseDate: Day.nullish(),
  isEol: z.boolean(),
  eolFrom: Day.nullish(),
  eoesFrom: Day.nullish(),
  latest: z.object({ name: Name }).nullish(),
});

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  return await refreshMembers(request, { path: PATH, place: 'result', read });
}

/** Throws `ADVISORY_FEED_INVALID` for another version of the API, and when there are more or fewer products than the document says. */
async function* read(members: AsyncIterable<FeedMember>, object: string): AsyncGenerator<FeedEntry> {
  const seen = new Set<string>();
  let count = 0;
  let total: unknown = null;
  let version: unknown = null;
  for await (const member of members) {
    if (member.kind === 'beside') {
      total = member.name === 'total' ? member.value : total;
      version = member.name === 'schema_version' ? member.value : version;
      continue;
    }
    count += 1;
    if (member.kind === 'rejected') {
      yield member;
    } else {
      yield* productEntries(member.name, member.bytes, seen);
    }
  }
  if (version !== null && !(typeof version === 'string' && VERSION.test(version))) {
    throw broken(object, 'version 1 of the API', JSON.stringify(version));
  }
  if (total !== null && total !== count) {
    throw broken(object, `${JSON.stringify(total)} products, as its total says`, String(count));
  }
}

function broken(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', {
    object,
    expected: quote(expected, 80),
    found: quote(found, 40),
  });
}

/** A release that cannot be read is rejected by the name of its product and its own; the others count. */
export function* productEntries(place: string, bytes: Uint8Array, seen: Set<string>): Generator<FeedEntry> {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, 'product');
  } catch (error) {
    yield { kind: 'rejected', name: place, reason: messageOf(error) };
    return;
  }
  const product = Product.safeParse(value);
  if (!product.success) {
    yield { kind: 'rejected', name: place, reason: firstIssue(product.error) };
    return;
  }
  const { name, releases } = product.data;
  if (seen.has(name)) {
    yield { kind: 'rejected', name, reason: 'it comes a second time' };
    return;
  }
  seen.add(name);
  for (const [index, item] of releases.entries()) {
    const release = Release.safeParse(item);
    yield release.success
      ? { kind: 'lifecycle', release: toRelease(name, release.data) }
      : { kind: 'rejected', name: `${name} ${index + 1}`, reason: firstIssue(release.error) };
  }
}

/** Where extended support is offered without a date, `ended` cannot say until when: what is not said is not counted on. */
function toRelease(product: string, release: z.infer<typeof Release>): LifecycleRelease {
  return {
    product,
    release: release.name,
    codename: release.codename ?? null,
    released: release.releaseDate ?? null,
    endOfLife: release.eolFrom ?? null,
    extendedUntil: release.eoesFrom ?? null,
    ended: release.isEol && (release.eolFrom ?? null) === null,
    latest: release.latest?.name ?? null,
  };
}
