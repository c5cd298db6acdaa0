import { algorithmOf, digestOf, hexOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { addedTo, EMPTY_UPLOAD } from '#model/platform/blob-store.ts';
import type { IntakeBlob, IntakeUpload } from '#model/platform/intake.ts';
import type { Upload } from '#model/platform/records.ts';
import { linkBlob } from '../link-blob.ts';
import { RegistryError } from '../registry-error.ts';
import type { UploadContext } from '../uploads.ts';
import { type PieceLimits, pieces } from './pieces.ts';

export interface BlobOfAcquisition {
  readonly repository: string;
  readonly blob: IntakeBlob;
  /** Its id. */
  readonly acquisition: string;
  /** As `ownerOf` says. */
  readonly owner: string;
}

/** The upload of a blob by an acquisition: the one that is there already, or a new one. */
export async function openBlobIntake(
  context: UploadContext,
  taken: BlobOfAcquisition,
  limits: PieceLimits,
): Promise<IntakeUpload> {
  const { store, clock } = context;
  const now = clock.now();
  const repository = await store.transaction((records) => records.repositories.ensure(taken.repository, now));
  const id = uploadIdOf(taken);
  const upload: Omit<Upload, 'version'> = {
    id,
    repository,
    owner: taken.owner,
    algorithm: algorithmOf(taken.blob.digest),
    state: EMPTY_UPLOAD,
    updatedAt: now,
  };
  const found = await store.records.uploads.find(id);
  if (found === null) {
    await store.records.uploads.create(upload);
  }
  return new BlobIntake(context, found ?? { ...upload, version: 1 }, taken.blob, limits);
}

/**
 * The id of an upload says what it is of, in the form of a UUID (version 8, RFC 9562): whoever goes on with an acquisition finds it by that alone. That it can
 * be guessed helps nobody, since only its owner may touch it.
 */
export function uploadIdOf({ repository, blob, acquisition }: Omit<BlobOfAcquisition, 'owner'>): string {
  const hex = hexOf(digestOf(`${acquisition}\n${repository}\n${blob.digest}`));
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

class BlobIntake implements IntakeUpload {
  readonly #context: UploadContext;
  readonly #blob: IntakeBlob;
  readonly #limits: PieceLimits;
  #upload: Upload;

  constructor(context: UploadContext, upload: Upload, blob: IntakeBlob, limits: PieceLimits) {
    this.#context = context;
    this.#upload = upload;
    this.#blob = blob;
    this.#limits = limits;
  }

  get offset(): number {
    return this.#upload.state.size;
  }

  /** Piece by piece, so that a death loses one of them. */
  async append(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    for await (const piece of pieces(bytes, this.#limits, signal)) {
      await this.#keep(piece);
    }
  }

  async finish(signal: AbortSignal): Promise<void> {
    const { blobs } = this.#context;
    const { repository, owner, id, version, state } = this.#upload;
    try {
      const blob = await blobs.commit(state, this.#blob.digest, signal);
      await linkBlob(this.#context, repository, blob, owner, async (records) => {
        if (!(await records.uploads.remove(id, version))) {
          throw this.#changed();
        }
      });
      await blobs.discard(state);
    } catch (error) {
      if (isAppError(error) && (error.code === 'UPLOAD_DIGEST_MISMATCH' || error.code === 'BLOB_PART_MISSING')) {
        await this.cancel();
      }
      throw error;
    }
  }

  async cancel(): Promise<void> {
    const { store, blobs } = this.#context;
    const { id, version, state } = this.#upload;
    if (await store.records.uploads.remove(id, version)) {
      await blobs.discard(state);
    }
  }

  async #keep(piece: AsyncIterable<Uint8Array>): Promise<void> {
    const { store, blobs, clock, maxBlobBytes } = this.#context;
    const { id, algorithm, version, state } = this.#upload;
    const maxBytes = Math.min(this.#blob.size, maxBlobBytes) - state.size;
    const after = await blobs.append(state, piece, { algorithm, maxBytes });
    const now = clock.now();
    if (!(await store.records.uploads.update(id, version, after, now))) {
      await blobs.discard(addedTo(state, after));
      throw this.#changed();
    }
    this.#upload = { ...this.#upload, state: after, version: version + 1, updatedAt: now };
  }

  #changed(): RegistryError {
    return new RegistryError('UPLOAD_OUT_OF_ORDER', 'somebody else goes on with this upload', {
      object: `${this.#upload.repository.name}@${this.#blob.digest}`,
      offset: this.offset,
    });
  }
}
