import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { AcquisitionProgress } from '#model/platform/acquisition.ts';
import type { Intake } from '#model/platform/intake.ts';
import { OciError } from '../error.ts';
import type { ClosureManifest, ClosurePlan, ClosureProblem } from './closure.ts';
import { type CopiedFrom, copyBlob } from './copy-blob.ts';

export interface CopyOptions {
  /** Of ours: where it goes. */
  readonly repository: string;
  /** Uploads that were begun for the same one go on where they ended. */
  readonly acquisition: string;
  readonly signal: AbortSignal;
  /** Blobs under way at once; 3 when not said. */
  readonly parallel?: number;
  /** The tag that is to mean the image, set when all else is there; the plan's own when not said, none for null. */
  readonly tag?: string | null;
  /** Hears after every piece how far it is. */
  readonly progress?: (progress: AcquisitionProgress) => void;
  /** True for what may be missing. When not said nothing may: a copy that is not whole is none. */
  readonly tolerates?: (problem: ClosureProblem) => boolean;
}

const PARALLEL = 3;

/**
 * Copies what was planned: blobs first, then manifests in their order, byte for byte, the tag of the image last. What is there is
 * not fetched, and what was begun goes on; so whatever ended it, the same call again comes to the same. Throws
 * `CLOSURE_INCOMPLETE` before anything is copied, `BLOB_MISSING`, `BLOB_DIGEST_MISMATCH` and `BLOB_SIZE_MISMATCH` naming the blob, before
 * any manifest is stored, and what upstream and `intake` throw.
 */
export async function copyClosure(
  plan: ClosurePlan,
  upstream: CopiedFrom,
  intake: Intake,
  options: CopyOptions,
): Promise<AcquisitionProgress> {
  assertWhole(plan, options.tolerates ?? (() => false));
  const { repository, signal, parallel = PARALLEL, tag = plan.tag } = options;
  const copying = new Copying(plan, options.progress);
  const blobs = plan.blobs.filter(({ isHeld }) => isHeld);
  await mapConcurrently(
    blobs,
    parallel,
    async (blob, _, stop) => {
      await copyBlob(upstream, intake, blob, {
        repository,
        acquisition: options.acquisition,
        signal: stop,
        moved: (bytes) => copying.moved(blob.digest, bytes),
      });
      copying.blobDone(blob.digest, blob.size);
    },
    signal,
  );
  for (const manifest of plan.manifests) {
    signal.throwIfAborted();
    await intake.manifest(repository, stored(manifest, manifest.tags));
    copying.manifestDone();
  }
  const root = plan.manifests.find(({ digest }) => digest === plan.root);
  if (root === undefined) {
    throw new OciError('CLOSURE_INCOMPLETE', 'a plan without what was asked for', {
      object: plan.upstream,
      expected: plan.root,
      found: 'nothing',
    });
  }
  if (tag !== null) {
    signal.throwIfAborted();
    await intake.manifest(repository, stored(root, [tag]));
  }
  return copying.progress;
}

/** How much there is to copy, nothing of it done. */
function plannedProgress({ manifests, blobs }: ClosurePlan): AcquisitionProgress {
  const held = blobs.filter(({ isHeld }) => isHeld);
  return {
    manifests: manifests.length,
    manifestsDone: 0,
    blobs: held.length,
    blobsDone: 0,
    bytes: held.reduce((sum, { size }) => sum + size, 0),
    bytesDone: 0,
  };
}

class Copying {
  progress: AcquisitionProgress;
  readonly #report: (progress: AcquisitionProgress) => void;
  readonly #moved = new Map<Digest, number>();

  constructor(plan: ClosurePlan, report: ((progress: AcquisitionProgress) => void) | undefined) {
    this.progress = plannedProgress(plan);
    this.#report = report ?? (() => undefined);
    this.#report(this.progress);
  }

  /** So many bytes of a blob are here. */
  moved(digest: Digest, bytes: number): void {
    const before = this.#moved.get(digest) ?? 0;
    this.#moved.set(digest, bytes);
    this.#change({ bytesDone: this.progress.bytesDone + bytes - before });
  }

  blobDone(digest: Digest, size: number): void {
    this.moved(digest, size);
    this.#change({ blobsDone: this.progress.blobsDone + 1 });
  }

  manifestDone(): void {
    this.#change({ manifestsDone: this.progress.manifestsDone + 1 });
  }

  #change(change: Partial<AcquisitionProgress>): void {
    this.progress = { ...this.progress, ...change };
    this.#report(this.progress);
  }
}

function stored(
  { digest, mediaType, content }: ClosureManifest,
  tags: readonly string[],
): Parameters<Intake['manifest']>[1] {
  return { digest, mediaType, content, tags };
}

function assertWhole({ upstream, root, problems }: ClosurePlan, tolerates: (problem: ClosureProblem) => boolean): void {
  const [first, ...others] = problems.filter((problem) => !tolerates(problem));
  if (first !== undefined) {
    throw new OciError('CLOSURE_INCOMPLETE', 'not all that belongs to the image can be copied', {
      object: `${upstream}@${root}`,
      expected: 'everything that hangs on it',
      found: `${quote(first.reason, 500)}${others.length === 0 ? '' : ` and ${others.length} more`}`,
    });
  }
}
