import { algorithmOf, createDigester, type Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { AttachmentDocument } from '../documents/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { OciError } from '../error.ts';
import { bareDescriptor, readVerified } from '../evidence/documents.ts';
import { openEvidence } from '../evidence/open-evidence.ts';
import { missingBlob } from '../images/blobs.ts';
import type { ContentSource } from '../images/content-source.ts';
import type { OpenOptions } from '../images/options.ts';

/** An artifact with what its parts are read by. The manifest has its digest; whatever it says was said by a stranger. */
export interface OpenedArtifact {
  /** As written; a bare path has its scheme put before it. */
  readonly reference: string;
  readonly digest: Digest;
  readonly artifactType: string | null;
  readonly annotations: ReadonlyMap<string, string>;
  readonly layers: readonly Descriptor[];
  /**
   * The bytes of a layer, in chunks that are valid until the next is asked for. Throws at the end, or as soon as it is clear,
   * when they are not those of its descriptor: `BLOB_DIGEST_MISMATCH`, `BLOB_SIZE_MISMATCH`; and `BLOB_MISSING`.
   */
  read(layer: Descriptor, signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens the one manifest that a reference names in a registry, a layout or a tar of one. Throws `NOT_AN_ARTIFACT` for an index,
 * and what `openEvidence` throws.
 */
export async function openArtifact(reference: string, options: OpenOptions): Promise<OpenedArtifact> {
  const source = await openEvidence(reference, { ...options, platform: 'all' }).catch((error: unknown) => {
    // An index of what are no images, or something that is no layout at all.
    throw error instanceof OciError && error.code === 'NOT_AN_IMAGE' ? notAnArtifact(reference, error.message) : error;
  });
  try {
    const [subject, ...others] = source.subjects;
    if (subject?.kind !== 'manifest' || others.length > 0) {
      throw notAnArtifact(source.reference, 'an index of several manifests');
    }
    const { document } = await readVerified(source.content, bareDescriptor(subject), options.signal);
    return {
      reference: source.reference,
      digest: subject.digest,
      artifactType: document.artifactType,
      annotations: document.annotations,
      layers: layersOf(document, source.reference),
      read: (layer, signal) => readLayer(source.content, layer, signal),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function layersOf({ content, subject }: AttachmentDocument, reference: string): readonly Descriptor[] {
  if (content.kind === 'index') {
    throw notAnArtifact(reference, 'an index');
  }
  if (subject !== null) {
    throw notAnArtifact(reference, `something that hangs on ${quote(subject.digest)}`);
  }
  return content.layers;
}

function notAnArtifact(object: string, found: string): OciError {
  return new OciError('NOT_AN_ARTIFACT', 'not a single artifact', { object, expected: 'one manifest', found });
}

async function* readLayer(source: ContentSource, layer: Descriptor, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const object = `blob ${layer.digest}`;
  const file = await source.blob(bareDescriptor(layer));
  if (file === null) {
    throw missingBlob(object, source, COPY_AGAIN);
  }
  const digester = createDigester(algorithmOf(layer.digest));
  let size = 0;
  if (file.size !== layer.size) {
    throw mismatch('BLOB_SIZE_MISMATCH', object, `${layer.size} bytes`, `${file.size} bytes`);
  }
  for await (const chunk of file.open(signal)) {
    size += chunk.length;
    if (size > layer.size) {
      break;
    }
    digester.update(chunk);
    yield chunk;
  }
  if (size !== layer.size) {
    throw mismatch('BLOB_SIZE_MISMATCH', object, `${layer.size} bytes`, size > layer.size ? 'more' : `${size} bytes`);
  }
  const found = digester.digest();
  if (found !== layer.digest) {
    throw mismatch('BLOB_DIGEST_MISMATCH', object, layer.digest, `${found} of ${size} bytes`);
  }
}

const COPY_AGAIN = 'Copy the artifact again, or have it exported again.';

function mismatch(
  code: 'BLOB_SIZE_MISMATCH' | 'BLOB_DIGEST_MISMATCH',
  object: string,
  expected: string,
  found: string,
): OciError {
  return new OciError(code, 'content is not what the manifest says', { object, expected, found, hint: COPY_AGAIN });
}
