import { isAppError } from '#base/error.ts';
import { parseReference } from '#lib/oci/index.ts';
import type { ManifestPointer } from '#model/platform/records.ts';
import type { UpstreamImage } from './context.ts';
import { AcquireError } from './error.ts';

/**
 * What is asked for, in full: `alpine` is `docker.io/library/alpine:latest`. Of a tag and a digest the digest counts. Throws `ACQUIRE_REFERENCE_INVALID`.
 */
export function parseUpstream(text: string): UpstreamImage {
  const reference = parsed(text);
  if (reference.source !== 'registry') {
    throw invalid(text, `${reference.source}:…`);
  }
  const { domain, path, tag, digest } = reference;
  const pointer: ManifestPointer = digest === null ? { tag: tag ?? 'latest' } : { digest };
  return { registry: domain, path, pointer };
}

/** The tag or digest. */
export function textOf(pointer: ManifestPointer): string {
  return 'tag' in pointer ? pointer.tag : pointer.digest;
}

/** The repository, with its registry. */
export function nameOf({ registry, path }: Pick<UpstreamImage, 'registry' | 'path'>): string {
  return `${registry}/${path}`;
}

function parsed(text: string): ReturnType<typeof parseReference> {
  try {
    return parseReference(text);
  } catch (error) {
    if (isAppError(error) && error.code === 'REFERENCE_INVALID') {
      throw invalid(text, error.found ?? 'something else', error);
    }
    throw error;
  }
}

function invalid(text: string, found: string, cause?: unknown): AcquireError {
  return new AcquireError('ACQUIRE_REFERENCE_INVALID', 'not an image in a registry', {
    object: 'reference',
    expected: 'a reference such as registry.example/team/app:1.2, with a tag or a digest',
    found: text.length > 200 ? `${text.slice(0, 200)}…` : found,
    cause,
  });
}
