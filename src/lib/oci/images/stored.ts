import type { Digest } from '#base/digest.ts';
import type { Image } from '#model/image.ts';
import { OciError } from '../error.ts';
import type { ContentSource } from './content-source.ts';
import { openRoots } from './roots.ts';

/** A manifest that is stored, and what it is called. */
export interface StoredManifest {
  /** `team/app@sha256:…`, for messages. */
  readonly reference: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * The image of one manifest in a store of our own. What does not have its digest, or is missing, is a problem of the image. Throws `NOT_AN_IMAGE`
 * for an artifact, and what opening throws.
 */
export async function openStoredImage(
  source: ContentSource,
  { reference, digest, mediaType, size }: StoredManifest,
  signal: AbortSignal,
): Promise<Image> {
  const root = { mediaType, digest, size, annotations: new Map<string, string>(), artifactType: null, platform: null };
  const [image] = await openRoots(
    source,
    [root],
    { text: reference, source: 'registry', digest },
    // There is nothing to choose from: neither the host nor a folder for archives matters.
    { platform: 'all', host: { os: 'linux', architecture: 'amd64' }, integrity: 'report', temporaryFolder: '', signal },
  );
  if (image === undefined) {
    throw new OciError('IMAGE_NOT_FOUND', 'no image', { object: reference });
  }
  return image;
}
