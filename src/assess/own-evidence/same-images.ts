import type { EvidenceSubject } from '#model/attachment.ts';
import type { Report } from '#model/report.ts';
import { OwnEvidenceError } from './error.ts';

/**
 * A tag may be moved between two looks at it: what was found in the one image says nothing of the other. Throws
 * `IMAGE_CHANGED` unless the manifests to be signed are those that were scanned, each once, and there is one.
 */
export function assertSameImages(
  reference: string,
  manifests: readonly EvidenceSubject[],
  reports: readonly Report[],
): void {
  const expected = manifests.map(({ digest }) => digest).toSorted();
  const found = reports.map(({ image }) => image.digest ?? 'an image without a digest').toSorted();
  if (expected.length === 0 || JSON.stringify(expected) !== JSON.stringify(found)) {
    throw new OwnEvidenceError('IMAGE_CHANGED', 'another image was scanned than is to be signed', {
      object: reference,
      expected: expected.join(', ') || 'the manifest of a platform',
      found: found.join(', '),
      hint: 'Name it by its digest, or try again.',
    });
  }
}
