import type { Digest } from '#base/digest.ts';
import { isOwner } from '#lib/access/index.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { Records, Repository, StandingManifest } from '#model/platform/records.ts';
import { StateError } from './state-error.ts';

/** Acquisitions in one read. */
const PAGE = 500;
/** Manifests below an index that was acquired. */
const MAX_BELOW = 1000;

/**
 * Throws `STATE_OWN_WORK` where somebody would approve what they pushed or asked for themselves, under whatever name. What policy decides is nobody's own:
 * that is our own background work.
 */
export async function assertOfOthers(
  records: Records,
  actor: Subject,
  repository: Repository,
  manifests: readonly StandingManifest[],
): Promise<void> {
  if (actor.id === WORKER.id) {
    return;
  }
  const pushed = manifests.find(({ pushedBy }) => isOwner(actor, pushedBy));
  if (pushed !== undefined) {
    throw ownWork(actor, repository, pushed.digest, 'pushed it');
  }
  const digests = new Set(manifests.map(({ digest }) => digest));
  for await (const digest of requestedBy(records, actor, repository)) {
    const reached = await atAndBelow(records, repository, digest);
    const own = reached.find((each) => digests.has(each));
    if (own !== undefined) {
      throw ownWork(actor, repository, own, 'asked for it');
    }
  }
}

/** What somebody had taken into a repository, each once. */
async function* requestedBy(records: Records, actor: Subject, repository: Repository): AsyncGenerator<Digest> {
  const seen = new Set<Digest>();
  let after: string | null = null;
  for (;;) {
    const filter = { prefixes: [repository.name], source: null, state: null, after, limit: PAGE };
    const page = await records.acquisitions.list(filter);
    for (const { digest, repository: into, requestedBy: by } of page) {
      if (digest !== null && into.id === repository.id && isOwner(actor, by) && !seen.has(digest)) {
        seen.add(digest);
        yield digest;
      }
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) {
      return;
    }
  }
}

async function atAndBelow(records: Records, repository: Repository, top: Digest): Promise<readonly Digest[]> {
  const reached = new Set([top]);
  for (const digest of reached) {
    for (const child of await records.manifests.children(repository.id, digest)) {
      if (reached.size < MAX_BELOW) {
        reached.add(child.digest);
      }
    }
  }
  return [...reached];
}

function ownWork(actor: Subject, repository: Repository, digest: Digest, did: string): StateError {
  return new StateError('STATE_OWN_WORK', 'nobody approves what is their own', {
    object: `${repository.name}@${digest}`,
    expected: 'somebody else who may approve',
    found: `${actor.id}, who ${did}`,
  });
}
