import type { PackageRecord } from '#model/package.ts';

/** What a model says of itself; null each where it does not. */
export interface ModelMetadata {
  readonly name: string | null;
  readonly version: string | null;
  readonly license: string | null;
  /** An address. */
  readonly repository: string | null;
}

const LENGTH = 256;
const HUGGING_FACE = 'https://huggingface.co/';

/** A model of a repository of Hugging Face is that one; which of its commits is not said. Null for one without a name. */
export function toPackageRecord({ name, version, license, repository }: ModelMetadata): PackageRecord | null {
  const licenses = license === null || license.trim() === '' || license.length > LENGTH ? [] : [license.trim()];
  const path = repository?.startsWith(HUGGING_FACE) === true ? repository.slice(HUGGING_FACE.length) : '';
  if (path.length <= LENGTH && /^[\w.-]+\/[\w.-]+\/?$/.test(path)) {
    return { type: 'huggingface', name: path.endsWith('/') ? path.slice(0, -1) : path, version: '', licenses };
  }
  const title = name?.trim() ?? '';
  if (title === '' || title.length > LENGTH) {
    return null;
  }
  const isVersion = version !== null && version.length <= LENGTH;
  return { type: 'generic', name: title, version: isVersion ? version.trim() : '', licenses };
}
