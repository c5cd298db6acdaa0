/** Where there is no file to point at: GitHub refuses a whole upload for one result without a path. */
const WHOLE_IMAGE = 'image';

/** A path inside the image as a URI relative to its root. */
export function physicalLocation(path: string | null): Readonly<Record<string, unknown>> {
  return {
    artifactLocation: { uri: pathUri(path), uriBaseId: 'IMAGE' },
    region: { startLine: 1 },
  };
}

/** Every part percent-encoded, so that a colon in a file name is not taken for a scheme. */
export function pathUri(path: string | null): string {
  const parts = (path ?? '').split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length === 0 ? WHOLE_IMAGE : parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/');
}
