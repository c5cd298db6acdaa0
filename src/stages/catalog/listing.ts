import type { Digest } from '#base/digest.ts';
import { may, maySee, namePrefixes } from '#lib/access/index.ts';
import type { Subject } from '#model/platform/access.ts';
import type { Page, StandingManifest } from '#model/platform/records.ts';
import type { CatalogContext } from './context.ts';
import { assertMay, withoutToken } from './permission.ts';
import { RegistryError } from './registry-error.ts';

/** A part of a list. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** Where the next part begins, null at the end. */
  readonly next: string | null;
}

type ListContext = Pick<CatalogContext, 'store' | 'clock'>;

/** Tags of a repository in byte order. Throws `REPOSITORY_ABSENT`, and what `assertMay` throws. */
export async function listTags(
  { store }: ListContext,
  subject: Subject,
  repository: string,
  { after, limit }: Page,
): Promise<Listed<string>> {
  assertMay(subject, 'pull', repository);
  const found = await store.records.repositories.find(repository);
  if (found === null) {
    throw new RegistryError('REPOSITORY_ABSENT', 'there is no such repository', { object: repository });
  }
  const tags = await store.records.tags.list(found.id, { after, limit: limit + 1 });
  const items = tags.slice(0, limit).map(({ name }) => name);
  return { items, next: tags.length > limit ? (items.at(-1) ?? null) : null };
}

/** Repositories that may be pulled from, by name. A token has to be for the list of all. */
export async function listRepositories(
  { store }: ListContext,
  subject: Subject,
  { after, limit }: Page,
): Promise<Listed<string>> {
  const { within } = subject;
  if (within !== undefined && !within.some(({ repository }) => repository === null)) {
    throw new RegistryError('TOKEN_TOO_NARROW', 'the token is not for this', { object: 'list of repositories' });
  }
  const account = withoutToken(subject);
  const prefixes = namePrefixes(account, 'pull');
  const items: string[] = [];
  let last = after;
  while (items.length <= limit) {
    const page = await store.records.repositories.list(prefixes, { after: last, limit: limit + 1 });
    items.push(...page.map(({ name }) => name).filter((name) => may(account, 'pull', name)));
    last = page.at(-1)?.name ?? last;
    if (page.length <= limit) {
      break;
    }
  }
  const shown = items.slice(0, limit);
  return { items: shown, next: items.length > limit ? (shown.at(-1) ?? null) : null };
}

/** What is asked of the manifests that hang on another. */
export interface ReferrersQuery {
  readonly repository: string;
  readonly digest: Digest;
  readonly artifactType: string | null;
  readonly after: string | null;
}

/** Manifests in one read: annotations of each may be 4 MiB. */
const REFERRERS_AT_ONCE = 16;
/** OCI distribution-spec, "Listing Referrers": clients read no longer answers. */
const MAX_REFERRERS_BYTES = 2 * 1024 * 1024;
const MAX_REFERRERS = 256;

/** What hangs on a manifest and may be seen, by digest; nothing for what is not there. Throws what `assertMay` throws. */
export async function listReferrers(
  { store, clock }: ListContext,
  subject: Subject,
  { repository, digest, artifactType, after }: ReferrersQuery,
): Promise<Listed<StandingManifest>> {
  assertMay(subject, 'pull', repository);
  const found = await store.records.repositories.find(repository);
  const items: StandingManifest[] = [];
  if (found === null) {
    return { items, next: null };
  }
  const now = clock.now();
  const filter = { artifactType, environment: subject.environment, limit: REFERRERS_AT_ONCE };
  let bytes = 0;
  let last = after;
  for (;;) {
    const page = await store.records.manifests.referrers(found.id, digest, { ...filter, after: last });
    for (const manifest of page) {
      if (maySee(subject, repository, manifest.standing, now).kind === 'yes') {
        bytes += weightOf(manifest);
        if (items.length > 0 && (bytes > MAX_REFERRERS_BYTES || items.length === MAX_REFERRERS)) {
          // Not the one that was looked at last: it may be one that is not shown.
          return { items, next: items.at(-1)?.digest ?? null };
        }
        items.push(manifest);
      }
      last = manifest.digest;
    }
    if (page.length < REFERRERS_AT_ONCE) {
      return { items, next: null };
    }
  }
}

function weightOf({ annotations }: StandingManifest): number {
  return Buffer.byteLength(JSON.stringify(annotations)) + 512;
}
