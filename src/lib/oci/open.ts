import { OciError } from './error.ts';
import type { OpenedImages, OpenOptions } from './images/options.ts';
import type { ImageReference } from './reference.ts';
import { sources } from './sources/list.ts';
import type { ImageSource, ReferenceOf, Scheme } from './sources/source.ts';

/**
 * Opens what a reference names: one image, or one per platform for `platform: 'all'`. Manifests, indexes and configs
 * are read and verified; layers are found, and are verified by whoever reads them. Throws `OciError`, `JsonError`,
 * `DigestError` and `LimitError`; nothing stays open then.
 */
export async function openImages(reference: ImageReference, options: OpenOptions): Promise<OpenedImages> {
  options.signal?.throwIfAborted();
  if (reference.source === 'sbom') {
    throw new OciError('SOURCE_UNSUPPORTED', 'a document about an image is no image', {
      object: reference.text,
      expected: 'the image itself',
      found: 'a software bill of materials',
    });
  }
  return await openFrom(reference.source, reference, options);
}

function openFrom<S extends Scheme>(scheme: S, reference: ReferenceOf<S>, options: OpenOptions): Promise<OpenedImages> {
  const source: ImageSource<S> = sources[scheme];
  return source.open(reference, options);
}
