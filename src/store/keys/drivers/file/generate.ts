import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { KeyError } from '../../error.ts';
import { sealBox } from './box.ts';
import { writePem } from './pem.ts';

export const KEY_ALGORITHMS = ['ecdsa-p256', 'ecdsa-p384', 'rsa-3072', 'ed25519'] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

export interface KeyPair {
  /** `ENCRYPTED SIGSTORE PRIVATE KEY`, which cosign reads too. */
  readonly privatePem: string;
  readonly publicPem: string;
}

const generate = promisify(generateKeyPair);

/**
 * A new key, encrypted by the passphrase, which stays the caller's to overwrite. Throws `KEY_PASSPHRASE_MISSING` for an
 * empty one: it would protect nothing.
 */
export async function generateKeyFile({
  algorithm,
  passphrase,
}: {
  readonly algorithm: KeyAlgorithm;
  readonly passphrase: Uint8Array;
}): Promise<KeyPair> {
  if (passphrase.length === 0) {
    throw new KeyError('KEY_PASSPHRASE_MISSING', 'an empty passphrase protects nothing', { expected: 'a passphrase' });
  }
  const { privateKey, publicKey } = await newKey(algorithm);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  try {
    const box = await sealBox(pkcs8, passphrase);
    return {
      privatePem: writePem('ENCRYPTED SIGSTORE PRIVATE KEY', box),
      publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    };
  } finally {
    pkcs8.fill(0);
  }
}

async function newKey(
  algorithm: KeyAlgorithm,
): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }> {
  switch (algorithm) {
    case 'ecdsa-p256':
      return await generate('ec', { namedCurve: 'P-256' });
    case 'ecdsa-p384':
      return await generate('ec', { namedCurve: 'P-384' });
    case 'rsa-3072':
      return await generate('rsa', { modulusLength: 3072 });
    case 'ed25519':
      return await generate('ed25519');
  }
}
