import { quote } from '#base/error.ts';
import type { SigningKey } from '#model/signing.ts';
import type { KeyAccess } from './driver.ts';
import { KeyError } from './error.ts';
import { keyDrivers } from './list.ts';

/** Opens the private key that a reference names. Throws `KEY_REFERENCE_UNKNOWN` and what the driver throws. */
export async function openKey(reference: string, access: KeyAccess): Promise<SigningKey> {
  const driver = keyDrivers.find((candidate) => candidate.opens(reference));
  if (driver === undefined) {
    throw new KeyError('KEY_REFERENCE_UNKNOWN', 'not a place for keys that is known here', {
      object: quote(reference),
      expected: keyDrivers.map(({ form }) => form).join(' or '),
      found: 'a URI of another scheme',
    });
  }
  return await driver.open(reference, access);
}
