import { quote } from '#base/error.ts';
import { KeyError } from '../../error.ts';

export interface VaultReference {
  readonly key: string;
  /** Null for the newest that there is. */
  readonly version: number | null;
}

const SCHEME = 'hashivault://';
const MAX_NAME = 256;

/**
 * `hashivault://KEY`, the name as cosign takes it: letters, digits and `_`, inside also `.` and `-`, so that it is one
 * segment of a path as it stands. `/versions/N` behind it is Plimsoll's own. Throws `KEY_REFERENCE_INVALID`.
 */
export function parseVaultReference(text: string): VaultReference {
  const [key = '', versions, version, ...more] = text.slice(SCHEME.length).split('/');
  const versioned = versions !== undefined;
  const known =
    isSegment(key) &&
    more.length === 0 &&
    (!versioned || (versions === 'versions' && version !== undefined && /^[1-9][0-9]{0,8}$/.test(version)));
  if (!text.startsWith(SCHEME) || !known) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not the name of a key', {
      object: quote(text),
      expected: `${SCHEME}KEY or ${SCHEME}KEY/versions/N, the key named by letters, digits, ".", "_" and "-"`,
      found: 'something else',
    });
  }
  return { key, version: versioned ? Number(version) : null };
}

/** Where the engine is mounted: segments of the same letters. Throws `KEY_REFERENCE_INVALID`. */
export function parseEnginePath(text: string): string {
  const path = text.replace(/\/$/, '');
  if (path.length > MAX_NAME || !path.split('/').every(isSegment)) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not the path of an engine', {
      object: 'TRANSIT_SECRET_ENGINE_PATH',
      expected: 'names of letters, digits, ".", "_" and "-", with "/" between them',
      found: quote(text),
    });
  }
  return path;
}

/** Neither "." nor "..", nor anything that a URL would have to escape. */
function isSegment(text: string): boolean {
  return (
    text.length <= MAX_NAME &&
    /^[A-Za-z0-9_.-]+$/.test(text) &&
    /^[A-Za-z0-9_]/.test(text) &&
    /[A-Za-z0-9_]$/.test(text)
  );
}
