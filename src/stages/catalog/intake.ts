import { ownerOf } from '#lib/access/index.ts';
import type { Intake, IntakeManifest } from '#model/platform/intake.ts';
import { mayMoveTag } from './intake/acquired-tag.ts';
import { openBlobIntake } from './intake/blob-intake.ts';
import { hold } from './intake/hold.ts';
import { sourceSubject } from './intake/source-subject.ts';
import { pushManifest } from './push-manifest.ts';
import type { UploadContext } from './uploads.ts';

export interface IntakeOptions {
  /** The name of the document of kind Source: what it brings is its own. */
  readonly source: string;
  /** So many bytes of a blob are made durable at a time: what a death loses is less than that. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 32 * 1024 ** 2;
const PIECE_MS = 10_000;

/**
 * Puts images of a source into repositories as a client would push them, by the subject `source:NAME`. A tag that means an image which is served goes on
 * meaning it until the other one is served as well: `moveAcquiredTag`.
 */
export function createIntake(context: UploadContext, { source, pieceBytes = PIECE_BYTES }: IntakeOptions): Intake {
  const limits = { bytes: pieceBytes, ms: PIECE_MS, now: () => context.clock.now() };
  const ownerFor = (repository: string): string => ownerOf(sourceSubject(source, repository));
  return {
    hold: async (repository, digest) => await hold(context, { repository, digest, owner: ownerFor(repository) }),
    upload: async (repository, blob, acquisition) =>
      await openBlobIntake(context, { repository, blob, acquisition, owner: ownerFor(repository) }, limits),
    manifest: async (repository, manifest) => await store(context, source, repository, manifest),
  };
}

async function store(
  context: UploadContext,
  source: string,
  repository: string,
  { digest, mediaType, content, tags }: IntakeManifest,
): Promise<void> {
  const movable: string[] = [];
  for (const tag of tags) {
    if (await mayMoveTag(context.store, repository, tag, digest)) {
      movable.push(tag);
    }
  }
  const push = { repository, content, contentType: mediaType, digest, tags: movable };
  await pushManifest(context, sourceSubject(source, repository), push);
}
