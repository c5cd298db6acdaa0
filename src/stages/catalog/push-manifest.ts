import { algorithmOf, type Digest, digestOf } from '#base/digest.ts';
import { nameOfOwner, ownerOf } from '#lib/access/index.ts';
import { type PushedManifest, parsePushedManifest } from '#lib/oci/index.ts';
import { type Subject, WORKER } from '#model/platform/access.ts';
import type { NewManifest, Records, Repository } from '#model/platform/records.ts';
import { type CatalogContext, repositoryEvent } from './context.ts';
import { assertMutable } from './details/immutable-tags.ts';
import { governorOf } from './governor.ts';
import { assertHeld } from './held-blobs.ts';
import { assertMay } from './permission.ts';
import { RegistryError } from './registry-error.ts';
import { askForReview } from './review/ask.ts';

/** A manifest as a client sends it. */
export interface ManifestPush {
  readonly repository: string;
  readonly content: Uint8Array;
  /** Of the request; null for none. */
  readonly contentType: string | null;
  /** Under which it is to be stored; null for its SHA-256. */
  readonly digest: Digest | null;
  /** Tags that are to mean it. */
  readonly tags: readonly string[];
}

/** What was stored. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly subject: Digest | null;
}

/**
 * Stores a manifest, in quarantine when it is new, and makes tags mean it. Its blobs have to be there and may be read by `subject`: whoever names
 * the digest of another's layer would get hold of it otherwise. Children and its subject may be missing. Throws `PUSH_DIGEST_DIFFERS`,
 * `PUSH_BLOBS_ABSENT`, `PUSH_SIZE_DIFFERS`, `TAG_IMMUTABLE` and what `parsePushedManifest` and `assertMay` throw.
 */
export async function pushManifest(
  context: CatalogContext,
  subject: Subject,
  push: ManifestPush,
): Promise<StoredManifest> {
  assertMay(subject, 'push', push.repository);
  const digest = digestOf(push.content, push.digest === null ? 'sha256' : algorithmOf(push.digest));
  if (push.digest !== null && push.digest !== digest) {
    throw new RegistryError('PUSH_DIGEST_DIFFERS', 'the manifest has another digest', {
      object: push.repository,
      expected: push.digest,
      found: digest,
    });
  }
  const parsed = parsePushedManifest(push.content, push.contentType, `manifest ${digest}`);
  const known = await context.store.records.repositories.find(push.repository);
  const held = await assertHeld(context, subject, { repository: known, name: push.repository, parsed });
  const governor = await governorOf(context, known, { digest, parsed, tags: push.tags, held });
  const now = context.clock.now();
  const manifest: NewManifest = {
    digest,
    mediaType: parsed.mediaType,
    artifactType: parsed.artifactType,
    size: push.content.length,
    subject: parsed.subject?.digest ?? null,
    governor,
    annotations: parsed.annotations,
    pushedBy: ownerOf(subject),
    pushedAt: now,
    content: push.content,
    references: parsed.references,
  };
  await context.store.transaction(async (records) => {
    const repository = known ?? (await records.repositories.ensure(push.repository, now));
    await store(context, records, { repository, manifest, parsed, tags: push.tags });
  });
  return { digest, subject: manifest.subject };
}

interface Storing {
  readonly repository: Repository;
  readonly manifest: NewManifest;
  readonly parsed: PushedManifest;
  readonly tags: readonly string[];
}

async function store(
  context: CatalogContext,
  records: Records,
  { repository, manifest, parsed, tags }: Storing,
): Promise<void> {
  const { digest, pushedAt: now } = manifest;
  const by = nameOfOwner(manifest.pushedBy);
  const state = { lifecycle: 'quarantined', reason: 'pushed, and not looked at yet', since: now, by } as const;
  const isNew = await records.manifests.insert(repository, manifest, state);
  for (const tag of tags) {
    const previous = await records.tags.set(repository, tag, digest, by, now);
    if (previous !== digest) {
      await assertMutable(records, repository, previous === null ? [] : [tag]);
      const data = { tag, digest, previous };
      await records.events.append(repositoryEvent(context, repository, tag, { type: 'tag.moved.v1', actor: by, data }));
    }
  }
  if (!isNew) {
    return;
  }
  const { mediaType, size, subject } = manifest;
  const data = { digest, mediaType, size, tag: tags[0] ?? null, subject };
  await records.events.append(
    repositoryEvent(context, repository, digest, { type: 'image.pushed.v1', actor: by, data }),
  );
  if (parsed.kind === 'manifest' && parsed.isRunnable !== false) {
    await records.jobs.enqueue(
      {
        kind: 'analyse-image',
        payload: { repository: repository.name, digest },
        key: `analyse-image ${repository.id} ${digest}`,
        projectId: repository.projectId,
      },
      now,
    );
  }
  await haveJudged(records, repository, manifest, parsed);
}

/**
 * A signature that comes later may let an image out of quarantine, and an index is what its platforms are, which may have been judged already. What our own
 * work attaches changes nothing.
 */
async function haveJudged(
  records: Records,
  repository: Repository,
  { digest, governor, pushedBy, pushedAt: now }: NewManifest,
  { kind }: PushedManifest,
): Promise<void> {
  const hangs = governor !== digest;
  if (pushedBy === ownerOf(WORKER) || !(hangs || kind === 'index')) {
    return;
  }
  const image = { kind: 'image', repositoryId: repository.id, digest: governor } as const;
  if ((await records.judgements.mark(image, hangs ? 'evidence' : 'new', now)) > 0) {
    await askForReview(records, now);
  }
}
