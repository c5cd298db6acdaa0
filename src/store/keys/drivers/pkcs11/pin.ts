import { LIMITS, readFileBounded } from '#base/limits.ts';
import type { KeyAccess } from '../../driver.ts';
import type { KeyReference } from './reference.ts';

const PIN_VARIABLE = 'COSIGN_PKCS11_PIN';

/**
 * The PIN of a token: from the URI or the file that it names, else from the environment, else asked for. The caller
 * overwrites it after use. Throws what reading the file and asking throw.
 */
export async function pinFor({ name, pin }: KeyReference, access: KeyAccess): Promise<Uint8Array> {
  if (pin?.kind === 'value') {
    access.warn(
      `${name}: the PIN is in the URI, where others can read it: in lists of processes and in the shell's history.`,
    );
    return pin.bytes;
  }
  if (pin?.kind === 'file') {
    const bytes = await readFileBounded(pin.path, LIMITS.passphraseBytes);
    // The end of the line belongs to the editor that wrote the file.
    const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
    return bytes.subarray(0, end);
  }
  const variable = access.environment[PIN_VARIABLE];
  return variable === undefined || variable === '' ? await access.passphrase(name) : Buffer.from(variable);
}
