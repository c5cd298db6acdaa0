import { quote } from '#base/error.ts';
import { KeyError } from '../../error.ts';

/** A key of Google Cloud KMS as references name it. */
export interface GoogleReference {
  /** The resource name of the key: `projects/…/cryptoKeys/…`. */
  readonly key: string;
  /** A number; null for the newest that is enabled. */
  readonly version: string | null;
}

export const SCHEME = 'gcpkms://';
export const FORM = 'gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K[/cryptoKeyVersions/V]';

/** A project may be of a domain (`example.com:project`). Nothing in a name has a meaning in URLs. */
const REFERENCE =
  /^gcpkms:\/\/(projects\/[a-z0-9][a-z0-9.:-]*\/locations\/[a-z0-9-]+\/keyRings\/[A-Za-z0-9_-]+\/cryptoKeys\/[A-Za-z0-9_-]+)(?:\/(?:versions|cryptoKeyVersions)\/([1-9][0-9]{0,9}))?$/;

/** The references of sigstore's own driver for Google, and the resource name of a version. Throws `KEY_REFERENCE_INVALID`. */
export function parseGoogleReference(reference: string): GoogleReference {
  const [, key, version = null] = REFERENCE.exec(reference) ?? [];
  if (key === undefined) {
    throw new KeyError('KEY_REFERENCE_INVALID', 'not a key of Google Cloud KMS', {
      object: quote(reference),
      expected: FORM,
      found: 'another form',
    });
  }
  return { key, version };
}
