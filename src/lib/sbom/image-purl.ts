import { buildPurl } from '#model/purl.ts';
import type { ReportImage } from '#model/report.ts';

/**
 * The purl of an image (purl type `oci`): the last part of its repository's name at its manifest's digest. Null where
 * there is no manifest, and for a local archive or folder, whose file name is not the name of a repository.
 */
export function imagePurl(image: ReportImage): string | null {
  if (image.digest === null || image.source !== 'registry') {
    return null;
  }
  const [named = ''] = image.reference.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const repository = (colon === -1 ? named : named.slice(0, colon)).toLowerCase();
  const tag = colon === -1 ? '' : named.slice(colon + 1);
  const name = repository.slice(slash + 1);
  if (name === '') {
    return null;
  }
  return buildPurl({
    type: 'oci',
    name,
    version: image.digest,
    qualifiers: new Map([
      ['arch', image.platform?.split('/')[1] ?? ''],
      ['repository_url', slash === -1 ? '' : repository],
      ['tag', tag],
    ]),
  });
}
