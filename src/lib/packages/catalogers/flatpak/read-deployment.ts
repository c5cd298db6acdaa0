import { PackagesError } from '../../error.ts';
import { decodeText } from '../../text.ts';
import { aligned, readArray, readContainer, readEntry } from './gvariant.ts';

/** What Flatpak notes of what it has installed; empty texts for what it does not know. */
export interface FlatpakDeployment {
  /** As the application says in its AppStream data. */
  readonly version: string;
  readonly license: string;
  /** `ID/ARCHITECTURE/BRANCH`. */
  readonly runtime: string;
}

/** Of `(ssasta{sv})`, remote, commit, subpaths, installed size and details, the first three have their ends noted. */
const NOTED_ENDS = 3;
const SIZE_BYTES = 8;
const DETAILS: ReadonlySet<string> = new Set(['appdata-version', 'appdata-license', 'runtime']);
/** No key that is asked for is longer. */
const KEY_BYTES = 32;

/** A `deploy` file, from which `flatpak list` tells what is installed. Throws `PACKAGE_METADATA_INVALID`. */
export function readDeployment(bytes: Uint8Array, object: string): FlatpakDeployment {
  const details = readDetails(bytes);
  if (details === null) {
    throw new PackagesError('PACKAGE_METADATA_INVALID', 'not a deployment of Flatpak', {
      object,
      expected: 'a GVariant of the type (ssasta{sv})',
    });
  }
  return {
    version: details.get('appdata-version') ?? '',
    license: details.get('appdata-license') ?? '',
    runtime: details.get('runtime') ?? '',
  };
}

/** The texts among the details that are asked for; null where the bytes are not of the format. */
function readDetails(bytes: Uint8Array): ReadonlyMap<string, string> | null {
  const tuple = readContainer(bytes, NOTED_ENDS);
  const [remote = 0, commit = 0, subpaths = 0] = tuple?.ends ?? [];
  const start = aligned(subpaths) + SIZE_BYTES;
  if (tuple === null || remote < 1 || commit <= remote || subpaths < commit || start > tuple.content.length) {
    return null;
  }
  const details = new Map<string, string>();
  for (const element of readArray(tuple.content.subarray(start))) {
    const entry = element === null ? null : readEntry(element);
    if (entry === null) {
      return null;
    }
    const key = entry.key.length > KEY_BYTES ? '' : decodeText(entry.key);
    // Of a key that is there twice, GLib takes the first.
    if (entry.text !== null && DETAILS.has(key) && !details.has(key)) {
      details.set(key, decodeText(entry.text));
    }
  }
  return details;
}
