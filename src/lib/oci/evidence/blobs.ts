import type { Digest } from '#base/digest.ts';
import { type AppError, isAppError } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { mapConcurrently } from '#base/pool.ts';
import type { AttachmentBlob } from '#model/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { isLayerType } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { missingBlob, readBlob, sizeMismatch } from '../images/blobs.ts';
import type { ContentSource } from '../images/content-source.ts';
import { Integrity } from '../images/integrity.ts';
import { bareDescriptor } from './documents.ts';
import type { Patience } from './patience.ts';
import type { Room } from './room.ts';

/** The parts of one attachment, and why some of them could not be read. */
export interface ReadParts {
  readonly blobs: readonly AttachmentBlob[];
  readonly problems: readonly AppError[];
}

interface Wanted {
  readonly manifest: { readonly digest: Digest };
  readonly layers: readonly Descriptor[];
}

/** What became of one part: its bytes, or the error that says why there are none. */
type Part = Uint8Array | AppError;

const NOT_EVIDENCE = 'a layer of a file system, which is no signature and no attestation';

/** The parts of all attachments of one subject: each digest read once, in order, and together no more than the limits allow. */
export class AttachmentBlobs {
  readonly #source: ContentSource;
  readonly #patience: Patience;
  readonly #room: Room;

  constructor(source: ContentSource, patience: Patience, room: Room) {
    this.#source = source;
    this.#patience = patience;
    this.#room = room;
  }

  async read(wanted: readonly Wanted[], parallel: number, signal: AbortSignal): Promise<readonly ReadParts[]> {
    const plan = new Map<string, { readonly layer: Descriptor; readonly refused: AppError | null }>();
    for (const layer of wanted.flatMap(({ layers }) => layers).filter(isEvidence)) {
      if (!plan.has(keyOf(layer))) {
        plan.set(keyOf(layer), { layer, refused: this.#refuse(layer, plan.size) });
      }
    }
    const parts = await mapConcurrently(
      [...plan.entries()],
      parallel,
      async ([key, { layer, refused }], _, stop) => [key, refused ?? (await this.#part(layer, stop))] as const,
      signal,
    );
    const byKey = new Map<string, Part>(parts);
    return wanted.map((each) => partsOf(each, byKey));
  }

  #refuse({ digest, size }: Descriptor, before: number): AppError | null {
    const object = `blob ${digest}`;
    if (size > LIMITS.attachmentBlobBytes) {
      return limitExceeded(object, LIMITS.attachmentBlobBytes, 'bytes', size);
    }
    if (before >= LIMITS.attachmentBlobs) {
      return new OciError('ATTACHMENT_TOO_LARGE', 'too much hangs on the image', {
        object,
        expected: `at most ${LIMITS.attachmentBlobs} parts of signatures and attestations`,
        found: 'more',
      });
    }
    return this.#room.take(size) ? null : noRoom(object, size);
  }

  async #part(layer: Descriptor, signal: AbortSignal): Promise<Part> {
    try {
      return await this.#patience.attempt(() => this.#fetch(layer, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error)) {
        throw error;
      }
      return error;
    }
  }

  async #fetch(layer: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
    const object = `blob ${layer.digest}`;
    // Without the media type: what is kept for the next time is configs, and this is none.
    const descriptor = bareDescriptor(layer);
    const file = await this.#source.blob(descriptor);
    if (file === null) {
      throw missingBlob(object, this.#source);
    }
    if (file.size !== layer.size) {
      throw sizeMismatch(object, layer.size, file.size);
    }
    const limit = LIMITS.attachmentBlobBytes;
    return (await readBlob(file, descriptor, limit, object, new Integrity('require'), signal)).bytes;
  }
}

function isEvidence({ mediaType }: Descriptor): boolean {
  return !isLayerType(mediaType);
}

function keyOf({ digest, size }: Descriptor): string {
  return `${digest} ${size}`;
}

/** A cause that several parts have is one problem of their attachment. */
function partsOf({ layers }: Wanted, byKey: ReadonlyMap<string, Part>): ReadParts {
  const problems = new Map<string, AppError>();
  const blobs = layers.map((layer): AttachmentBlob => {
    const { digest, size, annotations } = layer;
    const part = byKey.get(keyOf(layer));
    const known = { mediaType: layer.mediaType ?? '', digest, size, annotations };
    if (part instanceof Uint8Array) {
      return { ...known, content: part, reason: null };
    }
    if (part !== undefined) {
      problems.set(part.message, part);
    }
    return { ...known, content: null, reason: part?.message ?? NOT_EVIDENCE };
  });
  return { blobs, problems: [...problems.values()] };
}

/** Why something of this size is not read. */
export function noRoom(object: string, size: number): OciError {
  return new OciError('ATTACHMENT_TOO_LARGE', 'too much hangs on the image', {
    object,
    expected: `at most ${LIMITS.attachmentsBytes} bytes for one manifest, ${LIMITS.imageAttachmentsBytes} for all platforms`,
    found: `${size} bytes more`,
  });
}
