import type { Digest } from '#base/digest.ts';

/** Where everything begins that the API answers. */
export const API_PATH = '/api/v1';

/** Where the report of an image is: its state, what was decided, what is in it and what is not known. For messages of refusals. */
export function reportUrl(publicUrl: string, repository: string, digest: Digest): string {
  return `${publicUrl}${API_PATH}/repositories/${repository}/manifests/${digest}`;
}
