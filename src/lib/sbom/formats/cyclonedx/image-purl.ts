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
  const qualifiers = [
    qualifier('arch', image.platform?.split('/')[1] ?? ''),
    qualifier('repository_url', slash === -1 ? '' : repository),
    qualifier('tag', tag),
  ].filter((part) => part !== '');
  const base = `pkg:oci/${encode(name)}@${encode(image.digest)}`;
  return qualifiers.length === 0 ? base : `${base}?${qualifiers.join('&')}`;
}

function qualifier(key: string, value: string): string {
  return value === '' ? '' : `${key}=${encode(value)}`;
}

/** The colon stays as it is (purl specification, character encoding). */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%3A', ':');
}
