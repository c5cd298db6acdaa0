import type { KeyObject } from 'node:crypto';
import type { Digest } from '#base/digest.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import { parsePublicKey } from '#lib/trust/index.ts';
import { type KeyAccess, openKey } from '#store/keys/index.ts';

/** What may be told of a key. */
export interface KeyDescription {
  /** Its reference, without secrets. */
  readonly name: string;
  /** Whether the private half was there; its passphrase was right then. */
  readonly private: boolean;
  /** `ecdsa-p256`, `rsa-3072`, `ed25519`. */
  readonly algorithm: string;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly fingerprint: Digest;
  readonly publicPem: string;
}

/** Opens a key, or reads a file with a public one, to describe it. Throws what `openKey` and `parsePublicKey` throw. */
export async function showKey(reference: string, access: KeyAccess): Promise<KeyDescription> {
  const file = await publicKeyFile(reference);
  if (file !== null) {
    return describe(reference, file, false);
  }
  const key = await openKey(reference, access);
  try {
    // By its own name: the reference may hold a secret.
    return describe(key.name, key.publicKey, true);
  } finally {
    await key.close();
  }
}

async function publicKeyFile(reference: string): Promise<Uint8Array | null> {
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(reference)) {
    return null;
  }
  const bytes = await readFileBounded(reference, LIMITS.keyFileBytes);
  return Buffer.from(bytes).includes('PUBLIC KEY-----') ? bytes : null;
}

function describe(name: string, publicKey: Uint8Array, isPrivate: boolean): KeyDescription {
  const { key, fingerprint } = parsePublicKey(publicKey, name);
  return {
    name,
    private: isPrivate,
    algorithm: algorithmOf(key),
    fingerprint,
    publicPem: key.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

const CURVES: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'p256'],
  ['secp384r1', 'p384'],
  ['secp521r1', 'p521'],
]);

function algorithmOf(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ec':
      return `ecdsa-${CURVES.get(namedCurve) ?? namedCurve ?? ''}`;
    case 'rsa':
      return `rsa-${modulusLength ?? ''}`;
    default:
      return key.asymmetricKeyType ?? 'unknown';
  }
}
