import { quote } from '#base/error.ts';
import { usualSpelling } from '#model/repository-pattern.ts';
import type { SignedReference } from './configuration.ts';

/** The image at hand as the user asked for it. */
export interface ReferencedImage {
  /** With its host; null for images without one. */
  readonly repository: string | null;
  /** Null when it was asked for by digest. */
  readonly tag: string | null;
}

/**
 * Why a payload of simple signing, which calls its image `named` (`docker-reference`, null where it is empty), is not
 * about the image at hand; null when it is.
 */
export function signedReferenceFault(
  expected: SignedReference,
  named: string | null,
  image: ReferencedImage,
): { readonly expected: string; readonly found: string } | null {
  const repository = expected.kind === 'repository' ? expected.repository : image.repository;
  const found = named === null ? 'no name' : quote(named);
  if (repository === null) {
    return { expected: 'an image in a repository, for its name to be compared', found: 'an image without one' };
  }
  const wanted = usualSpelling(repository);
  const { name, tag } = splitReference(named ?? '');
  const sameRepository = wanted !== null && usualSpelling(name) === wanted;
  if (expected.kind === 'same-reference' && image.tag !== null) {
    return sameRepository && tag === image.tag
      ? null
      : { expected: quote(`${wanted ?? repository}:${image.tag}`), found };
  }
  return sameRepository ? null : { expected: quote(wanted ?? repository), found };
}

/** `host/path[:tag][@digest]` in its parts. */
function splitReference(text: string): { readonly name: string; readonly tag: string | null } {
  const at = text.indexOf('@');
  const rest = at === -1 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  return colon > rest.lastIndexOf('/')
    ? { name: rest.slice(0, colon), tag: rest.slice(colon + 1) }
    : { name: rest, tag: null };
}
