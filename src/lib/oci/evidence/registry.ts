import { isAppError } from '#base/error.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { AttachmentRoute, EvidenceSubject } from '#model/attachment.ts';
import { parseManifest } from '../documents/manifest.ts';
import { OciError } from '../error.ts';
import type { FetchedManifest } from '../registry/manifest.ts';
import type { Repository } from '../sources/registry/repository.ts';
import { type Findings, type Found, problemOf } from './found.ts';
import { cosignTags, fallbackTag } from './tags.ts';

/**
 * What a registry says hangs on a subject: cosign's tags, the referrers API and the index of the fallback tag, all asked
 * at once. The specification has the tag asked only where there is no API; here it always counts, since it saves a
 * journey, since mirrors and caches answer for registries that know more, and since whatever is found has to say itself
 * what it hangs on.
 */
export async function findInRegistry(
  repository: Repository,
  subject: EvidenceSubject,
  signal: AbortSignal,
): Promise<Findings> {
  const questions: readonly Question[] = [
    ...cosignTags(subject.digest).map(({ route, tag }) => askTag(repository, route, tag)),
    { route: 'referrers', ask: (stop) => listReferrers(repository, subject, stop) },
    { route: 'fallback-tag', ask: (stop) => listFallback(repository, subject, stop) },
  ];
  const answers = await mapConcurrently(
    questions,
    questions.length,
    async ({ route, ask }, _, stop): Promise<Findings> => {
      try {
        return await ask(stop);
      } catch (error) {
        stop.throwIfAborted();
        if (!isAppError(error)) {
          throw error;
        }
        return { found: [], problems: [problemOf(subject, route, null, error)] };
      }
    },
    signal,
  );
  return {
    found: answers.flatMap(({ found }) => found),
    problems: answers.flatMap(({ problems }) => problems),
  };
}

interface Question {
  readonly route: AttachmentRoute;
  readonly ask: (signal: AbortSignal) => Promise<Findings>;
}

const NOTHING: Findings = { found: [], problems: [] };

function askTag(repository: Repository, route: AttachmentRoute, tag: string): Question {
  return {
    route,
    ask: async (signal) => {
      const fetched = await repository.tagged(tag, signal);
      return fetched === null ? NOTHING : { found: [foundAt(route, fetched)], problems: [] };
    },
  };
}

function foundAt(route: AttachmentRoute, { digest, bytes }: FetchedManifest): Found {
  return { route, digest, size: bytes.length, bytes };
}

async function listReferrers(repository: Repository, subject: EvidenceSubject, signal: AbortSignal): Promise<Findings> {
  const route = 'referrers';
  const listed = await repository.referrers(subject.digest, signal);
  if (listed === null) {
    return NOTHING;
  }
  const { descriptors, incomplete } = listed;
  return {
    found: descriptors.map(({ digest, size }) => ({ route, digest, size, bytes: null })),
    problems: incomplete === null ? [] : [problemOf(subject, route, null, incomplete)],
  };
}

async function listFallback(repository: Repository, subject: EvidenceSubject, signal: AbortSignal): Promise<Findings> {
  const route = 'fallback-tag';
  const tag = fallbackTag(subject.digest);
  const fetched = await repository.tagged(tag, signal);
  if (fetched === null) {
    return NOTHING;
  }
  const object = `tag ${tag} of ${repository.object}`;
  const index = parseManifest(fetched.bytes, null, object);
  if (index.kind === 'manifest') {
    throw new OciError('MANIFEST_INVALID', 'no list of referrers', {
      object,
      expected: 'an index',
      found: 'a manifest',
    });
  }
  return { found: index.manifests.map(({ digest, size }) => ({ route, digest, size, bytes: null })), problems: [] };
}
