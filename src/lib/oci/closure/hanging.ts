import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { parseManifest } from '../documents/manifest.ts';
import { OciError } from '../error.ts';
import { cosignTags, fallbackTag } from '../evidence/tags.ts';
import type { FetchedManifest } from '../registry/manifest.ts';
import { isNotFound } from '../transport/error.ts';
import type { ClosureProblem, ClosureRoute } from './closure.ts';
import { problemOf } from './problem.ts';
import type { Upstream } from './upstream.ts';

/** What is said to hang on a manifest. Nothing of it is believed yet. */
export interface Hanging {
  readonly route: ClosureRoute;
  readonly digest: Digest;
  /** Null where nobody says whose word counts: registries list the size of all that belongs to a referrer as its own (Harbor). */
  readonly size: number | null;
  /** Under which it was found, with what was found there. */
  readonly tagged: { readonly tag: string; readonly fetched: FetchedManifest } | null;
  /** The list of referrers that the fallback tag names: nothing hangs on that itself. */
  readonly isList: boolean;
}

export interface HangingOn {
  readonly found: readonly Hanging[];
  readonly problems: readonly ClosureProblem[];
}

/** One way by which something may hang on a manifest. */
interface Question {
  readonly route: ClosureRoute;
  readonly tag: string | null;
  readonly ask: () => Promise<HangingOn>;
}

const NOTHING: HangingOn = { found: [], problems: [] };

/** Asks by every way at once: the referrers API, the fallback tag, and cosign's tags. What cannot be asked is a problem. */
export async function hangingOn(upstream: Upstream, subject: Digest, signal: AbortSignal): Promise<HangingOn> {
  const tag = fallbackTag(subject);
  const questions: readonly Question[] = [
    { route: 'referrers', tag: null, ask: () => listed(upstream, subject, signal) },
    { route: 'fallback-tag', tag, ask: () => fallback(upstream, subject, tag, signal) },
    ...cosignTags(subject).map((each): Question => {
      const route = each.route as ClosureRoute;
      return { route, tag: each.tag, ask: () => tagged(upstream, route, each.tag, signal) };
    }),
  ];
  const answers = await Promise.all(
    questions.map(async ({ route, tag: name, ask }) => {
      try {
        return await ask();
      } catch (error) {
        signal.throwIfAborted();
        if (!isAppError(error)) {
          throw error;
        }
        return { found: [], problems: [problemOf({ route, digest: null, tag: name, about: subject }, error)] };
      }
    }),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    problems: answers.flatMap(({ problems }) => problems),
  };
}

async function listed(upstream: Upstream, subject: Digest, signal: AbortSignal): Promise<HangingOn> {
  const list = await upstream.referrers(subject, signal);
  if (list === null) {
    return NOTHING;
  }
  const route = 'referrers';
  return {
    found: list.descriptors.map(({ digest }) => ({ route, digest, size: null, tagged: null, isList: false })),
    problems:
      list.incomplete === null ? [] : [problemOf({ route, digest: null, tag: null, about: subject }, list.incomplete)],
  };
}

/** The list under the tag is copied as it is, after what it lists. */
async function fallback(upstream: Upstream, subject: Digest, tag: string, signal: AbortSignal): Promise<HangingOn> {
  const fetched = await fetchTagged(upstream, tag, signal);
  if (fetched === null) {
    return NOTHING;
  }
  const object = `tag ${tag} of ${upstream.name}`;
  const index = parseManifest(fetched.bytes, null, object);
  if (index.kind === 'manifest') {
    throw new OciError('MANIFEST_INVALID', 'no list of referrers', {
      object,
      expected: 'an index',
      found: 'a manifest',
    });
  }
  if (index.manifests.some(({ digest }) => digest === subject)) {
    throw new OciError('REFERRER_SUBJECT_MISMATCH', 'a list of referrers that lists their subject', {
      object,
      expected: `what hangs on ${subject}`,
      found: subject,
    });
  }
  const route = 'fallback-tag';
  return {
    found: [
      ...index.manifests.map(({ digest }) => ({ route, digest, size: null, tagged: null, isList: false }) as const),
      { route, digest: fetched.digest, size: fetched.bytes.length, tagged: { tag, fetched }, isList: true },
    ],
    problems: [],
  };
}

async function tagged(upstream: Upstream, route: ClosureRoute, tag: string, signal: AbortSignal): Promise<HangingOn> {
  const fetched = await fetchTagged(upstream, tag, signal);
  if (fetched === null) {
    return NOTHING;
  }
  const { digest, bytes } = fetched;
  return { found: [{ route, digest, size: bytes.length, tagged: { tag, fetched }, isList: false }], problems: [] };
}

/** HEAD first: most tags that could be are not, and registries that count requests count GETs. */
async function fetchTagged(upstream: Upstream, tag: string, signal: AbortSignal): Promise<FetchedManifest | null> {
  if (!(await upstream.hasTag(tag, signal))) {
    return null;
  }
  try {
    return await upstream.manifest(tag, signal);
  } catch (error) {
    if (isNotFound(error)) {
      return null;
    }
    throw error;
  }
}
